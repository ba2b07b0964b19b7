"""Every cell of the assignment's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.assignments.states import ASSIGNMENT, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert ASSIGNMENT.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        ASSIGNMENT.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["state"] == state
    assert refusal.value.metadata["allowed"] == ",".join(ASSIGNMENT.allowed(state))


def test_who_has_left_may_come_back_and_nobody_leaves_twice() -> None:
    assert ASSIGNMENT.allowed(State.LEFT) == [Action.ENTER, Action.READMIT]
    assert Action.LEAVE not in ASSIGNMENT.allowed(State.ASSIGNED)
    assert Action.ENTER not in ASSIGNMENT.allowed(State.ON_LEAVE)
