"""The lives of a payment order and of its items as pure tables."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a payment order stands; `failed`: the bank executed nothing of it."""

    DRAFT = "draft"
    SUBMITTED = "submitted"
    APPROVED = "approved"
    EXPORTED = "exported"
    EXECUTED = "executed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can be done with a payment order. Endorse (会签): one step of several approves."""

    SUBMIT = "submit"
    ENDORSE = "endorse"
    APPROVE = "approve"
    REJECT = "reject"
    EXPORT = "export"
    PROVE = "prove"
    EXECUTE = "execute"
    FAIL = "fail"
    CANCEL = "cancel"
    REFUND = "refund"


class ItemState(StrEnum):
    """Where one item stands."""

    PENDING = "pending"
    EXECUTED = "executed"
    FAILED = "failed"
    CANCELLED = "cancelled"


class ItemAction(StrEnum):
    """What becomes of one item."""

    EXECUTE = "execute"
    FAIL = "fail"
    CANCEL = "cancel"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.SUBMIT): State.SUBMITTED,
    (State.DRAFT, Action.CANCEL): State.CANCELLED,
    (State.DRAFT, Action.REFUND): State.EXECUTED,
    (State.SUBMITTED, Action.ENDORSE): State.SUBMITTED,
    (State.SUBMITTED, Action.APPROVE): State.APPROVED,
    (State.SUBMITTED, Action.REJECT): State.DRAFT,
    (State.SUBMITTED, Action.CANCEL): State.CANCELLED,
    (State.APPROVED, Action.EXPORT): State.EXPORTED,
    (State.APPROVED, Action.CANCEL): State.CANCELLED,
    (State.EXPORTED, Action.EXPORT): State.EXPORTED,
    (State.EXPORTED, Action.PROVE): State.EXPORTED,
    (State.EXPORTED, Action.EXECUTE): State.EXECUTED,
    (State.EXPORTED, Action.FAIL): State.FAILED,
}

ITEM_TRANSITIONS: dict[tuple[ItemState, ItemAction], ItemState] = {
    (ItemState.PENDING, ItemAction.EXECUTE): ItemState.EXECUTED,
    (ItemState.PENDING, ItemAction.FAIL): ItemState.FAILED,
    (ItemState.PENDING, ItemAction.CANCEL): ItemState.CANCELLED,
}

PAYMENT = StateMachine("payment order", State.DRAFT, TRANSITIONS)
ITEM = StateMachine("payment item", ItemState.PENDING, ITEM_TRANSITIONS)
