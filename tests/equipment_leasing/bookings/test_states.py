"""Every cell of the booking's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from equipment_leasing.bookings.states import BOOKING, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert BOOKING.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        BOOKING.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["state"] == state
    assert refusal.value.metadata["allowed"] == ",".join(BOOKING.allowed(state))


@pytest.mark.parametrize("state", [State.RETURNED, State.RELEASED, State.CANCELLED])
def test_an_end_is_an_end(state: State) -> None:
    assert BOOKING.allowed(state) == []


def test_a_machine_on_site_comes_back_first() -> None:
    """What was handed over can only be returned."""
    assert BOOKING.allowed(State.HANDED_OVER) == [Action.RETURN]
