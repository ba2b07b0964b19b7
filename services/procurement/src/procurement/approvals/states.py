"""The life of an approval step and of a delegation as pure tables."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a step stands."""

    WAITING = "waiting"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What becomes of a step. Withdrawn: the document was rejected at an earlier step or called off."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.WAITING, Action.APPROVE): State.APPROVED,
    (State.WAITING, Action.REJECT): State.REJECTED,
    (State.WAITING, Action.WITHDRAW): State.WITHDRAWN,
}

STEP = StateMachine("approval step", State.WAITING, TRANSITIONS)


class DelegationState(StrEnum):
    """Where a delegation stands; its days say whether it counts."""

    GRANTED = "granted"
    REVOKED = "revoked"


class DelegationAction(StrEnum):
    """What can be done with a delegation."""

    REVOKE = "revoke"


DELEGATION_TRANSITIONS: dict[tuple[DelegationState, DelegationAction], DelegationState] = {
    (DelegationState.GRANTED, DelegationAction.REVOKE): DelegationState.REVOKED,
}

DELEGATION = StateMachine("delegation", DelegationState.GRANTED, DELEGATION_TRANSITIONS)
