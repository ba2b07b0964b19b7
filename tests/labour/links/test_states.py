"""Every cell of the link's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.links.states import LINK, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    if (state, action) in TRANSITIONS:
        assert LINK.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        LINK.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"


def test_what_is_over_is_over() -> None:
    assert [LINK.allowed(state) for state in State if state is not State.ACTIVE] == [[], [], []]
