"""Every cell of the sourcing's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.sourcing.states import SOURCING, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert SOURCING.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        SOURCING.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(SOURCING.allowed(state))


@pytest.mark.parametrize("state", [State.AWARDED, State.CANCELLED, State.FAILED])
def test_an_end_is_an_end(state: State) -> None:
    """Nothing leads out of the last states."""
    assert SOURCING.allowed(state) == []


def test_nothing_is_awarded_unopened() -> None:
    """The only way to an award leads through the opening."""
    assert [state for state in State if Action.AWARD in SOURCING.allowed(state)] == [State.OPENED]
