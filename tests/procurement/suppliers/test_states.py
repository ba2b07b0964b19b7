"""Every cell of the supplier file's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.suppliers.states import BARRED, SUPPLIER, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert SUPPLIER.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        SUPPLIER.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(SUPPLIER.allowed(state))


@pytest.mark.parametrize("state", BARRED)
def test_nobody_is_barred_for_ever(state: State) -> None:
    """A suspension and a blacklisting can be lifted; a second suspension would only hide the first."""
    assert SUPPLIER.apply(state, Action.LIFT) is State.ACTIVE
    assert Action.SUSPEND not in SUPPLIER.allowed(state)


def test_who_has_not_joined_cannot_be_judged() -> None:
    """Before it has taken its link there is no organisation to bar."""
    assert SUPPLIER.allowed(State.INVITED) == [Action.INVITE, Action.ADMIT]
