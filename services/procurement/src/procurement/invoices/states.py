"""The life of an invoice as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where an invoice stands."""

    RECEIVED = "received"
    MATCHED = "matched"
    MISMATCHED = "mismatched"
    APPROVED = "approved"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can be done with an invoice; the three-way match itself decides between the first two."""

    MATCH = "match"
    MISMATCH = "mismatch"
    APPROVE = "approve"
    REJECT = "reject"
    CANCEL = "cancel"


class Kind(StrEnum):
    """A blue invoice (蓝字发票) bills, a red one (红字发票) takes back what a blue one billed."""

    BLUE = "blue"
    RED = "red"


class Reason(StrEnum):
    """Why an invoice or a line does not match."""

    PRICE_ABOVE_ORDER = "PRICE_ABOVE_ORDER"
    TAX_RATE_DIFFERS = "TAX_RATE_DIFFERS"
    MORE_THAN_ACCEPTED = "MORE_THAN_ACCEPTED"
    CREDIT_TOO_SMALL = "CREDIT_TOO_SMALL"
    SELLER_USCC_DIFFERS = "SELLER_USCC_DIFFERS"
    BUYER_USCC_DIFFERS = "BUYER_USCC_DIFFERS"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.RECEIVED, Action.MATCH): State.MATCHED,
    (State.RECEIVED, Action.MISMATCH): State.MISMATCHED,
    (State.MATCHED, Action.MATCH): State.MATCHED,
    (State.MATCHED, Action.MISMATCH): State.MISMATCHED,
    (State.MATCHED, Action.APPROVE): State.APPROVED,
    (State.MATCHED, Action.REJECT): State.REJECTED,
    (State.MATCHED, Action.CANCEL): State.CANCELLED,
    (State.MISMATCHED, Action.MATCH): State.MATCHED,
    (State.MISMATCHED, Action.MISMATCH): State.MISMATCHED,
    (State.MISMATCHED, Action.APPROVE): State.APPROVED,
    (State.MISMATCHED, Action.REJECT): State.REJECTED,
    (State.MISMATCHED, Action.CANCEL): State.CANCELLED,
    (State.REJECTED, Action.CANCEL): State.CANCELLED,
}

INVOICE = StateMachine("invoice", State.RECEIVED, TRANSITIONS)

STANDING = (State.RECEIVED, State.MATCHED, State.MISMATCHED, State.APPROVED)
"""States in which an invoice counts: a blue one uses up what was accepted, a red one what the blue one billed."""
