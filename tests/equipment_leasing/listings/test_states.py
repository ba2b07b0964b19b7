"""Every cell of the listing's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from equipment_leasing.listings.states import LISTING, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert LISTING.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        LISTING.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(LISTING.allowed(state))


def test_what_is_withdrawn_stays_withdrawn() -> None:
    assert LISTING.allowed(State.WITHDRAWN) == []
