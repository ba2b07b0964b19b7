"""Every cell of the requisition's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.requisitions.states import REQUISITION, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert REQUISITION.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        REQUISITION.apply(state, action)
    assert refusal.value.metadata["state"] == state
    assert refusal.value.metadata["allowed"] == ",".join(REQUISITION.allowed(state))


@pytest.mark.parametrize("state", [State.CLOSED, State.REJECTED, State.CANCELLED])
def test_an_end_is_an_end(state: State) -> None:
    assert REQUISITION.allowed(state) == []


def test_what_may_be_bought_is_closed_not_cancelled() -> None:
    """Something may be ordered already."""
    assert REQUISITION.allowed(State.APPROVED) == [Action.CLOSE]
