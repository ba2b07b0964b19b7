"""The life of a booking (预订)."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a booking stands."""

    HELD = "held"  # 预留: the lessee asked, the lessor has not answered
    CONFIRMED = "confirmed"  # 已确认
    HANDED_OVER = "handed_over"  # 已交付: the machine stands on the project
    RETURNED = "returned"  # 已退场
    RELEASED = "released"  # 已释放: given up or lapsed before it was confirmed
    CANCELLED = "cancelled"  # 已取消: after it was confirmed


class Action(StrEnum):
    """What can be done with a booking."""

    CONFIRM = "confirm"
    RELEASE = "release"
    CANCEL = "cancel"
    HAND_OVER = "hand-over"
    RETURN = "return"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.HELD, Action.CONFIRM): State.CONFIRMED,
    (State.HELD, Action.RELEASE): State.RELEASED,
    (State.CONFIRMED, Action.HAND_OVER): State.HANDED_OVER,
    (State.CONFIRMED, Action.CANCEL): State.CANCELLED,
    (State.HANDED_OVER, Action.RETURN): State.RETURNED,
}

BOOKING: StateMachine[State, Action] = StateMachine("booking", State.HELD, TRANSITIONS)

TAKING = (State.HELD, State.CONFIRMED, State.HANDED_OVER, State.RETURNED)
"""States in which a booking takes its machine's days: no two of them may overlap."""
