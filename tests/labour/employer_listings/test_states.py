"""Every cell of the tables of listings and repayments."""

from __future__ import annotations

import pytest

from chassis.errors import FailedPrecondition
from labour.employer_listings.states import (
    EMPLOYER_LISTING,
    REPAYMENT,
    Action,
    RepaymentAction,
    RepaymentState,
    State,
)

LISTED = {
    Action.ADD_DECISION: State.LISTED,
    Action.EXIT_EARLY: State.EXITED,
    Action.LIFT: State.LIFTED,
    Action.END: State.ENDED,
}
REPAID = {
    (RepaymentState.TOLD, RepaymentAction.ACCEPT): RepaymentState.ACCEPTED,
    (RepaymentState.TOLD, RepaymentAction.DECLINE): RepaymentState.DECLINED,
    (RepaymentState.TOLD, RepaymentAction.VOID): RepaymentState.VOID,
    (RepaymentState.ACCEPTED, RepaymentAction.VOID): RepaymentState.VOID,
}


@pytest.mark.parametrize("action", Action)
@pytest.mark.parametrize("state", State)
def test_a_listing_is_over_once(state: State, action: Action) -> None:
    if state is State.LISTED:
        assert EMPLOYER_LISTING.apply(state, action) is LISTED[action]
        return
    with pytest.raises(FailedPrecondition) as refusal:
        EMPLOYER_LISTING.apply(state, action)
    assert (refusal.value.reason, refusal.value.metadata["allowed"]) == ("INVALID_STATE", "")


@pytest.mark.parametrize("action", RepaymentAction)
@pytest.mark.parametrize("state", RepaymentState)
def test_a_repayment_is_answered_once(state: RepaymentState, action: RepaymentAction) -> None:
    expected = REPAID.get((state, action))
    if expected is not None:
        assert REPAYMENT.apply(state, action) is expected
        return
    with pytest.raises(FailedPrecondition):
        REPAYMENT.apply(state, action)
