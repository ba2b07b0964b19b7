"""Every cell of the table of agreements."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.agreements.states import AGREEMENT, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert AGREEMENT.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        AGREEMENT.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(AGREEMENT.allowed(state))


def test_only_an_active_agreement_is_called_off_from() -> None:
    """Neither before it is signed, nor while it is suspended, nor after its end."""
    assert [state for state in State if Action.CALL_OFF in AGREEMENT.allowed(state)] == [State.ACTIVE]
    assert AGREEMENT.allowed(State.ENDED) == []
