"""Every cell of the payment order's table and of its items'."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.payments.states import (
    ITEM,
    ITEM_TRANSITIONS,
    PAYMENT,
    TRANSITIONS,
    Action,
    ItemAction,
    ItemState,
    State,
)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused."""
    if (state, action) in TRANSITIONS:
        assert PAYMENT.apply(state, action) == TRANSITIONS[state, action]
    else:
        with pytest.raises(FailedPrecondition):
            PAYMENT.apply(state, action)


@pytest.mark.parametrize("state", ItemState)
@pytest.mark.parametrize("action", ItemAction)
def test_every_cell_of_an_item(state: ItemState, action: ItemAction) -> None:
    if (state, action) in ITEM_TRANSITIONS:
        assert ITEM.apply(state, action) == ITEM_TRANSITIONS[state, action]
    else:
        with pytest.raises(FailedPrecondition):
            ITEM.apply(state, action)


def test_nothing_reaches_the_bank_without_approval() -> None:
    """Every way from a draft to the file leads over `approve`."""
    reached, waiting = set(), [State.DRAFT]
    while waiting:
        state = waiting.pop()
        reached.add(state)
        for (source, action), target in TRANSITIONS.items():
            if source == state and action is not Action.APPROVE and target not in reached:
                waiting.append(target)
    assert State.EXPORTED not in reached
    assert State.APPROVED not in reached
