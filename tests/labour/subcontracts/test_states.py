"""Every cell of the subcontract's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.subcontracts.states import SUBCONTRACT, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused."""
    if (state, action) in TRANSITIONS:
        assert SUBCONTRACT.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition):
        SUBCONTRACT.apply(state, action)


def test_what_has_ended_is_history() -> None:
    assert SUBCONTRACT.allowed(State.ENDED) == []
