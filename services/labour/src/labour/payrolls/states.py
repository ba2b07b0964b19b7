"""The lives of a payroll and of its lines as pure tables."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a payroll stands; `submitted`: to the workers, who sign or object."""

    DRAFTING = "drafting"
    DRAFT = "draft"
    SUBMITTED = "submitted"
    CHECKED = "checked"
    APPROVED = "approved"
    PAID = "paid"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can be done with a payroll."""

    FILL = "fill"
    REVISE = "revise"
    SUBMIT = "submit"
    SIGN = "sign"
    OBJECT = "object"
    ANSWER = "answer"
    SEND_BACK = "send_back"
    CHECK = "check"
    APPROVE = "approve"
    PAY = "pay"
    SETTLE = "settle"
    CANCEL = "cancel"


class LineState(StrEnum):
    """Where a worker's line stands; `offered`: waits for his signature."""

    DRAFT = "draft"
    OFFERED = "offered"
    SIGNED = "signed"
    CONTESTED = "contested"
    APPROVED = "approved"
    PAID = "paid"


class LineAction(StrEnum):
    """What becomes of a line. Void: a signature does not count any more, because the sheet was changed."""

    OFFER = "offer"
    SIGN = "sign"
    OBJECT = "object"
    ANSWER = "answer"
    VOID = "void"
    WITHDRAW = "withdraw"
    APPROVE = "approve"
    PAY = "pay"


class Run(StrEnum):
    """What a payroll is: the month's, a correction of one that was approved, or arrears (补发, isBackPay)."""

    REGULAR = "regular"
    CORRECTION = "correction"
    ARREARS = "arrears"


class Direction(StrEnum):
    """Whether an item adds to the wage or is taken off it."""

    WAGE = "wage"
    ALLOWANCE = "allowance"
    DEDUCTION = "deduction"


class Method(StrEnum):
    """How a line was signed or objected to."""

    LINK = "link"
    PAPER = "paper"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFTING, Action.FILL): State.DRAFT,
    (State.DRAFTING, Action.CANCEL): State.CANCELLED,
    (State.DRAFT, Action.REVISE): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Action.CANCEL): State.CANCELLED,
    (State.SUBMITTED, Action.REVISE): State.SUBMITTED,
    (State.SUBMITTED, Action.SIGN): State.SUBMITTED,
    (State.SUBMITTED, Action.OBJECT): State.SUBMITTED,
    (State.SUBMITTED, Action.ANSWER): State.SUBMITTED,
    (State.SUBMITTED, Action.SEND_BACK): State.DRAFT,
    (State.SUBMITTED, Action.CHECK): State.CHECKED,
    (State.SUBMITTED, Action.CANCEL): State.CANCELLED,
    # who has not signed, or has objected, does not hold the others up (art 35) and is not left behind
    (State.CHECKED, Action.SIGN): State.CHECKED,
    (State.CHECKED, Action.OBJECT): State.CHECKED,
    (State.CHECKED, Action.ANSWER): State.CHECKED,
    (State.CHECKED, Action.SEND_BACK): State.DRAFT,
    (State.CHECKED, Action.APPROVE): State.APPROVED,
    (State.APPROVED, Action.SIGN): State.APPROVED,
    (State.APPROVED, Action.OBJECT): State.APPROVED,
    (State.APPROVED, Action.ANSWER): State.APPROVED,
    (State.APPROVED, Action.APPROVE): State.APPROVED,
    (State.APPROVED, Action.PAY): State.APPROVED,
    (State.APPROVED, Action.SETTLE): State.PAID,
}

LINE_TRANSITIONS: dict[tuple[LineState, LineAction], LineState] = {
    (LineState.DRAFT, LineAction.OFFER): LineState.OFFERED,
    (LineState.OFFERED, LineAction.SIGN): LineState.SIGNED,
    (LineState.OFFERED, LineAction.OBJECT): LineState.CONTESTED,
    (LineState.OFFERED, LineAction.WITHDRAW): LineState.DRAFT,
    (LineState.SIGNED, LineAction.VOID): LineState.OFFERED,
    (LineState.SIGNED, LineAction.WITHDRAW): LineState.DRAFT,
    (LineState.SIGNED, LineAction.APPROVE): LineState.APPROVED,
    (LineState.CONTESTED, LineAction.ANSWER): LineState.OFFERED,
    (LineState.CONTESTED, LineAction.WITHDRAW): LineState.DRAFT,
    (LineState.APPROVED, LineAction.PAY): LineState.PAID,
}

PAYROLL = StateMachine("payroll", State.DRAFTING, TRANSITIONS)
LINE = StateMachine("payroll line", LineState.DRAFT, LINE_TRANSITIONS)

LOCKING = (State.APPROVED, State.PAID)
"""States of a regular payroll that lock its month: what comes later is a correction or arrears."""

PAYABLE = (LineState.APPROVED, LineState.PAID)
"""States of a line whose worker has a slip."""
