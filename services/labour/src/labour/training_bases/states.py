"""A skill certificate: valid (有效) → revoked (撤销). That it expires follows from its last day."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Whether a certificate counts."""

    VALID = "valid"
    REVOKED = "revoked"


class Action(StrEnum):
    """What can be done with a certificate."""

    REVOKE = "revoke"


TRANSITIONS = {(State.VALID, Action.REVOKE): State.REVOKED}

SKILL_CERTIFICATE = StateMachine("skill certificate", State.VALID, TRANSITIONS)
