"""Every cell of the team's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.teams.states import TEAM, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused."""
    if (state, action) in TRANSITIONS:
        assert TEAM.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition):
        TEAM.apply(state, action)


def test_a_dissolved_team_is_history() -> None:
    assert TEAM.allowed(State.DISSOLVED) == []
