"""Every cell of the table of supplemental agreements."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.supplements.states import SUPPLEMENT, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert SUPPLEMENT.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        SUPPLEMENT.apply(state, action)
    assert refusal.value.reason == "INVALID_STATE"
    assert refusal.value.metadata["allowed"] == ",".join(SUPPLEMENT.allowed(state))


@pytest.mark.parametrize("state", [State.SIGNED, State.DECLINED, State.WITHDRAWN])
def test_an_end_is_an_end(state: State) -> None:
    """What was answered stays answered; another one can be drafted."""
    assert SUPPLEMENT.allowed(state) == []
