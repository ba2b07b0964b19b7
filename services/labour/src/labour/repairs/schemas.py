"""What comes in and goes out about repairs."""

from __future__ import annotations

from datetime import date, time
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Instant, LongText
from labour.attendance.schemas import Direction, FaultRow
from labour.repairs.states import State

MOST_ROWS = 1000


class ProposedRepairIn(In):
    """A swipe that was forgotten: when, which way (01 in, 02 out), why, and the upload that shows it."""

    worker_id: UUID
    at: Instant
    direction: Direction
    reason: LongText = Field(examples=["闸机断电,班组长证明"])
    file_id: UUID | None = None


class ProposeRepairsIn(In):
    """Up to 1,000 forgotten swipes of workers of one project."""

    project_id: UUID
    repairs: list[ProposedRepairIn] = Field(min_length=1, max_length=MOST_ROWS)


class ForgottenDayIn(In):
    """A row of a sheet: a day on which a worker's coming or going was not recorded, and why."""

    worker_ref: Annotated[str, Field(min_length=1, max_length=128, pattern=r"^[^\x00-\x1f\x7f]*$")]
    day: date
    came_at: time | None = None
    went_at: time | None = None
    reason: LongText


class ApproveRepairsIn(In):
    """Up to 1,000 repairs of one project to confirm."""

    project_id: UUID
    repair_ids: list[UUID] = Field(min_length=1, max_length=MOST_ROWS)
    reason: LongText = Field(examples=["与门卫登记一致"])


class DecideRepairIn(In):
    """Why."""

    reason: LongText = Field(examples=["与监控录像不符"])


class RepairOut(Out):
    """A forgotten swipe, beside the raw ones; once approved, worker days count it."""

    id: UUID
    version: int
    project_id: UUID
    employer_id: UUID
    worker_id: UUID
    assignment_id: UUID
    at: Instant
    direction: str
    reason: str
    file_id: UUID | None
    state: State
    proposed_by: str
    decided_by: str
    decided_at: Instant | None
    decision_reason: str
    created_at: Instant
    updated_at: Instant


class RepairResult(Out):
    """What became of one row; `errors` say why it was refused."""

    row: int
    status: Literal["proposed", "approved", "refused"]
    id: UUID | None
    errors: list[FaultRow]


class RepairResults(Out):
    """What became of each row, in the order of the request."""

    taken: int
    refused: int
    results: list[RepairResult]


class ForgottenDayResult(Out):
    """What became of one row of a sheet: it is taken whole, with its coming and its going, or not at all."""

    row: int
    status: Literal["proposed", "refused"]
    repair_ids: list[UUID] = Field(description="Of the coming and the going; empty on a dry run.")
    errors: list[FaultRow]


class RepairsImportOut(Out):
    """What a sheet proposes (or, on a dry run, would propose)."""

    taken: int
    refused: int
    results: list[ForgottenDayResult]
