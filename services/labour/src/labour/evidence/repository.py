"""The only SQL of evidence. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from labour.assignments.repository import OVERSEEING
from labour.evidence import errors
from labour.evidence.models import EvidenceGap, EvidenceMonth, Report, Responsible, Status
from labour.evidence.rules import Chain, Facts, Key, Sheet
from labour.workers.models import Worker

LOCK = 0x65766964
"""One computes at a time: of two that read one after the other the later one must also write later."""

_ALONE = """
SELECT pg_advisory_xact_lock($1), set_config('jit', 'off', true),
    set_config('plan_cache_mode', 'force_generic_plan', true)
"""

_TAKE = """
WITH oldest AS MATERIALIZED (
    SELECT id FROM (
        SELECT id, sum(cardinality(worker_ids)) OVER (ORDER BY id) - cardinality(worker_ids) AS before
        FROM evidence_changed_months ORDER BY id LIMIT $1
    ) waiting WHERE before < $2
), taken AS (
    DELETE FROM evidence_changed_months c USING oldest WHERE c.id = oldest.id
    RETURNING c.project_id, c.month, c.worker_ids
)
SELECT DISTINCT project_id, worker_id, month FROM taken CROSS JOIN unnest(worker_ids) AS worker_id
"""

_KNOWN = """
SELECT project_id, worker_id, date_trunc('month', day)::date AS month FROM worker_days WHERE project_id = $1
UNION
SELECT l.project_id, l.worker_id, l.month
FROM payroll_lines l JOIN payrolls p ON p.id = l.payroll_id WHERE l.project_id = $1 AND p.state <> 'cancelled'
"""

_FACTS = """
SELECT k.project_id, k.worker_id, k.month, w.employer_id, a.id AS assignment_id, coalesce(known.city, '') AS city,
    w.nation <> '' AND w.address <> '' AND w.cell_phone <> '' AS registered,
    bound.contracts, worked.*, sheet.*
