"""What goes out about days."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import PlainSerializer, WithJsonSchema

from chassis.http.schemas import Out
from chassis.values import Instant, decimal_text

Days = Annotated[
    Decimal,
    PlainSerializer(decimal_text, return_type=str, when_used="json"),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["1.00"]}),
]


class WorkerDayOut(Out):
    """A worker's work day and the worker days (工日) that it counts."""

    assignment_id: UUID
    day: date
    project_id: UUID
    worker_id: UUID
    employer_id: UUID
    first_in: Instant | None
    last_in: Instant | None
    first_out: Instant | None
    last_out: Instant | None
    days: Days


class EmployerPresenceOut(Out):
    """How many of one employer's people are on site now, and how many belong to the project."""

    organisation_id: UUID
    on_site: int
    assigned: int


class PresenceOut(Out):
    """Who is on site now, per employer; a caller sees the employers that he may see."""

    project_id: UUID
    as_of: Instant
    on_site: int
    assigned: int
    employers: list[EmployerPresenceOut]


class DaySwipeOut(Out):
    """A swipe of a day: of a device by its number, or an approved repair. `remark`: IN_AGAIN or OUT_AGAIN when the one
    before went the same way. Not `counted`: it came when payroll had closed the month.
    """

    at: Instant
    direction: str
    device_id: UUID | None
    sequence: int | None
    repair_id: UUID | None
    counted: bool
    remark: str | None


class ExplainedDayOut(WorkerDayOut):
    """Why a day counts what it counts. `remarks`: IN_MISSING, OUT_MISSING. `break_minutes` is what was taken off the
    time on site; `locked`: payroll has closed the month; `source` is that of the rule.
    """

    swipes: list[DaySwipeOut]
    remarks: list[str]
    on_site_minutes: int
    break_minutes: int
    locked: bool
    source: str


class DirectionErrorOut(Out):
    """A swipe that went the same way as the worker's swipe before."""

    assignment_id: UUID
    worker_id: UUID
    employer_id: UUID
    project_id: UUID
    device_id: UUID
    sequence: int
    at: Instant
    direction: str


class OverlapOut(Out):
    """A person who was inside at two sites at once, and the first time when; each site's list shows it."""

    day: date
    assignment_id: UUID
    worker_id: UUID
    employer_id: UUID
    other_day: date
    other_assignment_id: UUID
    other_project_id: UUID
    other_employer_id: UUID
    begins: Instant
    ends: Instant


class EmployerDayOut(Out):
    """What an employer's people counted on a day of a project."""

    day: date
    employer_id: UUID
    workers: int
    days: Days


class HeatCellOut(Out):
    """How many passed a device from this hour of the day on, in and out."""

    device_id: UUID
    hour: int
    ins: int
    outs: int


class HeatMapOut(Out):
    """Passes of a calendar day in Asia/Shanghai by device and hour; hours without any are left out."""

    project_id: UUID
    day: date
    cells: list[HeatCellOut]
