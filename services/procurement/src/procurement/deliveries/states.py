"""The life of a delivery as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a delivery stands."""

    DISPATCHED = "dispatched"
    ACCEPTED = "accepted"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What can be done with a delivery."""

    ACCEPT = "accept"
    REFUSE = "refuse"
    WITHDRAW = "withdraw"
    RETURN = "return"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DISPATCHED, Action.ACCEPT): State.ACCEPTED,
    (State.DISPATCHED, Action.REFUSE): State.REFUSED,
    (State.DISPATCHED, Action.WITHDRAW): State.WITHDRAWN,
    (State.ACCEPTED, Action.RETURN): State.ACCEPTED,
}

DELIVERY = StateMachine("delivery", State.DISPATCHED, TRANSITIONS)
