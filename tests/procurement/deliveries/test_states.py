"""Every cell of the delivery's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.deliveries.states import DELIVERY, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused."""
    if (state, action) in TRANSITIONS:
        assert DELIVERY.apply(state, action) == TRANSITIONS[state, action]
    else:
        with pytest.raises(FailedPrecondition):
            DELIVERY.apply(state, action)
