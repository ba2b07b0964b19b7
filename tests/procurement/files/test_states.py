"""Every cell of the file's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from chassis.files.states import FILE, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """Nobody clears what was condemned, nor condemns what was cleared."""
    if state is State.UNSCANNED:
        assert FILE.apply(state, action) == {Action.CLEAR: State.CLEAN, Action.CONDEMN: State.INFECTED}[action]
        assert (state, action) in TRANSITIONS
    else:
        with pytest.raises(FailedPrecondition):
            FILE.apply(state, action)
