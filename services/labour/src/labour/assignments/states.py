"""A worker on a project: assigned (拟进场) → entered (进场) → left (退场), and back again."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a worker stands with a project."""

    ASSIGNED = "assigned"
    ENTERED = "entered"
    LEFT = "left"


class Action(StrEnum):
    """What can be done with an assignment."""

    ENTER = "enter"
    LEAVE = "leave"


TRANSITIONS = {
    (State.ASSIGNED, Action.ENTER): State.ENTERED,
    (State.ENTERED, Action.LEAVE): State.LEFT,
    # who comes back passes every gate again
    (State.LEFT, Action.ENTER): State.ENTERED,
}

ASSIGNMENT = StateMachine("assignment", State.ASSIGNED, TRANSITIONS)
