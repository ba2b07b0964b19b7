"""The only SQL of a worker's own pages: what belongs to one worker, whom his link names."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.pages import Page, PageRequest, paginate
from labour.assignments.models import Assignment
from labour.attendance.models import WorkerDay


@dataclass(frozen=True, slots=True)
class DayFilter:
    """Which days a worker sees; None is open."""

    first: date | None = None
    last: date | None = None


async def page_of_days(
    session: AsyncSession, worker_id: UUID, wanted: DayFilter, request: PageRequest
) -> Page[WorkerDay]:
    """The worker's days with his employer, on every project, newest first."""
    own = select(col(Assignment.id)).where(col(Assignment.worker_id) == worker_id)
    statement = select(WorkerDay).where(col(WorkerDay.assignment_id).in_(own))
    if wanted.first is not None:
        statement = statement.where(col(WorkerDay.day) >= wanted.first)
    if wanted.last is not None:
        statement = statement.where(col(WorkerDay.day) <= wanted.last)
    keys = (WorkerDay.day, WorkerDay.assignment_id)
    return await paginate(session, statement, keys=keys, request=request, descending=True)
