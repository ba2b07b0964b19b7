"""What may become of a consent: a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where a consent stands."""

    GIVEN = "given"
    REPLACED = "replaced"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What is done with a consent."""

    REPLACE = "replace"
    WITHDRAW = "withdraw"


TRANSITIONS = {
    (State.GIVEN, Action.REPLACE): State.REPLACED,
    (State.GIVEN, Action.WITHDRAW): State.WITHDRAWN,
}
CONSENT = StateMachine("consent", State.GIVEN, TRANSITIONS)
