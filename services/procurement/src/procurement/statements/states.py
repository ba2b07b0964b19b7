"""The life of a statement as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a statement stands."""

    DRAFT = "draft"
    PROPOSED = "proposed"
    PARTLY_AGREED = "partly_agreed"
    AGREED = "agreed"
    CLOSED = "closed"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What can be done with a statement; what was agreed line by line decides between the three in the middle."""

    PROPOSE = "propose"
    DISCUSS = "discuss"
    AGREE_SOME = "agree_some"
    AGREE_ALL = "agree_all"
    CLOSE = "close"
    WITHDRAW = "withdraw"


class Side(StrEnum):
    """Which of the two parties."""

    BUYER = "buyer"
    SUPPLIER = "supplier"

    @property
    def other(self) -> Side:
        """The party opposite."""
        return Side.SUPPLIER if self is Side.BUYER else Side.BUYER


class View(StrEnum):
    """What one side says of a line."""

    OPEN = "open"
    AGREED = "agreed"
    DISPUTED = "disputed"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.PROPOSE): State.PROPOSED,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.PROPOSED, Action.DISCUSS): State.PROPOSED,
    (State.PROPOSED, Action.AGREE_SOME): State.PARTLY_AGREED,
    (State.PROPOSED, Action.AGREE_ALL): State.AGREED,
    (State.PROPOSED, Action.WITHDRAW): State.WITHDRAWN,
    (State.PARTLY_AGREED, Action.DISCUSS): State.PARTLY_AGREED,
    (State.PARTLY_AGREED, Action.AGREE_SOME): State.PARTLY_AGREED,
    (State.PARTLY_AGREED, Action.AGREE_ALL): State.AGREED,
    (State.AGREED, Action.CLOSE): State.CLOSED,
}

STATEMENT = StateMachine("statement", State.DRAFT, TRANSITIONS)
