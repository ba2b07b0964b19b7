"""The life of a project as a pure table."""

from __future__ import annotations

from enum import StrEnum

from chassis.states import StateMachine
from project_mgmt.projects import errors


class State(StrEnum):
    """Where a project stands. National project_status: planned 001/002, active 003, completed 004, suspended 005."""

    PLANNED = "planned"  # 筹备
    ACTIVE = "active"  # 在建
    SUSPENDED = "suspended"  # 停工
    COMPLETED = "completed"  # 完工
    ARCHIVED = "archived"  # 归档


class Action(StrEnum):
    """What may be done to it."""

    ACTIVATE = "activate"
    SUSPEND = "suspend"
    RESUME = "resume"
    COMPLETE = "complete"
    ARCHIVE = "archive"


TRANSITIONS: dict[tuple[State, Action], State] = {
    (State.PLANNED, Action.ACTIVATE): State.ACTIVE,
    (State.ACTIVE, Action.SUSPEND): State.SUSPENDED,
    (State.ACTIVE, Action.COMPLETE): State.COMPLETED,
    (State.SUSPENDED, Action.RESUME): State.ACTIVE,
    (State.COMPLETED, Action.ARCHIVE): State.ARCHIVED,
}

PROJECT = StateMachine("project", State.PLANNED, TRANSITIONS)

OPEN = frozenset({State.PLANNED, State.ACTIVE, State.SUSPENDED})
"""States in which the project's own data (fields, parties, schedule, budget) may still change."""

ORDERING = frozenset({State.PLANNED, State.ACTIVE})
"""States in which orders may reserve budget: long-lead material is ordered before work begins, none during a stop."""


def demand_open(state: State) -> None:
    """FailedPrecondition PROJECT_CLOSED (metadata: state, allowed states) once the project is completed."""
    if state not in OPEN:
        raise errors.project_closed(state, _named(OPEN))


def demand_ordering(state: State) -> None:
    """FailedPrecondition PROJECT_NOT_ORDERING (metadata: state, allowed states) when no order may reserve budget."""
    if state not in ORDERING:
        raise errors.project_not_ordering(state, _named(ORDERING))


def _named(states: frozenset[State]) -> str:
    return ",".join(one for one in State if one in states)
