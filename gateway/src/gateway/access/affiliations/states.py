"""The life of an affiliation as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where an affiliation stands."""

    REQUESTED = "requested"
    CONFIRMED = "confirmed"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"
    ENDED = "ended"


class Action(StrEnum):
    """What the two sides can do with it."""

    CONFIRM = "confirm"
    DECLINE = "decline"
    WITHDRAW = "withdraw"
    END = "end"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.REQUESTED, Action.CONFIRM): State.CONFIRMED,
    (State.REQUESTED, Action.DECLINE): State.DECLINED,
    (State.REQUESTED, Action.WITHDRAW): State.WITHDRAWN,
    (State.CONFIRMED, Action.END): State.ENDED,
}

AFFILIATION = StateMachine("affiliation", State.REQUESTED, TRANSITIONS)

OPEN = (State.REQUESTED, State.CONFIRMED)
"""States of which two organisations have one at most."""
