"""A listing: listed → exited early, lifted or ended. A repayment: told → accepted or declined; void by new arrears."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Whether a listing counts, and how it came to an end."""

    LISTED = "listed"  # 已列入
    EXITED = "exited"  # 提前移出
    LIFTED = "lifted"  # 撤销
    ENDED = "ended"  # 期满移出


class Action(StrEnum):
    """`end` is the clock's, the others are the authority's."""

    ADD_DECISION = "add_decision"
    EXIT_EARLY = "exit_early"
    LIFT = "lift"
    END = "end"


class RepaymentState(StrEnum):
    """What the authority says of a repayment that an employer has told."""

    TOLD = "told"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    VOID = "void"


class RepaymentAction(StrEnum):
    """`void` follows from arrears that come again."""

    ACCEPT = "accept"
    DECLINE = "decline"
    VOID = "void"


TRANSITIONS = {
    (State.LISTED, Action.ADD_DECISION): State.LISTED,
    (State.LISTED, Action.EXIT_EARLY): State.EXITED,
    (State.LISTED, Action.LIFT): State.LIFTED,
    (State.LISTED, Action.END): State.ENDED,
}
REPAYMENT_TRANSITIONS = {
    (RepaymentState.TOLD, RepaymentAction.ACCEPT): RepaymentState.ACCEPTED,
    (RepaymentState.TOLD, RepaymentAction.DECLINE): RepaymentState.DECLINED,
    (RepaymentState.TOLD, RepaymentAction.VOID): RepaymentState.VOID,
    (RepaymentState.ACCEPTED, RepaymentAction.VOID): RepaymentState.VOID,
}

EMPLOYER_LISTING = StateMachine("listing", State.LISTED, TRANSITIONS)
REPAYMENT = StateMachine("repayment", RepaymentState.TOLD, REPAYMENT_TRANSITIONS)
OPEN_REPAYMENTS = (RepaymentState.TOLD, RepaymentState.ACCEPTED)