FROM unnest($1::uuid[], $2::uuid[], $3::date[]) AS k (project_id, worker_id, month)
JOIN workers w ON w.id = k.worker_id
LEFT JOIN assignments a ON a.project_id = k.project_id AND a.worker_id = k.worker_id
LEFT JOIN known_projects known ON known.project_id = k.project_id
CROSS JOIN LATERAL (SELECT (k.month + interval '1 month - 1 day')::date AS last_day) m
CROSS JOIN LATERAL (
    SELECT count(*)::int AS contracts,
        coalesce(range_agg(daterange(c.valid_from, coalesce(c.last_day, c.valid_to), '[]')), '{}') AS days
    FROM contracts c
    WHERE c.worker_id = k.worker_id AND (c.project_id IS NULL OR c.project_id = k.project_id)
        AND c.signed_at IS NOT NULL AND c.valid_from <= m.last_day
        AND coalesce(c.last_day, c.valid_to, 'infinity') >= k.month
) bound
CROSS JOIN LATERAL (
    SELECT coalesce(range_agg(daterange((s.entered_at AT TIME ZONE 'UTC' + $4::interval)::date,
        (s.left_at AT TIME ZONE 'UTC' + $4::interval)::date, '[]')), '{}') AS days
    FROM assignment_stays s WHERE s.assignment_id = a.id
) inside
CROSS JOIN LATERAL (
    SELECT coalesce(sum(d.days), 0.00) AS days, count(*) FILTER (WHERE d.days > 0)::int AS worked,
        min(d.day) FILTER (WHERE d.days > 0) AS first_worked,
        count(*) FILTER (WHERE d.days > 0 AND NOT d.day <@ bound.days)::int AS unbound,
        min(d.day) FILTER (WHERE d.days > 0 AND NOT d.day <@ bound.days) AS unbound_from,
        count(*) FILTER (WHERE d.days > 0 AND NOT d.day <@ inside.days)::int AS outside,
        min(d.day) FILTER (WHERE d.days > 0 AND NOT d.day <@ inside.days) AS outside_from,
        count(*) FILTER (WHERE d.days = 0 AND d.day < $5 AND (d.first_in IS NULL) <> (d.first_out IS NULL))::int AS open
    FROM worker_days d WHERE d.assignment_id = a.id AND d.day BETWEEN k.month AND m.last_day
) worked
CROSS JOIN LATERAL (
    SELECT count(*)::int AS lines, coalesce(sum(l.days) FILTER (WHERE p.run = 'regular'), 0.00) AS sheet_days,
        coalesce(sum(l.net), 0.00) AS net, coalesce(sum(l.net) FILTER (WHERE l.state = 'paid'), 0.00) AS paid,
        bool_and(l.state = 'paid' OR l.net = 0) AS received,
        bool_and(l.state = 'paid' OR l.net = 0 OR EXISTS (SELECT FROM payout_rows r JOIN payouts o ON o.id = r.payout_id
            WHERE r.line_id = l.id AND r.state = 'pending' AND o.state IN ('approved', 'exported'))) AS sent,
        bool_or(EXISTS (SELECT FROM payout_rows r WHERE r.line_id = l.id AND r.state = 'failed')
            AND NOT EXISTS (SELECT FROM payout_rows r WHERE r.line_id = l.id AND r.state IN ('pending', 'paid')))
            AS failed,
        bool_and(EXISTS (SELECT FROM payroll_signatures s WHERE s.line_id = l.id AND s.voided_at IS NULL)) AS signed,
        bool_or(EXISTS (SELECT FROM payroll_signatures s WHERE s.line_id = l.id AND s.voided_at IS NOT NULL)) AS voided,
        bool_or(EXISTS (SELECT FROM payroll_objections o WHERE o.line_id = l.id AND o.answered_at IS NULL)) AS objected,
        bool_and(NOT EXISTS (SELECT FROM payroll_items i JOIN contracts c ON c.id = i.contract_id
            WHERE i.line_id = l.id AND c.wage_kind <> 'day')) AS by_day
    FROM payroll_lines l JOIN payrolls p ON p.id = l.payroll_id
    WHERE l.project_id = k.project_id AND l.worker_id = k.worker_id AND l.month = k.month AND p.state <> 'cancelled'
) sheet
"""

_AS_READ = tuple(one.name for one in fields(Facts) if one.name not in ("key", "sheet"))

_FORGET = """
WITH forgotten AS (SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[]) AS k (project_id, worker_id, month)),
gaps AS (
    DELETE FROM evidence_gaps g USING forgotten k
    WHERE (g.project_id, g.worker_id, g.month) = (k.project_id, k.worker_id, k.month)
)
DELETE FROM evidence_months e USING forgotten k
WHERE (e.project_id, e.worker_id, e.month) = (k.project_id, k.worker_id, k.month)
"""

_KEY = "project_id, worker_id, month"
_STANDING = ("employer_id", "assignment_id", "status", "gaps", "due_on", "computed_at")
_MONTH = (*_STANDING, "days", "sheet_days", "net", "paid")
_GAP = ("employer_id", "link", "responsible", "due_on", "detail")
_PUT = f"""
WITH months AS (
    INSERT INTO evidence_months ({_KEY}, {", ".join(_MONTH)})
    SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::uuid[], $5::uuid[], $6::text[], $7::int[], $8::date[],
        $9::timestamptz[], $10::numeric[], $11::numeric[], $12::numeric[], $13::numeric[])
    ON CONFLICT (project_id, worker_id, month) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _MONTH)}
), found AS MATERIALIZED (
    SELECT * FROM unnest($14::uuid[], $15::uuid[], $16::date[], $17::text[], $18::uuid[], $19::text[], $20::text[],
        $21::date[], $22::jsonb[]) AS gap ({_KEY}, code, {", ".join(_GAP)})
), mended AS (
    DELETE FROM evidence_gaps g USING unnest($1::uuid[], $2::uuid[], $3::date[]) AS k (project_id, worker_id, month)
    WHERE (g.project_id, g.worker_id, g.month) = (k.project_id, k.worker_id, k.month)
        AND NOT EXISTS (SELECT FROM found f WHERE (f.project_id, f.worker_id, f.month, f.code)
            = (g.project_id, g.worker_id, g.month, g.code))
)
INSERT INTO evidence_gaps ({_KEY}, code, {", ".join(_GAP)}) SELECT * FROM found
ON CONFLICT (project_id, worker_id, month, code) DO UPDATE SET {", ".join(f"{name} = excluded.{name}" for name in _GAP)}
"""  # noqa: S608 - names of columns

_SINCE = """
INSERT INTO evidence_changed_months (project_id, month, worker_ids)
SELECT project_id, month, array_agg(worker_id) FROM (
    SELECT project_id, worker_id, date_trunc('month', day)::date AS month FROM worker_days WHERE day >= $1
    UNION
    SELECT project_id, worker_id, month FROM payroll_lines WHERE month >= $1
    UNION
    SELECT project_id, worker_id, month FROM evidence_months WHERE month >= $1
) known GROUP BY 1, 2
"""


def visible_to(principal: Principal, on: date, table: type[EvidenceMonth] | type[EvidenceGap]) -> ColumnElement[bool]:
    """The employer's own; all of a project for its general contractor, owner and supervisor; the authority all."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    overseen = replica.takes_part(principal.organisation_id, on, *OVERSEEING)
    return or_(col(table.employer_id) == principal.organisation_id, col(table.project_id).in_(overseen))


@dataclass(frozen=True, slots=True)
class MonthFilter:
    """Which chains of a project a list shows; None means all."""

    project_id: UUID
    month: date | None = None
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    status: Status | None = None


