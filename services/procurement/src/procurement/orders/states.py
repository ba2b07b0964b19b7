"""The life of an order as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where an order stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    CONFIRMED = "confirmed"
    IN_DELIVERY = "in_delivery"
    COMPLETED = "completed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"
    DECLINED = "declined"


class Action(StrEnum):
    """What can be done with an order. Endorse (会签): one step of several approves."""

    REVISE = "revise"
    SUBMIT = "submit"
    ENDORSE = "endorse"
    APPROVE = "approve"
    REJECT = "reject"
    CONFIRM = "confirm"
    DECLINE = "decline"
    DELIVER = "deliver"
    COMPLETE = "complete"
    CANCEL = "cancel"
    AMEND = "amend"
    CANCEL_REST = "cancel_rest"


class LineState(StrEnum):
    """Where a line stands; it follows from what has come and whether more may come."""

    OPEN = "open"
    PARTLY_DELIVERED = "partly_delivered"
    DELIVERED = "delivered"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Origin(StrEnum):
    """What an order comes from: a direct purchase (直接采购), an award (定标), or a call-off (框架协议下单)."""

    DIRECT = "direct"
    AWARD = "award"
    AGREEMENT = "agreement"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.REVISE): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Action.CANCEL): State.CANCELLED,
    (State.SUBMITTED, Action.ENDORSE): State.SUBMITTED,
    (State.SUBMITTED, Action.APPROVE): State.APPROVED,
    (State.SUBMITTED, Action.REJECT): State.REJECTED,
    (State.SUBMITTED, Action.CANCEL): State.CANCELLED,
    (State.APPROVED, Action.CONFIRM): State.CONFIRMED,
    (State.APPROVED, Action.DECLINE): State.DECLINED,
    (State.APPROVED, Action.CANCEL): State.CANCELLED,
    (State.CONFIRMED, Action.DELIVER): State.IN_DELIVERY,
    (State.CONFIRMED, Action.CANCEL): State.CANCELLED,
    (State.IN_DELIVERY, Action.DELIVER): State.IN_DELIVERY,
    (State.IN_DELIVERY, Action.COMPLETE): State.COMPLETED,
    # A change (订单变更) has a life of its own, see changes/states.py; in these states an order takes one.
    (State.APPROVED, Action.AMEND): State.APPROVED,
    (State.CONFIRMED, Action.AMEND): State.CONFIRMED,
    (State.IN_DELIVERY, Action.AMEND): State.IN_DELIVERY,
    (State.IN_DELIVERY, Action.CANCEL_REST): State.IN_DELIVERY,
}

ORDER = StateMachine("order", State.DRAFT, TRANSITIONS)

OPEN_TO_SUPPLIER = (
    State.APPROVED,
    State.CONFIRMED,
    State.IN_DELIVERY,
    State.COMPLETED,
    State.CANCELLED,
    State.DECLINED,
)
"""States in which the supplier sees an order that it was approved for."""

COMMITTED = (State.APPROVED, State.CONFIRMED, State.IN_DELIVERY, State.COMPLETED)
"""States whose amount counts as ordered."""

AWAITED = (State.APPROVED, State.CONFIRMED, State.IN_DELIVERY)
"""States in which deliveries may still come; only these can be late."""
