"""The only SQL of standings: one employer over all his projects, for another service alone."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from labour.evidence.models import EvidenceGap
from labour.warnings.models import EmployerWarning, Level

WAGES_OWED = ("SHEET_MISSING", "PAYMENT_MISSING", "PAYMENT_FAILED")
"""Gaps of a worker's month that say: he has worked and the wage has not gone out."""


async def warnings(session: AsyncSession, employer_id: UUID, on: date) -> list[tuple[UUID, Level, date]]:
    """(project, level, day) of the early warnings of an employer up to a day, per project the newest first."""
    row = EmployerWarning
    rows = await session.execute(
        select(col(row.project_id), col(row.level), col(row.day))
        .where(col(row.employer_id) == employer_id, col(row.day) <= on)
        .order_by(col(row.project_id), col(row.day).desc())
    )
    return [(project, level, day) for project, level, day in rows]


async def overdue_months(session: AsyncSession, employer_id: UUID, on: date) -> list[date]:
    """The months of which, as known now, wages of the employer's workers were overdue on a day."""
    months = await session.scalars(
        select(col(EvidenceGap.month))
        .where(
            col(EvidenceGap.employer_id) == employer_id,
            col(EvidenceGap.code).in_(WAGES_OWED),
            col(EvidenceGap.due_on) < on,
        )
        .distinct()
    )
    return list(months)
