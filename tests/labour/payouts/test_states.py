"""Every cell of the tables of payouts."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import FailedPrecondition
from chassis.states import StateMachine
from labour.payouts.states import PAYEE, PAYOUT, ROW, RowState

MACHINES: tuple[StateMachine[Any, Any], ...] = (PAYOUT, ROW, PAYEE)
CELLS = [
    (machine, state, action)
    for machine in MACHINES
    for state in type(machine.initial)
    for action in sorted({action for _, action in machine.transitions})
]


@pytest.mark.parametrize(("machine", "state", "action"), CELLS)
def test_every_cell(machine: StateMachine[Any, Any], state: object, action: object) -> None:
    if (state, action) in machine.transitions:
        assert machine.apply(state, action) is machine.transitions[state, action]
    else:
        with pytest.raises(FailedPrecondition, match="INVALID_STATE"):
            machine.apply(state, action)


def test_what_the_bank_has_answered_is_final() -> None:
    assert [ROW.allowed(state) for state in (RowState.PAID, RowState.FAILED)] == [[], []]
