"""A device (考勤设备): active → retired. A retired device's swipes are no longer taken."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Whether a device may send."""

    ACTIVE = "active"
    RETIRED = "retired"


class Action(StrEnum):
    """What can be done with a device."""

    SEND = "send"
    ROTATE = "rotate"
    REPLACE = "replace"
    RETIRE = "retire"


TRANSITIONS = {
    (State.ACTIVE, Action.SEND): State.ACTIVE,
    (State.ACTIVE, Action.ROTATE): State.ACTIVE,
    (State.ACTIVE, Action.REPLACE): State.RETIRED,
    (State.ACTIVE, Action.RETIRE): State.RETIRED,
}

DEVICE = StateMachine("device", State.ACTIVE, TRANSITIONS)
