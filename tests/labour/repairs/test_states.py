"""Every cell of the repair's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.repairs.states import REPAIR, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert REPAIR.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        REPAIR.apply(state, action)
    assert refusal.value.metadata["allowed"] == ",".join(REPAIR.allowed(state))
