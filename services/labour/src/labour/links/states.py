"""The life of a link as a pure table; that it expires, its own instant says."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Whether a link opens anything."""

    ACTIVE = "active"
    USED = "used"
    REVOKED = "revoked"
    LOCKED = "locked"


class Action(StrEnum):
    """What ends a link."""

    USE = "use"
    REVOKE = "revoke"
    LOCK = "lock"


class Purpose(StrEnum):
    """The one thing that a link is for: sign a contract, sign a wage sheet's line, look at one's own record."""

    CONTRACT = "contract"
    WAGE_SHEET = "wage_sheet"
    SELF_SERVICE = "self_service"


class CodeKind(StrEnum):
    """What a six-digit code proves: who holds the registered phone, or that a new number is the worker's."""

    IDENTITY = "identity"
    PHONE = "phone"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.ACTIVE, Action.USE): State.USED,
    (State.ACTIVE, Action.REVOKE): State.REVOKED,
    (State.ACTIVE, Action.LOCK): State.LOCKED,
}

LINK = StateMachine("link", State.ACTIVE, TRANSITIONS)
