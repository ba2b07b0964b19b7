"""The life of an API client as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where an API client stands."""

    ACTIVE = "active"
    REVOKED = "revoked"


class Action(StrEnum):
    """What an administrator can do with an API client."""

    ROTATE = "rotate"
    REVOKE = "revoke"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.ACTIVE, Action.ROTATE): State.ACTIVE,
    (State.ACTIVE, Action.REVOKE): State.REVOKED,
}

CLIENT = StateMachine("client", State.ACTIVE, TRANSITIONS)
