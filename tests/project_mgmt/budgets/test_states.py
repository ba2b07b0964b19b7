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


@pytest.mark.parametrize("state", State)
def test_facts_are_never_refused(state: State) -> None:
    """They come in any order, and they are the truth."""
    COMMITMENT.apply(state, Action.CONFIRM)
    COMMITMENT.apply(state, Action.CANCEL)


@pytest.mark.parametrize("state", [state for state in State if state is not State.CANCELLED])
def test_what_a_change_held_is_merged_for_good(state: State) -> None:
    """The fact finds it reserved, confirmed, given back or lapsed; a late approval changes nothing after it."""
    assert COMMITMENT.apply(state, Action.MERGE) is State.MERGED
    assert {COMMITMENT.apply(State.MERGED, action) for action in COMMITMENT.allowed(State.MERGED)} == {State.MERGED}


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
