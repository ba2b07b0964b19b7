"""What may become of a request for erasure: a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a request stands: `blocked` while the law keeps something."""

    REQUESTED = "requested"
    BLOCKED = "blocked"
    ERASED = "erased"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What is done with a request."""

    BLOCK = "block"
    ERASE = "erase"
    CANCEL = "cancel"


TRANSITIONS = {
    (State.REQUESTED, Action.BLOCK): State.BLOCKED,
    (State.REQUESTED, Action.ERASE): State.ERASED,
    (State.BLOCKED, Action.BLOCK): State.BLOCKED,
    (State.BLOCKED, Action.ERASE): State.ERASED,
    (State.BLOCKED, Action.CANCEL): State.CANCELLED,
}
ERASURE = StateMachine("erasure", State.REQUESTED, TRANSITIONS)
