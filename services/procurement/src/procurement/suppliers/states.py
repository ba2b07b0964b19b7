"""The standing of a supplier with a buyer as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a supplier file stands."""

    INVITED = "invited"  # 已邀请
    ACTIVE = "active"  # 合格
    SUSPENDED = "suspended"  # 暂停
    BLACKLISTED = "blacklisted"  # 黑名单


class Action(StrEnum):
    """What can be done with a supplier file."""

    INVITE = "invite"
    ADMIT = "admit"
    SUSPEND = "suspend"
    BLACKLIST = "blacklist"
    LIFT = "lift"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.INVITED, Action.INVITE): State.INVITED,
    (State.INVITED, Action.ADMIT): State.ACTIVE,
    (State.ACTIVE, Action.SUSPEND): State.SUSPENDED,
    (State.ACTIVE, Action.BLACKLIST): State.BLACKLISTED,
    (State.SUSPENDED, Action.BLACKLIST): State.BLACKLISTED,
    (State.SUSPENDED, Action.LIFT): State.ACTIVE,
    (State.BLACKLISTED, Action.LIFT): State.ACTIVE,
}

SUPPLIER = StateMachine("supplier file", State.INVITED, TRANSITIONS)

BARRED = (State.SUSPENDED, State.BLACKLISTED)
"""States in which a supplier gets no orders until a day has passed."""
