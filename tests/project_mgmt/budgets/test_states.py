"""Every cell of the commitment's table."""

from __future__ import annotations

from itertools import permutations

import pytest

from chassis.errors import FailedPrecondition
from project_mgmt.budgets.states import COMMITMENT, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert COMMITMENT.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        COMMITMENT.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(COMMITMENT.allowed(state))


OF_AN_ORDER = [state for state in State if state is not State.MERGED]
OF_A_CHANGE = [State.RESERVED, State.RELEASED, State.LAPSED, State.MERGED]


@pytest.mark.parametrize("state", OF_AN_ORDER)
def test_facts_are_never_refused(state: State) -> None:
    """They come in any order, and they are the truth."""
    COMMITMENT.apply(state, Action.CONFIRM)
    COMMITMENT.apply(state, Action.CANCEL)


@pytest.mark.parametrize("state", OF_A_CHANGE)
def test_what_a_change_reserved_is_merged_for_good(state: State) -> None:
    """The fact finds it reserved, given back, lapsed or merged already; nothing leads on from there."""
    assert COMMITMENT.apply(state, Action.MERGE) is State.MERGED
    assert COMMITMENT.allowed(State.MERGED) == [Action.MERGE, Action.RELEASE]


@pytest.mark.parametrize("order", list(permutations([Action.CONFIRM, Action.CANCEL, Action.RELEASE])))
def test_cancelled_is_the_last_word(order: tuple[Action, ...]) -> None:
    """Whatever comes before or after OrderCancelled, nothing is held in the end."""
    state = State.RESERVED
    for action in (*order, *order):
        state = COMMITMENT.apply(state, action)
    assert state is State.CANCELLED


@pytest.mark.parametrize("ended", [State.LAPSED, State.RELEASED])
def test_an_approval_outlives_a_lapse(ended: State) -> None:
    """The fact that comes late still confirms; asking again still reserves."""
    assert COMMITMENT.apply(ended, Action.CONFIRM) is State.CONFIRMED
    assert COMMITMENT.apply(ended, Action.RESERVE) is State.RESERVED
