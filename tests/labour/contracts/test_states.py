"""Every cell of the contract's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.contracts.states import BINDING, CONTRACT, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    if (state, action) in TRANSITIONS:
        assert CONTRACT.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        CONTRACT.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(CONTRACT.allowed(state))


def test_a_signed_contract_is_never_void_nor_changed() -> None:
    assert CONTRACT.allowed(State.SIGNED) == [Action.END, Action.TERMINATE]
    assert all(CONTRACT.allowed(state) == [] for state in BINDING if state is not State.SIGNED)
