"""The clock's door to assignments: only translates."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.work import Work
from labour.assignments import service


async def close_project(work: Work, payload: dict[str, str]) -> None:
    """The day on which a project ended is over."""
    await service.close_project(work, UUID(payload["project_id"]), date.fromisoformat(payload["day"]))