@dataclass(frozen=True, slots=True)
class GapFilter:
    """Which gaps of a project a list shows; None means all. `due_by`: those to be closed by that day."""

    project_id: UUID
    month: date | None = None
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    code: str | None = None
    responsible: Responsible | None = None
    due_by: date | None = None


@dataclass(frozen=True, slots=True)
class Totals:
    """An employer's month on a project: how many chains stand how, and how many gaps of each kind."""

    employer_id: UUID
    complete: int
    with_gaps: int
    net: Decimal
    paid: Decimal
    gaps: Mapping[str, int]


async def one_at_a_time(connection: asyncpg.Connection[Any]) -> None:
    """Until the end of the transaction nobody else computes.

    Without compilation and with plans made once: for the one month that a swipe has touched either takes longer than
    the statements themselves.
    """
    await connection.execute(_ALONE, LOCK)


async def take(connection: asyncpg.Connection[Any], rows: int, names: int) -> list[Key]:
    """Whose months have changed, each once, of the oldest rows; these are forgotten with this transaction.

    At most so many rows, and none more once so many workers are named in them, be it again and again.
    """
    return [Key(*row.values()) for row in await connection.fetch(_TAKE, rows, names)]


async def keys_of(connection: asyncpg.Connection[Any], project_id: UUID) -> list[Key]:
    """Every worker's month of a project that has a day at the gate or a line on a sheet."""
    return [Key(*row.values()) for row in await connection.fetch(_KNOWN, project_id)]


async def facts(connection: asyncpg.Connection[Any], keys: Sequence[Key], shift: timedelta, today: date) -> list[Facts]:
    """What is known of these months, in one statement. `shift` makes a work day of an instant (attendance.rules)."""
    return [_facts(row) for row in await connection.fetch(_FACTS, *_columns(keys), shift, today)]


def _facts(row: asyncpg.Record) -> Facts:
    sheet = None
    if row["lines"]:
        sheet = Sheet(
            days=row["sheet_days"],
            by_day=row["by_day"],
            net=row["net"],
            signed=row["signed"],
            voided=row["voided"],
            objected=row["objected"],
            sent=row["sent"],
            failed=row["failed"],
            received=row["received"],
        )
    key = Key(row["project_id"], row["worker_id"], row["month"])
    return Facts(key=key, sheet=sheet, **{name: row[name] for name in _AS_READ})


async def forget(connection: asyncpg.Connection[Any], keys: Sequence[Key]) -> None:
    """What stands of these months, of which nothing is known any more."""
    await connection.execute(_FORGET, *_columns(keys))


async def put(connection: asyncpg.Connection[Any], chains: Sequence[Chain], now: datetime) -> None:
    """These chains instead of what stood of the same months, in one statement."""
    sheets = [chain.facts.sheet for chain in chains]
    gaps = [(chain.facts, gap) for chain in chains for gap in chain.gaps]
    nothing = Decimal("0.00")
    await connection.execute(
        _PUT,
        *_columns(chain.facts.key for chain in chains),
        [chain.facts.employer_id for chain in chains],
        [chain.facts.assignment_id for chain in chains],
        [chain.status.value for chain in chains],
        [len(chain.gaps) for chain in chains],
        [chain.due_on for chain in chains],
        [now] * len(chains),
        [chain.facts.days for chain in chains],
        [nothing if sheet is None else sheet.days for sheet in sheets],
        [nothing if sheet is None else sheet.net for sheet in sheets],
        [chain.facts.paid for chain in chains],
        *_columns(facts.key for facts, _ in gaps),
        [gap.code for _, gap in gaps],
        [facts.employer_id for facts, _ in gaps],
        [gap.link.value for _, gap in gaps],
        [gap.responsible.value for _, gap in gaps],
        [gap.due_on for _, gap in gaps],
        [orjson.dumps(gap.detail).decode() for _, gap in gaps],
    )


async def mark_since(connection: asyncpg.Connection[Any], month: date) -> None:
    """Have every month from this one on computed again."""
    await connection.execute(_SINCE, month)


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: MonthFilter, request: PageRequest
) -> Page[EvidenceMonth]:
    """The visible chains of a project, newest month first."""
    statement = select(EvidenceMonth).where(
        visible_to(principal, on, EvidenceMonth), *_equal(EvidenceMonth, wanted, "month", "status")
    )
    keys = (EvidenceMonth.month, EvidenceMonth.worker_id)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


