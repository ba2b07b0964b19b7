"""Every cell of the table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from gateway.access.members.states import MEMBER, Action, State

EXPECTED = {
    (State.ACTIVE, Action.CHANGE_ROLES): State.ACTIVE,
    (State.ACTIVE, Action.RESET_PASSWORD): State.ACTIVE,
    (State.ACTIVE, Action.REMOVE): State.REMOVED,
    (State.REMOVED, Action.INVITE_AGAIN): State.ACTIVE,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    wanted = EXPECTED.get((state, action))
    if wanted is not None:
        assert MEMBER.apply(state, action) is wanted
        return
    with pytest.raises(FailedPrecondition) as refused:
        MEMBER.apply(state, action)
    assert refused.value.metadata["action"] == action
