"""What comes in and goes out about sessions."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out, RowResult
from chassis.values import Hours, Instant, LongText, Percent, Text
from labour.courses.models import Category, Subject
from labour.courses.schemas import PositiveHours
from labour.sessions.models import Audience
from labour.sessions.rules import AttendanceRow, Presence
from labour.sessions.states import State

MOST_ROWS = 1000

Beginning = Annotated[Instant, Field(examples=["2026-11-23T08:00:00+08:00"])]
End = Annotated[Instant, Field(examples=["2026-11-23T17:00:00+08:00"])]


class SessionIn(In):
    """When and where one of the caller's courses is taught."""

    course_id: UUID
    project_id: UUID | None = Field(default=None, description="Of a session for a site.")
    place: Text = Field(examples=["项目部会议室"])
    trainer: Text = Field(examples=["王工"])
    starts_at: Beginning
    ends_at: End
    hours: PositiveHours = Field(description="At most those of the course and the session's length.")

    @model_validator(mode="after")
    def _ordered(self) -> SessionIn:
        if self.ends_at <= self.starts_at:
            raise fault("DATES_BACKWARDS", zh="结束时间不晚于开始时间", en="it ends before it begins")
        return self


class CancelIn(In):
    """Why a session is cancelled."""

    reason: LongText = Field(examples=["讲师生病"])


class EnrolIn(In):
    """Up to 1,000 of the caller's own workers."""

    worker_ids: list[UUID] = Field(min_length=1, max_length=MOST_ROWS)


class AttendanceRowIn(In):
    """What is told of one attendee; absent is not told (yet)."""

    worker_id: UUID
    checked_in_at: Beginning | None = None
    checked_out_at: End | None = None
    score: Percent | None = Field(default=None, examples=[None])
    correction: LongText | None = Field(
        default=None, description="Why a value that stands is changed.", examples=["签退时间录入有误"]
    )

    def row(self) -> AttendanceRow:
        """As the service takes it."""
        presence = Presence(self.checked_in_at, self.checked_out_at, self.score)
        return AttendanceRow(self.worker_id, presence, self.correction or "")


class AttendanceIn(In):
    """An attendance list of up to 1,000 rows."""

    rows: list[AttendanceRowIn] = Field(min_length=1, max_length=MOST_ROWS)


class BatchOut(Out):
    """What became of each row, in the order of the request."""

    created: int
    updated: int
    duplicate: int
    refused: int
    results: list[RowResult]


class SessionOut(Out):
    """A session and what it teaches; it names no attendee."""

    id: UUID
    version: int
    course_id: UUID
    course_name: str
    category: Category
    subject: Subject
    organisation_id: UUID
    project_id: UUID | None
    audience: Audience
    place: str
    trainer: str
    starts_at: Instant
    ends_at: Instant
    hours: Hours
    pass_mark: Percent | None
    state: State
    reason: str
    created_at: Instant
    updated_at: Instant


class AttendeeOut(Out):
    """An attendee; `passed` and `hours` are null until the session is closed."""

    worker_id: UUID
    worker_name: str
    checked_in_at: Instant | None
    checked_out_at: Instant | None
    score: Percent | None
    passed: bool | None
    hours: Hours | None


class AttendanceImportOut(Out):
    """What a file changes (or, on a dry run, would change)."""

    updated: int
    duplicate: int
