"""The lives of an account, a labour-cost share, a clock and a guarantee as pure tables."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where an account stands; `notice`: its closing is announced in public (公示)."""

    PLANNED = "planned"
    OPEN = "open"
    NOTICE = "notice"
    CLOSED = "closed"


class Action(StrEnum):
    """What can be done with an account."""

    OPEN = "open"
    AGREE_SHARE = "agree_share"
    DEPOSIT = "deposit"
    PAY = "pay"
    ANNOUNCE_CLOSING = "announce_closing"
    WITHDRAW_CLOSING = "withdraw_closing"
    CLOSE = "close"


class EntryKind(StrEnum):
    """Why the balance moved. Nothing but wages goes out before the account is closed (art 33)."""

    DEPOSIT = "deposit"
    PAYOUT = "payout"
    PAYOUT_RETURNED = "payout_returned"
    REMAINDER = "remainder"


class ShareState(StrEnum):
    """Where a labour-cost share (人工费) of the owner stands."""

    DUE = "due"
    OVERDUE = "overdue"
    PAID = "paid"


class ShareAction(StrEnum):
    """What becomes of a share."""

    PAY_PART = "pay_part"
    PAY = "pay"
    LAPSE = "lapse"


class ClockKind(StrEnum):
    """What has to be done by a day."""

    OPEN_ACCOUNT = "open_account"
    LODGE_GUARANTEE = "lodge_guarantee"
    PAY_OUT_GUARANTEE = "pay_out_guarantee"
    TOP_UP_GUARANTEE = "top_up_guarantee"


class ClockState(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    MISSED = "missed"
    MET = "met"
    MET_LATE = "met_late"


class ClockAction(StrEnum):
    """What stops a clock."""

    MEET = "meet"
    MISS = "miss"


class GuaranteeState(StrEnum):
    """Where a wage guarantee stands."""

    REQUIRED = "required"
    EXEMPT = "exempt"
    LODGED = "lodged"
    DRAWN = "drawn"
    RELEASED = "released"


class GuaranteeAction(StrEnum):
    """What can be done with a guarantee."""

    EXEMPT = "exempt"
    LODGE = "lodge"
    DRAW = "draw"
    PAY_OUT = "pay_out"
    TOP_UP = "top_up"
    RELEASE = "release"


class GuaranteeForm(StrEnum):
    """What was lodged: money, or a bank's or insurer's guarantee (保函)."""

    CASH = "cash"
    BANK_GUARANTEE = "bank_guarantee"
    INSURANCE = "insurance"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.PLANNED, Action.OPEN): State.OPEN,
    (State.PLANNED, Action.AGREE_SHARE): State.PLANNED,
    (State.OPEN, Action.AGREE_SHARE): State.OPEN,
    (State.OPEN, Action.DEPOSIT): State.OPEN,
    (State.OPEN, Action.PAY): State.OPEN,
    (State.OPEN, Action.ANNOUNCE_CLOSING): State.NOTICE,
    (State.NOTICE, Action.DEPOSIT): State.NOTICE,
    (State.NOTICE, Action.PAY): State.NOTICE,
    (State.NOTICE, Action.WITHDRAW_CLOSING): State.OPEN,
    (State.NOTICE, Action.CLOSE): State.CLOSED,
}

SHARE_TRANSITIONS: dict[tuple[ShareState, ShareAction], ShareState] = {
    (ShareState.DUE, ShareAction.PAY_PART): ShareState.DUE,
    (ShareState.DUE, ShareAction.PAY): ShareState.PAID,
    (ShareState.DUE, ShareAction.LAPSE): ShareState.OVERDUE,
    (ShareState.OVERDUE, ShareAction.PAY_PART): ShareState.OVERDUE,
    (ShareState.OVERDUE, ShareAction.PAY): ShareState.PAID,
}

CLOCK_TRANSITIONS: dict[tuple[ClockState, ClockAction], ClockState] = {
    (ClockState.RUNNING, ClockAction.MEET): ClockState.MET,
    (ClockState.RUNNING, ClockAction.MISS): ClockState.MISSED,
    (ClockState.MISSED, ClockAction.MEET): ClockState.MET_LATE,
}

GUARANTEE_TRANSITIONS: dict[tuple[GuaranteeState, GuaranteeAction], GuaranteeState] = {
    (GuaranteeState.REQUIRED, GuaranteeAction.EXEMPT): GuaranteeState.EXEMPT,
    (GuaranteeState.REQUIRED, GuaranteeAction.LODGE): GuaranteeState.LODGED,
    (GuaranteeState.LODGED, GuaranteeAction.DRAW): GuaranteeState.DRAWN,
    (GuaranteeState.DRAWN, GuaranteeAction.PAY_OUT): GuaranteeState.DRAWN,
    (GuaranteeState.DRAWN, GuaranteeAction.TOP_UP): GuaranteeState.LODGED,
    (GuaranteeState.LODGED, GuaranteeAction.RELEASE): GuaranteeState.RELEASED,
}

ACCOUNT = StateMachine("wage account", State.PLANNED, TRANSITIONS)
SHARE = StateMachine("labour-cost share", ShareState.DUE, SHARE_TRANSITIONS)
CLOCK = StateMachine("clock", ClockState.RUNNING, CLOCK_TRANSITIONS)
GUARANTEE = StateMachine("wage guarantee", GuaranteeState.REQUIRED, GUARANTEE_TRANSITIONS)

USABLE = (State.OPEN, State.NOTICE)
"""States in which wages are paid from an account."""
