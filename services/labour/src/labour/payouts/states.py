"""The lives of a payout, its rows, and a payee change as pure tables."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a payout stands; `settled`: the bank has answered for every row."""

    DRAFT = "draft"
    APPROVED = "approved"
    EXPORTED = "exported"
    SETTLED = "settled"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can be done with a payout."""

    APPROVE = "approve"
    EXPORT = "export"
    SETTLE = "settle"
    CANCEL = "cancel"


class RowState(StrEnum):
    """Where one transfer stands."""

    PENDING = "pending"
    PAID = "paid"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RowAction(StrEnum):
    """What becomes of a transfer."""

    PAY = "pay"
    FAIL = "fail"
    CANCEL = "cancel"


class PayeeState(StrEnum):
    """Where a payee change stands."""

    PROPOSED = "proposed"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    REVOKED = "revoked"


class PayeeAction(StrEnum):
    """What can be done with a payee change."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    REVOKE = "revoke"


class Cause(StrEnum):
    """Why wages go to another card: it was lost, there is a new one, or the worker has died (to his heirs)."""

    LOST_CARD = "lost_card"
    NEW_CARD = "new_card"
    HEIR = "heir"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.APPROVE): State.APPROVED,
    (State.DRAFT, Action.CANCEL): State.CANCELLED,
    (State.APPROVED, Action.EXPORT): State.EXPORTED,
    (State.APPROVED, Action.CANCEL): State.CANCELLED,
    (State.EXPORTED, Action.EXPORT): State.EXPORTED,
    (State.EXPORTED, Action.SETTLE): State.SETTLED,
}

ROW_TRANSITIONS: dict[tuple[RowState, RowAction], RowState] = {
    (RowState.PENDING, RowAction.PAY): RowState.PAID,
    (RowState.PENDING, RowAction.FAIL): RowState.FAILED,
    (RowState.PENDING, RowAction.CANCEL): RowState.CANCELLED,
}

PAYEE_TRANSITIONS: dict[tuple[PayeeState, PayeeAction], PayeeState] = {
    (PayeeState.PROPOSED, PayeeAction.CONFIRM): PayeeState.CONFIRMED,
    (PayeeState.PROPOSED, PayeeAction.DECLINE): PayeeState.DECLINED,
    (PayeeState.CONFIRMED, PayeeAction.REVOKE): PayeeState.REVOKED,
}

PAYOUT = StateMachine("payout", State.DRAFT, TRANSITIONS)
ROW = StateMachine("transfer", RowState.PENDING, ROW_TRANSITIONS)
PAYEE = StateMachine("payee change", PayeeState.PROPOSED, PAYEE_TRANSITIONS)

LIVE = (RowState.PENDING, RowState.PAID)
"""States of a transfer beside which there is no second one for the same line."""
