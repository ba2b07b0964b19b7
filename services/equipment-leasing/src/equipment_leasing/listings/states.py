"""The life of a listing (出租信息)."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a listing stands."""

    DRAFT = "draft"  # 草稿
    LISTED = "listed"  # 已发布
    WITHDRAWN = "withdrawn"  # 已下架


class Action(StrEnum):
    """What can be done with a listing."""

    REVISE = "revise"
    PUBLISH = "publish"
    WITHDRAW = "withdraw"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.REVISE): State.DRAFT,
    (State.DRAFT, Action.PUBLISH): State.LISTED,
    (State.DRAFT, Action.WITHDRAW): State.WITHDRAWN,
    (State.LISTED, Action.REVISE): State.LISTED,
    (State.LISTED, Action.WITHDRAW): State.WITHDRAWN,
}

LISTING: StateMachine[State, Action] = StateMachine("listing", State.DRAFT, TRANSITIONS)

OPEN = (State.DRAFT, State.LISTED)
"""States of which a machine has at most one listing."""
