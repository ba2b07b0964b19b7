"""A connection to an authority's platform: active → suspended by people, → barred when the authority turns us away."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Whether something is filed over a connection."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    BARRED = "barred"


class Action(StrEnum):
    """What can be done with a connection; `bar` is what an answer about signature, access or address does."""

    ROTATE = "rotate"
    SUSPEND = "suspend"
    BAR = "bar"
    RESUME = "resume"


TRANSITIONS = {
    (State.ACTIVE, Action.ROTATE): State.ACTIVE,
    (State.ACTIVE, Action.SUSPEND): State.SUSPENDED,
    (State.ACTIVE, Action.BAR): State.BARRED,
    (State.SUSPENDED, Action.ROTATE): State.SUSPENDED,
    (State.SUSPENDED, Action.RESUME): State.ACTIVE,
    (State.BARRED, Action.ROTATE): State.BARRED,
    (State.BARRED, Action.SUSPEND): State.SUSPENDED,
    (State.BARRED, Action.RESUME): State.ACTIVE,
}

CONNECTION = StateMachine("connection", State.ACTIVE, TRANSITIONS)
