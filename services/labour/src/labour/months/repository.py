"""The only SQL of months. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from labour.attendance.repository import DAYS, Books, changes, day_arguments, visible_to
from labour.codes.models import WorkerDayRule
from labour.months.models import LockedMonth

Driver: TypeAlias = "asyncpg.Connection[Any]"

ASSIGNMENTS = """
SELECT id FROM assignments WHERE project_id = $1 AND employer_id = $2 ORDER BY id FOR NO KEY UPDATE
"""

LOCK = """
INSERT INTO locked_months (project_id, employer_id, month, locked_at) VALUES ($1, $2, $3, $4)
ON CONFLICT DO NOTHING RETURNING month
"""

UNLOCK = "DELETE FROM locked_months WHERE project_id = $1 AND employer_id = $2 AND month = $3 RETURNING month"

RECOUNTED = f"""
WITH late AS (
  UPDATE gate_swipes SET counted = true
  WHERE project_id = $1 AND employer_id = $13 AND at >= $14 AND at < $15 AND NOT counted
  RETURNING assignment_id, worker_id, employer_id, at, direction
), taken AS (
  SELECT * FROM late UNION ALL
  SELECT assignment_id, worker_id, employer_id, first_in, '01' FROM worker_days
  WHERE project_id = $1 AND employer_id = $13 AND day = $16 AND first_in IS NOT NULL
){DAYS}, (SELECT count(*) FROM late) AS late
"""  # noqa: S608 - of constants
"""What came while the month was locked, and its last day anew: an out of the next morning may belong to it."""


async def page(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, request: PageRequest
) -> Page[LockedMonth]:
    """The locked months of a project that the caller may see, latest first."""
    statement = select(LockedMonth).where(
        visible_to(principal, on, LockedMonth), col(LockedMonth.project_id) == project_id
    )
    keys = (LockedMonth.month, LockedMonth.employer_id)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


async def hold(driver: Driver, project_id: UUID, employer_id: UUID) -> None:
    """Batches and repairs of this employer's people on the project wait until the caller's transaction ends."""
    await driver.execute(ASSIGNMENTS, project_id, employer_id)


async def lock(driver: Driver, project_id: UUID, employer_id: UUID, month: date, now: datetime) -> bool:
    """Lock a month; False when it was locked."""
    return await driver.fetchval(LOCK, project_id, employer_id, month, now) is not None


async def unlock(driver: Driver, project_id: UUID, employer_id: UUID, month: date) -> bool:
    """Open a month again; False when it was open."""
    return await driver.fetchval(UNLOCK, project_id, employer_id, month) is not None


async def recount(
    driver: Driver,
    project_id: UUID,
    employer_id: UUID,
    span: tuple[datetime, datetime],
    last_day: date,
    rule: WorkerDayRule,
    books: Books,
) -> tuple[int, dict[tuple[date, UUID], Decimal]]:
    """Count the swipes of a span that came while it was locked: how many, and how worker days changed."""
    row = await driver.fetchrow(RECOUNTED, *day_arguments(project_id, rule, books), employer_id, *span, last_day)
    assert row is not None  # noqa: S101 - a select without FROM answers one row
    return row["late"], changes(row)
