"""The only SQL of health records; only the worker's employer reads them."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from labour.health.models import HealthRecord
from labour.workers.models import Worker
from labour.workers.repository import visible_to


async def record_of(session: AsyncSession, worker_id: UUID, examined_on: date) -> HealthRecord | None:
    """A worker's examination of a day."""
    found: HealthRecord | None = await session.scalar(
        select(HealthRecord).where(
            col(HealthRecord.worker_id) == worker_id, col(HealthRecord.examined_on) == examined_on
        )
    )
    return found


async def page(
    session: AsyncSession, principal: Principal, worker_id: UUID, request: PageRequest
) -> Page[HealthRecord]:
    """The examinations of one of the caller's workers, newest first."""
    statement = select(HealthRecord).join(Worker, col(Worker.id) == col(HealthRecord.worker_id))
    statement = statement.where(visible_to(principal), col(Worker.id) == worker_id)
    return await paginate(session, statement, keys=(HealthRecord.id,), request=request, descending=True)
