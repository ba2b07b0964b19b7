"""What goes out about machine hours."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from chassis.values import Hours, Instant


class HoursChangeOut(Out):
    """By how many hours a machine's day on a project changed."""

    project_id: UUID
    machine_id: UUID
    day: date
    delta: str = Field(examples=["7.25", "-0.50"])


class DayHoursOut(Out):
    """Operating hours of a machine on a project on a day (Asia/Shanghai)."""

    project_id: UUID
    machine_id: UUID
    day: date
    hours: Hours
    updated_at: Instant
