"""A worker on a project: assigned (拟进场) → entered (进场) ⇄ on leave (请假) → left (退场), and back again."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a worker stands with a project."""

    ASSIGNED = "assigned"
    ENTERED = "entered"
    ON_LEAVE = "on_leave"
    LEFT = "left"


class Action(StrEnum):
    """What can be done with an assignment."""

    ENTER = "enter"
    TAKE_LEAVE = "take_leave"
    RETURN = "return"
    LEAVE = "leave"
    EXPEL = "expel"
    CLOSE = "close"
    READMIT = "readmit"


TRANSITIONS = {
    (State.ASSIGNED, Action.ENTER): State.ENTERED,
    (State.ASSIGNED, Action.EXPEL): State.LEFT,
    (State.ASSIGNED, Action.CLOSE): State.LEFT,
    (State.ENTERED, Action.LEAVE): State.LEFT,
    (State.ENTERED, Action.TAKE_LEAVE): State.ON_LEAVE,
    (State.ENTERED, Action.EXPEL): State.LEFT,
    (State.ENTERED, Action.CLOSE): State.LEFT,
    # who comes back passes every gate again
    (State.ON_LEAVE, Action.RETURN): State.ENTERED,
    (State.ON_LEAVE, Action.LEAVE): State.LEFT,
    (State.ON_LEAVE, Action.EXPEL): State.LEFT,
    (State.ON_LEAVE, Action.CLOSE): State.LEFT,
    (State.LEFT, Action.ENTER): State.ENTERED,
    (State.LEFT, Action.READMIT): State.LEFT,
}

ASSIGNMENT = StateMachine("assignment", State.ASSIGNED, TRANSITIONS)
