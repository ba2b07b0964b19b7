"""Every cell of the table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from gateway.access.organisations.states import ORGANISATION, TRANSITIONS, Action, State

EXPECTED = {
    (State.PENDING, Action.ADMIT): State.ACTIVE,
    (State.PENDING, Action.REJECT): State.REJECTED,
    (State.ACTIVE, Action.SUSPEND): State.SUSPENDED,
    (State.SUSPENDED, Action.REINSTATE): State.ACTIVE,
}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    wanted = EXPECTED.get((state, action))
    if wanted is not None:
        assert ORGANISATION.apply(state, action) is wanted
        return
    with pytest.raises(FailedPrecondition) as refused:
        ORGANISATION.apply(state, action)
    assert refused.value.metadata["state"] == state


def test_nothing_leaves_rejected() -> None:
    assert ORGANISATION.initial is State.PENDING
    assert not [source for source, _ in TRANSITIONS if source is State.REJECTED]
