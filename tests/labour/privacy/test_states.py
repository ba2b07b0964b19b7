"""Every cell of the table of a request for erasure."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.privacy.states import ERASURE, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused."""
    if (state, action) in TRANSITIONS:
        assert ERASURE.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        ERASURE.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"


def test_what_is_erased_cannot_be_called_back() -> None:
    assert ERASURE.allowed(State.ERASED) == []
