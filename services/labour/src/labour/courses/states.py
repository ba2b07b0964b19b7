"""A course: offered (开设) → retired (停开). No session of a retired course is planned any more."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Whether sessions of a course are planned."""

    OFFERED = "offered"
    RETIRED = "retired"


class Action(StrEnum):
    """What can be done with a course."""

    PLAN = "plan"
    RETIRE = "retire"


TRANSITIONS = {
    (State.OFFERED, Action.PLAN): State.OFFERED,
    (State.OFFERED, Action.RETIRE): State.RETIRED,
}

COURSE = StateMachine("course", State.OFFERED, TRANSITIONS)
