"""Every cell of the tables of payrolls."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import FailedPrecondition
from chassis.states import StateMachine
from labour.payrolls.states import LINE, PAYROLL, LineAction, LineState

MACHINES: tuple[StateMachine[Any, Any], ...] = (PAYROLL, LINE)
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


def test_a_line_is_paid_only_after_signature_and_approval() -> None:
    assert {state for (state, action) in LINE.transitions if action is LineAction.PAY} == {LineState.APPROVED}
    assert {state for (state, action) in LINE.transitions if action is LineAction.APPROVE} == {LineState.SIGNED}
    assert LINE.allowed(LineState.PAID) == []
