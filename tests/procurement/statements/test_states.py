"""Every cell of the statement's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.statements.states import STATEMENT, TRANSITIONS, Action, Side, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert STATEMENT.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        STATEMENT.apply(state, action)
    assert refusal.value.metadata["allowed"] == ",".join(STATEMENT.allowed(state))


def test_what_is_agreed_in_part_cannot_be_withdrawn() -> None:
    """Lines that both have agreed to may be billed already."""
    assert Action.WITHDRAW not in STATEMENT.allowed(State.PARTLY_AGREED)
    assert STATEMENT.allowed(State.CLOSED) == STATEMENT.allowed(State.WITHDRAWN) == []


def test_the_other_side_of_the_other_side_is_oneself() -> None:
    assert [side.other.other for side in Side] == list(Side)
    assert Side.BUYER.other is Side.SUPPLIER
