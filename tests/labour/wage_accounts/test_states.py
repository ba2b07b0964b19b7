"""Every cell of the tables of wage accounts."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.errors import FailedPrecondition
from chassis.states import StateMachine
from labour.wage_accounts.states import ACCOUNT, CLOCK, GUARANTEE, SHARE, Action, State

MACHINES: tuple[StateMachine[Any, Any], ...] = (ACCOUNT, SHARE, CLOCK, GUARANTEE)
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


def test_an_account_is_closed_only_after_its_notice() -> None:
    assert {state for (state, action) in ACCOUNT.transitions if action is Action.CLOSE} == {State.NOTICE}
    assert ACCOUNT.allowed(State.CLOSED) == []
