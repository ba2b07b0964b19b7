"""The only SQL of standings: employers over all their projects, for another service alone."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.clock import day_begins
from labour.evidence.models import EvidenceGap
from labour.standings.rules import Owed
from labour.warnings.models import EmployerWarning, Level

WAGES_OWED = ("SHEET_MISSING", "PAYMENT_MISSING", "PAYMENT_FAILED")
"""Gaps of a worker's month that say: he has worked and the wage has not gone out."""

# What evidence asks of a month now, asked of a day that is over. A line is there from the instant in which it was
# written until its sheet is cancelled, which ends a sheet; money is on its way from its entry in the account until it
# comes back; it has arrived on the bank's day. Whoever was left out of a payout was never on his way.
_OWED = text("""
WITH known AS (
    SELECT employer_id, project_id, worker_id, month FROM evidence_months
    WHERE employer_id = ANY(CAST(:employers AS uuid[])) AND month < :on AND days > 0
    UNION
    SELECT l.employer_id, l.project_id, l.worker_id, l.month FROM payrolls p JOIN payroll_lines l ON l.payroll_id = p.id
    WHERE p.employer_id = ANY(CAST(:employers AS uuid[])) AND l.month < :on
)
SELECT k.employer_id, k.month, coalesce(project.city, '') AS city,
    bool_or(s.lines = 0 AND coalesce(e.days, 0) > 0) AS no_sheet,
    bool_or(s.open AND NOT s.returned) AS not_paid, bool_or(s.open AND s.returned) AS sent_back
FROM known k
LEFT JOIN evidence_months e ON (e.project_id, e.worker_id, e.month) = (k.project_id, k.worker_id, k.month)
LEFT JOIN known_projects project ON project.project_id = k.project_id
CROSS JOIN LATERAL (
    SELECT count(*) AS lines, coalesce(bool_or(NOT settled AND NOT under_way), false) AS open,
        coalesce(bool_or(NOT settled AND came_back), false) AS returned
    FROM payroll_lines l
    JOIN payrolls p ON p.id = l.payroll_id
    CROSS JOIN LATERAL (
        SELECT coalesce(bool_or(back.booked_on IS NULL), false) AS under_way,
            coalesce(bool_or(back.booked_on IS NOT NULL), false) AS came_back
        FROM payout_rows r
        JOIN payouts o ON o.id = r.payout_id
        JOIN wage_entries gone ON (gone.account_id, gone.kind, gone.subject_id) = (o.account_id, 'payout', o.id)
            AND gone.booked_on <= :on
        LEFT JOIN wage_entries back ON back.account_id = o.account_id AND back.kind = 'payout_returned'
            AND back.subject_id IN (r.id, o.id) AND back.booked_on <= :on
        WHERE r.line_id = l.id
            AND NOT (r.state = 'cancelled' AND (o.state <> 'cancelled' OR r.reason = 'CONSENT_WITHDRAWN'))
    ) transfer
    CROSS JOIN LATERAL (SELECT l.net = 0 OR coalesce(l.paid_on <= :on, false) AS settled) hand
    WHERE (l.project_id, l.worker_id, l.month) = (k.project_id, k.worker_id, k.month)
        AND l.created_at < :ended AND (p.state <> 'cancelled' OR p.updated_at >= :ended)
) s
GROUP BY k.employer_id, k.month, project.city
""")


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
    """By employer the months of which wages of his workers are overdue now, or will be on a day if nothing is done."""
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


async def owed_on(session: AsyncSession, employer_ids: Collection[UUID], on: date) -> Mapping[UUID, list[Owed]]:
    """By employer what was open of his workers' wages at the end of a day that is over, due by then or not."""
    values = {"employers": list(employer_ids), "on": on, "ended": day_begins(on + timedelta(days=1))}
    found: dict[UUID, list[Owed]] = defaultdict(list)
    for employer_id, month, city, *open_ones in await session.execute(_OWED, values):
        codes = frozenset(code for code, is_open in zip(WAGES_OWED, open_ones, strict=True) if is_open)
        found[employer_id].append(Owed(month, city, codes))
    return found
