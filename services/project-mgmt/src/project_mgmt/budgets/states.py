"""The life of a commitment 预算占用 as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """What an order holds of the budget. Reserved and confirmed amounts count; the other states hold nothing."""

    RESERVED = "reserved"  # 预占
    CONFIRMED = "confirmed"  # 已占用
    RELEASED = "released"  # 已释放
    LAPSED = "lapsed"  # 已失效
    CANCELLED = "cancelled"  # 订单已取消
    MERGED = "merged"  # 已并入订单占用


class Action(StrEnum):
    """Who moves it: procurement asks (reserve, release), time (lapse), procurement's facts (confirm, cancel, merge)."""

    RESERVE = "reserve"
    CONFIRM = "confirm"
    RELEASE = "release"
    LAPSE = "lapse"
    CANCEL = "cancel"
    MERGE = "merge"


# Facts are the truth and come in any order, so every state takes both of them. OrderCancelled is an order's last
# word: after it a late OrderApproved changes nothing. A release or a lapse is not: an approval that committed just
# before it still stands.
TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.RESERVED, Action.RESERVE): State.RESERVED,
    (State.RESERVED, Action.CONFIRM): State.CONFIRMED,
    (State.RESERVED, Action.RELEASE): State.RELEASED,
    (State.RESERVED, Action.LAPSE): State.LAPSED,
    (State.RESERVED, Action.CANCEL): State.CANCELLED,
    (State.CONFIRMED, Action.CONFIRM): State.CONFIRMED,
    (State.CONFIRMED, Action.RELEASE): State.RELEASED,
    (State.CONFIRMED, Action.CANCEL): State.CANCELLED,
    (State.RELEASED, Action.RESERVE): State.RESERVED,
    (State.RELEASED, Action.CONFIRM): State.CONFIRMED,
    (State.RELEASED, Action.RELEASE): State.RELEASED,
    (State.RELEASED, Action.CANCEL): State.CANCELLED,
    (State.LAPSED, Action.RESERVE): State.RESERVED,
    (State.LAPSED, Action.CONFIRM): State.CONFIRMED,
    (State.LAPSED, Action.RELEASE): State.RELEASED,
    (State.LAPSED, Action.CANCEL): State.CANCELLED,
    (State.CANCELLED, Action.CONFIRM): State.CANCELLED,
    (State.CANCELLED, Action.RELEASE): State.CANCELLED,
    (State.CANCELLED, Action.CANCEL): State.CANCELLED,
    # What a change holds: once the fact has put it into the order's commitment, that is its last word.
    (State.RESERVED, Action.MERGE): State.MERGED,
    (State.CONFIRMED, Action.MERGE): State.MERGED,
    (State.RELEASED, Action.MERGE): State.MERGED,
    (State.LAPSED, Action.MERGE): State.MERGED,
    (State.MERGED, Action.MERGE): State.MERGED,
    (State.MERGED, Action.CONFIRM): State.MERGED,
    (State.MERGED, Action.RELEASE): State.MERGED,
    (State.MERGED, Action.CANCEL): State.MERGED,
}

COMMITMENT = StateMachine("commitment", State.RESERVED, TRANSITIONS)
