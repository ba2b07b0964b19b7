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


class Action(StrEnum):
    """What can be done with an order."""

    REVISE = "revise"
    SUBMIT = "submit"
    APPROVE = "approve"
    REJECT = "reject"
    CONFIRM = "confirm"
    DELIVER = "deliver"
    COMPLETE = "complete"
    CANCEL = "cancel"


class Origin(StrEnum):
    """What an order comes from: a direct purchase (直接采购), an award (定标), or a call-off (框架协议下单)."""

    DIRECT = "direct"
    AWARD = "award"
    AGREEMENT = "agreement"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.REVISE): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Action.CANCEL): State.CANCELLED,
    (State.SUBMITTED, Action.APPROVE): State.APPROVED,
    (State.SUBMITTED, Action.REJECT): State.REJECTED,
    (State.SUBMITTED, Action.CANCEL): State.CANCELLED,
    (State.APPROVED, Action.CONFIRM): State.CONFIRMED,
    (State.APPROVED, Action.CANCEL): State.CANCELLED,
    (State.CONFIRMED, Action.DELIVER): State.IN_DELIVERY,
    (State.CONFIRMED, Action.CANCEL): State.CANCELLED,
    (State.IN_DELIVERY, Action.DELIVER): State.IN_DELIVERY,
    (State.IN_DELIVERY, Action.COMPLETE): State.COMPLETED,
}

ORDER = StateMachine("order", State.DRAFT, TRANSITIONS)

OPEN_TO_SUPPLIER = (State.APPROVED, State.CONFIRMED, State.IN_DELIVERY, State.COMPLETED, State.CANCELLED)
"""States in which the supplier sees an order that it was approved for."""

COMMITTED = (State.APPROVED, State.CONFIRMED, State.IN_DELIVERY, State.COMPLETED)
"""States whose amount counts as ordered."""
