"""The life of a sourcing as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class Kind(StrEnum):
    """How offers come: sealed quotes to an inquiry (询价), or live bids in a reverse auction (竞价)."""

    INQUIRY = "inquiry"
    AUCTION = "auction"


class State(StrEnum):
    """Where a sourcing stands."""

    DRAFT = "draft"
    PUBLISHED = "published"
    OPENED = "opened"
    AWARDED = "awarded"
    CANCELLED = "cancelled"
    FAILED = "failed"


class Action(StrEnum):
    """What can be done with a sourcing. `open` and `fail` (流标: nobody has offered) are the deadline's own."""

    REVISE = "revise"
    PUBLISH = "publish"
    ANSWER = "answer"
    EXTEND = "extend"
    INVITE = "invite"
    EXCLUDE = "exclude"
    OPEN = "open"
    FAIL = "fail"
    AWARD = "award"
    CONCLUDE = "conclude"
    CANCEL = "cancel"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.DRAFT, Action.REVISE): State.DRAFT,
    (State.DRAFT, Action.PUBLISH): State.PUBLISHED,
    (State.DRAFT, Action.CANCEL): State.CANCELLED,
    (State.PUBLISHED, Action.ANSWER): State.PUBLISHED,
    (State.PUBLISHED, Action.EXTEND): State.PUBLISHED,
    (State.PUBLISHED, Action.INVITE): State.PUBLISHED,
    (State.PUBLISHED, Action.EXCLUDE): State.PUBLISHED,
    (State.PUBLISHED, Action.OPEN): State.OPENED,
    (State.PUBLISHED, Action.FAIL): State.FAILED,
    (State.PUBLISHED, Action.CANCEL): State.CANCELLED,
    (State.OPENED, Action.EXCLUDE): State.OPENED,
    (State.OPENED, Action.AWARD): State.OPENED,
    (State.OPENED, Action.CONCLUDE): State.AWARDED,
    (State.OPENED, Action.CANCEL): State.CANCELLED,
}

SOURCING = StateMachine("sourcing", State.DRAFT, TRANSITIONS)
