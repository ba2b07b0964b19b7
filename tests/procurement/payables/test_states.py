"""Every cell of the payable's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.payables.states import PAYABLE, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused."""
    if (state, action) in TRANSITIONS:
        assert PAYABLE.apply(state, action) == TRANSITIONS[state, action]
    else:
        with pytest.raises(FailedPrecondition):
            PAYABLE.apply(state, action)


def test_withheld_money_is_released_or_credited_away() -> None:
    """No payment order takes it (`payables/commands/pay.py`); a credit note of its invoice settles it."""
    assert PAYABLE.allowed(State.WITHHELD) == [Action.RELEASE, Action.SETTLE]
    assert PAYABLE.allowed(State.SETTLED) == []
