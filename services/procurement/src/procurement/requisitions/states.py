"""The life of a requisition as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a requisition stands."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    CLOSED = "closed"
    REJECTED = "rejected"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can be done with a requisition. Endorse: a step of its approval is done and another one follows."""

    REVISE = "revise"
    SUBMIT = "submit"
    ENDORSE = "endorse"
    APPROVE = "approve"
    REJECT = "reject"
    CLOSE = "close"
    CANCEL = "cancel"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.REVISE): State.DRAFT,
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Action.CANCEL): State.CANCELLED,
    (State.SUBMITTED, Action.ENDORSE): State.SUBMITTED,
    (State.SUBMITTED, Action.APPROVE): State.APPROVED,
    (State.SUBMITTED, Action.REJECT): State.REJECTED,
    (State.SUBMITTED, Action.CANCEL): State.CANCELLED,
    (State.APPROVED, Action.CLOSE): State.CLOSED,
}

REQUISITION = StateMachine("requisition", State.DRAFT, TRANSITIONS)
