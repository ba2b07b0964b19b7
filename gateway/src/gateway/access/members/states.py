"""The life of a membership as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a member stands."""

    ACTIVE = "active"
    REMOVED = "removed"


class Action(StrEnum):
    """What an administrator can do with a member."""

    CHANGE_ROLES = "change-roles"
    RESET_PASSWORD = "reset-password"  # noqa: S105 - the name of an action
    REMOVE = "remove"
    INVITE_AGAIN = "invite-again"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.ACTIVE, Action.CHANGE_ROLES): State.ACTIVE,
    (State.ACTIVE, Action.RESET_PASSWORD): State.ACTIVE,
    (State.ACTIVE, Action.REMOVE): State.REMOVED,
    (State.REMOVED, Action.INVITE_AGAIN): State.ACTIVE,
}

MEMBER = StateMachine("member", State.ACTIVE, TRANSITIONS)
