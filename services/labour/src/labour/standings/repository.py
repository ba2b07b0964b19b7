"""The only SQL of standings: employers over all their projects, for another service alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from labour.evidence.models import EvidenceGap
from labour.warnings.models import EmployerWarning, Level

WAGES_OWED = ("SHEET_MISSING", "PAYMENT_MISSING", "PAYMENT_FAILED")
"""Gaps of a worker's month that say: he has worked and the wage has not gone out."""


async def warnings(
    session: AsyncSession, employer_ids: Collection[UUID], on: date
) -> Mapping[UUID, list[tuple[UUID, Level, date]]]:
    """By employer (project, level, day) of the early warnings up to a day, per project the newest first."""
    row = EmployerWarning
    rows = await session.execute(
        select(col(row.employer_id), col(row.project_id), col(row.level), col(row.day))
        .where(col(row.employer_id).in_(employer_ids), col(row.day) <= on)
        .order_by(col(row.project_id), col(row.day).desc())
    )
    found: dict[UUID, list[tuple[UUID, Level, date]]] = defaultdict(list)
    for employer_id, project_id, level, day in rows:
        found[employer_id].append((project_id, level, day))
    return found


async def overdue_months(session: AsyncSession, employer_ids: Collection[UUID], on: date) -> Mapping[UUID, list[date]]:
    """By employer the months of which, as known now, wages of his workers were overdue on a day."""
    gap = EvidenceGap
    rows = await session.execute(
        select(col(gap.employer_id), col(gap.month))
        .where(col(gap.employer_id).in_(employer_ids), col(gap.code).in_(WAGES_OWED), col(gap.due_on) < on)
        .distinct()
    )
    found: dict[UUID, list[date]] = defaultdict(list)
    for employer_id, month in rows:
        found[employer_id].append(month)
    return found
