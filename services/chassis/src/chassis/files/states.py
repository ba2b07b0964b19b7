"""What the virus scanner has said of a file, as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """`unscanned` is honest: nobody has looked, which is not the same as `clean`."""

    UNSCANNED = "unscanned"
    CLEAN = "clean"
    INFECTED = "infected"


class Action(StrEnum):
    """The two verdicts of a scanner."""

    CLEAR = "clear"
    CONDEMN = "condemn"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.UNSCANNED, Action.CLEAR): State.CLEAN,
    (State.UNSCANNED, Action.CONDEMN): State.INFECTED,
}

FILE = StateMachine("file", State.UNSCANNED, TRANSITIONS)
