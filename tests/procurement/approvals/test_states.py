"""Every cell of the tables of a step and of a delegation."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

import pytest

from chassis.errors import FailedPrecondition
from chassis.states import StateMachine
from procurement.approvals.states import (
    DELEGATION,
    DELEGATION_TRANSITIONS,
    STEP,
    TRANSITIONS,
    Action,
    DelegationAction,
    DelegationState,
    State,
)

CELLS = [(STEP, TRANSITIONS, state, action) for state in State for action in Action] + [
    (DELEGATION, DELEGATION_TRANSITIONS, state, action) for state in DelegationState for action in DelegationAction
]


@pytest.mark.parametrize(("machine", "table", "state", "action"), CELLS)
def test_every_cell(machine: StateMachine[Any, Any], table: Any, state: StrEnum, action: StrEnum) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in table:
        assert machine.apply(state, action) == table[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        machine.apply(state, action)
    assert refusal.value.metadata["allowed"] == ",".join(machine.allowed(state))


@pytest.mark.parametrize("state", [State.APPROVED, State.REJECTED, State.WITHDRAWN])
def test_what_is_decided_is_decided(state: State) -> None:
    assert STEP.allowed(state) == []
