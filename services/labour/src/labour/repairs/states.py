"""A repair of attendance (补卡): proposed → approved, rejected or withdrawn; what is decided stays."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """What has become of the proposal."""

    PROPOSED = "proposed"
    APPROVED = "approved"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What can be done with it."""

    APPROVE = "approve"
    REJECT = "reject"
    WITHDRAW = "withdraw"


TRANSITIONS = {
    (State.PROPOSED, Action.APPROVE): State.APPROVED,
    (State.PROPOSED, Action.REJECT): State.REJECTED,
    (State.PROPOSED, Action.WITHDRAW): State.WITHDRAWN,
}

REPAIR = StateMachine("repair", State.PROPOSED, TRANSITIONS)
