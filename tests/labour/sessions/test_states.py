"""Every cell of the session's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.sessions.states import SESSION, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    if (state, action) in TRANSITIONS:
        assert SESSION.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        SESSION.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(SESSION.allowed(state))


def test_closed_and_cancelled_are_the_end() -> None:
    assert SESSION.allowed(State.CLOSED) == SESSION.allowed(State.CANCELLED) == []
