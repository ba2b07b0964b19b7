"""What comes in and goes out about assignments."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out, RowResult
from chassis.values import Instant
from labour.assignments.models import ExitKind
from labour.assignments.rules import Rule
from labour.assignments.states import State
from labour.codes.models import RiskClass, Status
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


class TakeLeaveIn(In):
    """A leave (请假)."""

    at: Instant | None = Field(default=None, description="Now when absent.")
    expected_back_on: date
    reason: Reason = ""


class ReturnIn(In):
    """A return from leave."""

    at: Instant | None = Field(default=None, description="Now when absent.")


class ExpelIn(In):
    """A forced exit (清退)."""

    at: Instant | None = Field(default=None, description="Now when absent.")
    reason: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$", examples=["违章作业"])]


class ReadmitIn(In):
    """Why a worker who was sent away may enter again."""

    reason: Annotated[str, Field(min_length=1, max_length=2000, pattern=r"^[^\x00]*$", examples=["教育合格"])]


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
    barred_on: date | None
    created_at: Instant
    updated_at: Instant


class StayOut(Out):
    """From an entry to the next exit."""

    assignment_id: UUID
    entered_at: Instant
    left_at: Instant | None
    exit_kind: ExitKind | None
    reason: str
    ended_by: UUID | None


class AbsenceOut(Out):
    """A leave within a stay; `ended_at` is the return or the exit."""

    assignment_id: UUID
    began_at: Instant
    expected_back_on: date
    ended_at: Instant | None
    reason: str


class RuleAskedOut(Out):
    """A rule that was asked: whether it is met, whose it is, and otherwise why not and what would mend it."""

    rule: Rule
    subject: str = Field(description="The trade, the end of the admitted ages, or the entry level; else empty.")
    passed: bool
    source: str
    status: Status = Field(description="V verified, S second-hand, B practice.")
    code: str
    zh: str
    en: str
    mend_zh: str
    mend_en: str


class DecisionOut(Out):
    """What the gates say of a worker on a project as of a day. The certificate covers his trade when he may enter."""

    allowed: bool
    on: date
    worker_id: UUID
    project_id: UUID
    assignment_id: UUID | None
    certificate_number: str
    certificate_valid_to: date | None
    rules: list[RuleAskedOut]
