"""Every cell of the project's table, and the guards beside it."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from project_mgmt.projects.states import (
    OPEN,
    ORDERING,
    PROJECT,
    TRANSITIONS,
    Action,
    State,
    demand_open,
    demand_ordering,
)


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert PROJECT.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        PROJECT.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["state"] == state
    assert refusal.value.metadata["allowed"] == ",".join(PROJECT.allowed(state))


def test_the_life_of_a_project() -> None:
    """The whole way, with a stop in between; the archive is the end."""
    state = State.PLANNED
    for action in (Action.ACTIVATE, Action.SUSPEND, Action.RESUME, Action.COMPLETE, Action.ARCHIVE):
        state = PROJECT.apply(state, action)
    assert state is State.ARCHIVED
    assert PROJECT.allowed(state) == []


@pytest.mark.parametrize("state", State)
def test_what_is_open_may_change(state: State) -> None:
    """A completed project's data stand."""
    if state in OPEN:
        demand_open(state)
        return
    with pytest.raises(FailedPrecondition) as refusal:
        demand_open(state)
    assert refusal.value.reason == "PROJECT_CLOSED"
    assert refusal.value.metadata == {"state": state, "allowed_states": "planned,active,suspended"}


@pytest.mark.parametrize("state", State)
def test_what_may_order(state: State) -> None:
    """Long-lead material is ordered before work begins; nothing during a stop."""
    if state in ORDERING:
        demand_ordering(state)
        return
    with pytest.raises(FailedPrecondition) as refusal:
        demand_ordering(state)
    assert refusal.value.reason == "PROJECT_NOT_ORDERING"
