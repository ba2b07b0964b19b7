"""Every cell of the table of changes."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.changes.states import CHANGE, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert CHANGE.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        CHANGE.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(CHANGE.allowed(state))


@pytest.mark.parametrize("state", [State.ACCEPTED, State.DECLINED, State.REJECTED, State.WITHDRAWN])
def test_an_end_is_an_end(state: State) -> None:
    """A decided change stays decided; another one can be proposed."""
    assert CHANGE.allowed(state) == []


def test_the_supplier_answers_only_what_was_offered() -> None:
    """Before the approver has decided there is nothing to accept."""
    assert {Action.ACCEPT, Action.DECLINE} & set(CHANGE.allowed(State.PROPOSED)) == set()
