"""A training session: planned (计划) → held (开班) → closed (结班) or cancelled (取消)."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """How far a session is."""

    PLANNED = "planned"
    HELD = "held"
    CLOSED = "closed"
    CANCELLED = "cancelled"


class Action(StrEnum):
    """What can be done with a session."""

    ENROL = "enrol"
    HOLD = "hold"
    ATTEND = "attend"
    CLOSE = "close"
    CANCEL = "cancel"


TRANSITIONS = {
    (State.PLANNED, Action.ENROL): State.PLANNED,
    (State.PLANNED, Action.HOLD): State.HELD,
    (State.PLANNED, Action.CANCEL): State.CANCELLED,
    # who turns up without having been enrolled
    (State.HELD, Action.ENROL): State.HELD,
    (State.HELD, Action.ATTEND): State.HELD,
    (State.HELD, Action.CLOSE): State.CLOSED,
    (State.HELD, Action.CANCEL): State.CANCELLED,
}

SESSION = StateMachine("training session", State.PLANNED, TRANSITIONS)
