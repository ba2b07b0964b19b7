"""Every cell of the guarantee's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.guarantees.states import GUARANTEE, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused."""
    if (state, action) in TRANSITIONS:
        assert GUARANTEE.apply(state, action) == TRANSITIONS[state, action]
    else:
        with pytest.raises(FailedPrecondition):
            GUARANTEE.apply(state, action)
