"""Every cell of the table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from gateway.access.clients.states import CLIENT, Action, State

EXPECTED = {(State.ACTIVE, Action.ROTATE): State.ACTIVE, (State.ACTIVE, Action.REVOKE): State.REVOKED}


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    wanted = EXPECTED.get((state, action))
    if wanted is not None:
        assert CLIENT.apply(state, action) is wanted
        return
    with pytest.raises(FailedPrecondition) as refused:
        CLIENT.apply(state, action)
    assert refused.value.metadata["allowed"] == ""
