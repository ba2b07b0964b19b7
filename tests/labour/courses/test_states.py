"""Every cell of the course's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.courses.states import COURSE, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    if (state, action) in TRANSITIONS:
        assert COURSE.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        COURSE.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(COURSE.allowed(state))