async def page_of_gaps(
    session: AsyncSession, principal: Principal, on: date, wanted: GapFilter, request: PageRequest
) -> Page[EvidenceGap]:
    """The visible gaps of a project, the first due first."""
    statement = select(EvidenceGap).where(
        visible_to(principal, on, EvidenceGap), *_equal(EvidenceGap, wanted, "month", "code", "responsible")
    )
    if wanted.due_by is not None:
        statement = statement.where(col(EvidenceGap.due_on) <= wanted.due_by)
    keys = (EvidenceGap.due_on, EvidenceGap.month, EvidenceGap.worker_id, EvidenceGap.code)
    return await paginate(session, statement, keys=keys, request=request)


async def get(
    session: AsyncSession, principal: Principal, on: date, key: Key
) -> tuple[EvidenceMonth, list[EvidenceGap]]:
    """One chain with its gaps; NotFound EVIDENCE_NOT_FOUND when the caller may not see it."""
    found = await session.scalar(
        select(EvidenceMonth).where(visible_to(principal, on, EvidenceMonth), *_is(EvidenceMonth, key))
    )
    if found is None:
        raise errors.evidence_not_found(key.worker_id)
    gaps = await session.scalars(select(EvidenceGap).where(*_is(EvidenceGap, key)).order_by(col(EvidenceGap.due_on)))
    return found, list(gaps)


async def report(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, employer_id: UUID, month: date
) -> Report:
    """What is printed of an employer's month; NotFound EVIDENCE_NOT_FOUND when nothing of it is visible."""
    where = [*_of(EvidenceMonth, project_id, month), col(EvidenceMonth.employer_id) == employer_id]
    found = await session.execute(
        select(EvidenceMonth, Worker)
        .join(Worker, col(Worker.id) == col(EvidenceMonth.worker_id))
        .where(visible_to(principal, on, EvidenceMonth), *where)
        .order_by(col(Worker.name), col(Worker.id))
    )
    rows = found.all()
    if not rows:
        raise errors.evidence_not_found(employer_id)
    gaps: dict[UUID, list[EvidenceGap]] = {}
    for gap in await session.scalars(
        select(EvidenceGap)
        .where(*_of(EvidenceGap, project_id, month), col(EvidenceGap.employer_id) == employer_id)
        .order_by(col(EvidenceGap.due_on), col(EvidenceGap.code))
    ):
        gaps.setdefault(gap.worker_id, []).append(gap)
    chains = [chain for chain, _ in rows]
    return Report(project_id, employer_id, month, chains, gaps, {worker.id: worker for _, worker in rows})


async def totals(session: AsyncSession, principal: Principal, on: date, project_id: UUID, month: date) -> list[Totals]:
    """Per visible employer: chains by status and gaps by code."""
    where = (visible_to(principal, on, EvidenceMonth), *_of(EvidenceMonth, project_id, month))
    count = func.count()
    rows = await session.execute(
        select(
            col(EvidenceMonth.employer_id),
            count.filter(col(EvidenceMonth.status) == Status.COMPLETE),
            count.filter(col(EvidenceMonth.status) == Status.GAPS),
            func.sum(col(EvidenceMonth.net)),
            func.sum(col(EvidenceMonth.paid)),
        )
        .where(*where)
        .group_by(col(EvidenceMonth.employer_id))
        .order_by(col(EvidenceMonth.employer_id))
    )
    gaps: dict[UUID, dict[str, int]] = {}
    kinds = await session.execute(
        select(col(EvidenceGap.employer_id), col(EvidenceGap.code), count)
        .where(visible_to(principal, on, EvidenceGap), *_of(EvidenceGap, project_id, month))
        .group_by(col(EvidenceGap.employer_id), col(EvidenceGap.code))
        .order_by(col(EvidenceGap.code))
    )
    for employer_id, code, number in kinds:
        gaps.setdefault(employer_id, {})[code] = number
    return [
        Totals(employer_id, complete, with_gaps, net, paid, gaps.get(employer_id, {}))
        for employer_id, complete, with_gaps, net, paid in rows
    ]


def _columns(keys: Iterable[Key]) -> tuple[list[UUID], list[UUID], list[date]]:
    found = list(keys)
    return [key.project_id for key in found], [key.worker_id for key in found], [key.month for key in found]


def _of(table: type[EvidenceMonth] | type[EvidenceGap], project_id: UUID, month: date) -> list[ColumnElement[bool]]:
    return [col(table.project_id) == project_id, col(table.month) == month]


def _is(table: type[EvidenceMonth] | type[EvidenceGap], key: Key) -> list[ColumnElement[bool]]:
    return [*_of(table, key.project_id, key.month), col(table.worker_id) == key.worker_id]


def _equal(
    table: type[EvidenceMonth] | type[EvidenceGap], wanted: MonthFilter | GapFilter, *names: str
) -> list[ColumnElement[bool]]:
    given = {name: getattr(wanted, name) for name in ("project_id", "employer_id", "worker_id", *names)}
    return [getattr(table, name) == value for name, value in given.items() if value is not None]
