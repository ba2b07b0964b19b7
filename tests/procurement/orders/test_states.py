"""Every cell of the order's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.orders.states import ORDER, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert ORDER.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        ORDER.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["state"] == state
    assert refusal.value.metadata["allowed"] == ",".join(ORDER.allowed(state))


@pytest.mark.parametrize("state", [State.COMPLETED, State.REJECTED, State.CANCELLED, State.DECLINED])
def test_an_end_is_an_end(state: State) -> None:
    """Nothing leads out of the last states."""
    assert ORDER.allowed(state) == []


def test_what_was_taken_is_not_declined() -> None:
    """A supplier declines what it has not confirmed yet; after that both sides agree on a change."""
    assert [state for state in State if Action.DECLINE in ORDER.allowed(state)] == [State.APPROVED]


def test_goods_on_the_way_cannot_be_called_off() -> None:
    """Once something was delivered the order is completed or goods are returned, never cancelled."""
    assert Action.CANCEL not in ORDER.allowed(State.IN_DELIVERY)
