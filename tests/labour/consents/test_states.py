"""Every cell of the consent's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.consents.states import CONSENT, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused."""
    if (state, action) in TRANSITIONS:
        assert CONSENT.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        CONSENT.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"


def test_what_was_withdrawn_stays_withdrawn() -> None:
    assert CONSENT.allowed(State.WITHDRAWN) == []
