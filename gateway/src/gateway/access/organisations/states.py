"""The life of an organisation as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Where an organisation stands."""

    PENDING = "pending"
    ACTIVE = "active"
    SUSPENDED = "suspended"
    REJECTED = "rejected"


class Action(StrEnum):
    """What the operator can do with it."""

    ADMIT = "admit"
    REJECT = "reject"
    SUSPEND = "suspend"
    REINSTATE = "reinstate"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.PENDING, Action.ADMIT): State.ACTIVE,
    (State.PENDING, Action.REJECT): State.REJECTED,
    (State.ACTIVE, Action.SUSPEND): State.SUSPENDED,
    (State.SUSPENDED, Action.REINSTATE): State.ACTIVE,
}

ORGANISATION = StateMachine("organisation", State.PENDING, TRANSITIONS)

IN_KEYCLOAK = (State.ACTIVE, State.SUSPENDED)
"""States in which Keycloak knows the organisation, and the directory shows it."""
