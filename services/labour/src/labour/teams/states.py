"""A team (班组): active → dissolved. A dissolved team has neither leader nor members."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine


class State(StrEnum):
    """Whether a team works."""

    ACTIVE = "active"
    DISSOLVED = "dissolved"


class Action(StrEnum):
    """What can be done with a team."""

    ADD_MEMBERS = "add_members"
    REMOVE_MEMBERS = "remove_members"
    APPOINT_LEADER = "appoint_leader"
    REVIEW = "review"
    DISSOLVE = "dissolve"


TRANSITIONS = {
    (State.ACTIVE, Action.ADD_MEMBERS): State.ACTIVE,
    (State.ACTIVE, Action.REMOVE_MEMBERS): State.ACTIVE,
    (State.ACTIVE, Action.APPOINT_LEADER): State.ACTIVE,
    (State.ACTIVE, Action.REVIEW): State.ACTIVE,
    (State.ACTIVE, Action.DISSOLVE): State.DISSOLVED,
}

TEAM = StateMachine("team", State.ACTIVE, TRANSITIONS)
