"""What comes in and goes out about assignments."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out, RowResult
from chassis.values import Instant
from labour.assignments.states import State
from labour.codes.models import RiskClass
from labour.workers.schemas import Trade

MOST_ROWS = 1000
Reason = Annotated[str, Field(max_length=2000, pattern=r"^[^\x00]*$", examples=["合同到期"])]


class WorkerToAssignIn(In):
    """A worker for a project."""

    worker_id: UUID
    special_trade: Trade | None = Field(
        default=None, description="The special trade that he does there, when his work type does not say it."
    )
    risk_class: RiskClass | None = Field(default=None, description="Of his work; never less than the project's.")


class AssignWorkerIn(WorkerToAssignIn):
    """One worker for a project."""

    project_id: UUID
    enter_at: Instant | None = Field(default=None, description="He enters at once, as of this instant.")


class AssignWorkersIn(In):
    """Up to 1,000 workers for a project."""

    project_id: UUID
    enter_at: Instant | None = Field(default=None, description="They enter at once, as of this instant.")
    workers: Annotated[list[WorkerToAssignIn], Field(min_length=1, max_length=MOST_ROWS)]


class EnterIn(In):
    """An entry."""

    at: Instant | None = Field(default=None, description="Now when absent.")


class LeaveIn(In):
    """An exit."""

    at: Instant | None = Field(default=None, description="Now when absent.")
    reason: Reason = ""


class AssignWorkersOut(Out):
    """What became of each row, in the order of the request."""

    created: int
    updated: int
    unchanged: int
    refused: int
    results: list[RowResult]


class AssignmentOut(Out):
    """A worker on a project. `cleared_until` is the last day on which his papers hold without news."""

    id: UUID
    version: int
    project_id: UUID
    worker_id: UUID
    employer_id: UUID
    worker_name: str
    work_type: str
    work_role: str
    state: State
    risk_class: RiskClass
    special_trade: str
    cleared_until: date | None
    entered_at: Instant | None
    left_at: Instant | None
    reason: str
    created_at: Instant
    updated_at: Instant


class StayOut(Out):
    """From an entry to the next exit."""

    assignment_id: UUID
    entered_at: Instant
    left_at: Instant | None
