"""Every cell of the invoice's table."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from procurement.invoices.states import INVOICE, TRANSITIONS, Action, State


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("action", Action)
def test_every_cell(state: State, action: Action) -> None:
    """A cell of the table leads on; every other one is refused and names what would be allowed."""
    if (state, action) in TRANSITIONS:
        assert INVOICE.apply(state, action) == TRANSITIONS[state, action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        INVOICE.apply(state, action)
    assert refusal.value.metadata["allowed"] == ",".join(INVOICE.allowed(state))


def test_what_is_approved_is_corrected_by_a_red_one_only() -> None:
    assert INVOICE.allowed(State.APPROVED) == INVOICE.allowed(State.CANCELLED) == []


def test_nothing_is_approved_unmatched() -> None:
    assert Action.APPROVE not in INVOICE.allowed(State.RECEIVED)
