"""Every cell of the auction's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.auctions.states import AUCTION, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused."""
    if (state, action) in TRANSITIONS:
        assert AUCTION.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        AUCTION.apply(state, action)
    assert refusal.value.metadata["allowed"] == ""
