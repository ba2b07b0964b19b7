"""The life of an auction as a pure table. Its sourcing says whether it is published at all."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class Shown(StrEnum):
    """What a bidder is shown of its rivals: its own rank, or the best price. Never who they are."""

    RANK = "rank"
    BEST = "best"


class State(StrEnum):
    """Where an auction stands."""

    OPEN = "open"
    CLOSED = "closed"


class Action(StrEnum):
    """What can be done with an auction; `close` is the clock's own."""

    BID = "bid"
    CLOSE = "close"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.OPEN, Action.BID): State.OPEN,
    (State.OPEN, Action.CLOSE): State.CLOSED,
}

AUCTION = StateMachine("auction", State.OPEN, TRANSITIONS)
