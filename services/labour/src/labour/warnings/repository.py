"""The only SQL of early warnings. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import lru_cache
from importlib.resources import files
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, and_, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from labour.assignments.repository import OVERSEEING
from labour.codes.models import Moves
from labour.warnings.models import EmployerWarning, Level
from labour.warnings.rules import Measures, WarningRules, Weight

# Of last month what evidence knows, and the month before for comparison; signatures and objections from the sheets.
_MEASURES = """
SELECT e.project_id, e.employer_id, coalesce(known.city, '') AS city,
    EXISTS (SELECT FROM wage_accounts a WHERE a.project_id = e.project_id AND a.state = 'open') AS account,
    (SELECT count(*)::int FROM wage_entries w JOIN wage_accounts a ON a.id = w.account_id
        WHERE a.project_id = e.project_id AND w.kind = 'deposit' AND w.booked_on >= $1) AS deposits,
    (SELECT count(*)::int FROM wage_shares s WHERE s.project_id = e.project_id AND s.state = 'overdue') AS overdue,
    sheet.*, e.worked, e.unpaid, e.net, e.paid, e.net_before, e.paid_before, objected.*
FROM (
    SELECT project_id, employer_id,
        count(*) FILTER (WHERE month = $2 AND days > 0)::int AS worked,
        count(*) FILTER (WHERE month = $2 AND days > 0 AND paid = 0)::int AS unpaid,
        coalesce(sum(net) FILTER (WHERE month = $2), 0.00) AS net,
        coalesce(sum(paid) FILTER (WHERE month = $2), 0.00) AS paid,
        coalesce(sum(net) FILTER (WHERE month = $3), 0.00) AS net_before,
        coalesce(sum(paid) FILTER (WHERE month = $3), 0.00) AS paid_before
    FROM evidence_months WHERE month >= $3 AND ($4::uuid IS NULL OR project_id = $4) GROUP BY project_id, employer_id
) e
LEFT JOIN known_projects known ON known.project_id = e.project_id
CROSS JOIN LATERAL (
    SELECT count(*)::int AS lines, count(*) FILTER (WHERE NOT EXISTS (
        SELECT FROM payroll_signatures s WHERE s.line_id = l.id AND s.voided_at IS NULL))::int AS unsigned
    FROM payroll_lines l JOIN payrolls p ON p.id = l.payroll_id
    WHERE l.project_id = e.project_id AND l.employer_id = e.employer_id AND l.month = $2
        AND p.run = 'regular' AND p.state <> 'cancelled' AND l.net > 0
) sheet
CROSS JOIN LATERAL (
    SELECT count(*)::int AS objections FROM payroll_objections o JOIN payroll_lines l ON l.id = o.line_id
    WHERE l.project_id = e.project_id AND l.employer_id = e.employer_id AND o.answered_at IS NULL
) objected
ORDER BY e.project_id, e.employer_id
"""


@lru_cache(maxsize=1)
def rules() -> tuple[WarningRules, ...]:
    """Reasons with their weights, per city, from data."""
    raw = json.loads(files("labour.warnings").joinpath("data", "reasons.json").read_text(encoding="utf-8"))
    return tuple(
        WarningRules(
            one["city"],
            date.fromisoformat(one["valid_from"]),
            date.fromisoformat(one["valid_to"]) if one.get("valid_to") else None,
            {Level(level): points for level, points in one["levels"].items()},
            {
                code: Weight(
                    reason["weight"],
                    reason.get("from_day", 1),
                    Moves(reason.get("moves", Moves.NONE)),
                    Decimal(reason.get("least_percent", 0)),
                )
                for code, reason in one["reasons"].items()
            },
        )
        for one in raw["rules"]
    )


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """The employer's own; all of a project for its general contractor, owner and supervisor; the authority all."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    overseen = replica.takes_part(principal.organisation_id, on, *OVERSEEING)
    return or_(
        col(EmployerWarning.employer_id) == principal.organisation_id, col(EmployerWarning.project_id).in_(overseen)
    )


@dataclass(frozen=True, slots=True)
class WarningFilter:
    """Which warnings a list shows; None means all. `current`: only how everybody stands now."""

    project_id: UUID | None = None
    employer_id: UUID | None = None
    level: Level | None = None
    since: date | None = None
    current: bool = False


async def measures(
    connection: asyncpg.Connection[Any], this_month: date, last_month: date, month_before: date, project_id: UUID | None
) -> list[Measures]:
    """What is known of every employer on every project (or this one) on which somebody worked since the month before
    the last.
    """
    rows = await connection.fetch(_MEASURES, this_month, last_month, month_before, project_id)
    return [Measures(**dict(row)) for row in rows]


async def one_at_a_time(connection: asyncpg.Connection[Any]) -> None:
    """Two runs of the job, one after the other."""
    await connection.execute("SELECT pg_advisory_xact_lock(hashtextextended('labour.employer_warnings', 0))")


async def standing(
    session: AsyncSession, day: date, project_id: UUID | None
) -> dict[tuple[UUID, UUID], list[EmployerWarning]]:
    """By project (every one, or this one) and employer the newest row up to a day, and the one before it where the
    newest is of that day.
    """
    ranked = (
        select(
            EmployerWarning,
            func.row_number()
            .over(
                partition_by=(col(EmployerWarning.project_id), col(EmployerWarning.employer_id)),
                order_by=col(EmployerWarning.day).desc(),
            )
            .label("place"),
        )
        .where(
            col(EmployerWarning.day) <= day,
            true() if project_id is None else col(EmployerWarning.project_id) == project_id,
        )
        .subquery()
    )
    rows = await session.scalars(
        select(EmployerWarning)
        .join(ranked, and_(ranked.c.id == col(EmployerWarning.id), ranked.c.place <= 2))
        .order_by(col(EmployerWarning.day).desc())
    )
    found: dict[tuple[UUID, UUID], list[EmployerWarning]] = {}
    for row in rows:
        found.setdefault((row.project_id, row.employer_id), []).append(row)
    return found


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: WarningFilter, request: PageRequest
) -> Page[EmployerWarning]:
    """The visible warnings, the newest day first."""
    statement = select(EmployerWarning).where(visible_to(principal, on), *_equal(wanted))
    if wanted.since is not None:
        statement = statement.where(col(EmployerWarning.day) >= wanted.since)
    if wanted.current:
        newest = (
            select(
                col(EmployerWarning.project_id),
                col(EmployerWarning.employer_id),
                func.max(col(EmployerWarning.day)).label("day"),
            )
            .group_by(col(EmployerWarning.project_id), col(EmployerWarning.employer_id))
            .subquery()
        )
        statement = statement.join(
            newest,
            and_(
                newest.c.project_id == col(EmployerWarning.project_id),
                newest.c.employer_id == col(EmployerWarning.employer_id),
                newest.c.day == col(EmployerWarning.day),
            ),
        )
    keys = (EmployerWarning.day, EmployerWarning.id)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


def _equal(wanted: WarningFilter) -> Sequence[ColumnElement[bool]]:
    given = {name: getattr(wanted, name) for name in ("project_id", "employer_id", "level")}
    return [getattr(EmployerWarning, name) == value for name, value in given.items() if value is not None]
