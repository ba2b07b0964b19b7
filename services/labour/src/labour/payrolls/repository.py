"""The only SQL of payrolls. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, TypeVar
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, func, or_, select, text, true, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import SQLModel, col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from labour.payrolls import errors
from labour.payrolls.models import Payroll, PayrollItem, PayrollLine, PayrollObjection, PayrollSignature, PieceRecord
from labour.payrolls.states import LOCKING, PAYABLE, LineState, Run, State

Shared = TypeVar("Shared", Payroll, PayrollLine)

CHUNKS = """
INSERT INTO payroll_chunks (payroll_id, position, first_worker, last_worker)
SELECT $1, place, min(worker_id::text)::uuid, max(worker_id::text)::uuid
FROM (SELECT worker_id, (row_number() OVER (ORDER BY worker_id) - 1) / $4 AS place
      FROM assignments WHERE project_id = $2 AND employer_id = $3) roster
GROUP BY place
"""

NEXT_CHUNK = """
SELECT position, first_worker, last_worker FROM payroll_chunks
WHERE payroll_id = $1 AND done_at IS NULL ORDER BY position LIMIT 1
"""

CHUNK_DONE = "UPDATE payroll_chunks SET done_at = $3 WHERE payroll_id = $1 AND position = $2"

FILL = """
WITH roster AS MATERIALIZED (
  SELECT a.id AS assignment_id, a.worker_id, w.name FROM assignments a JOIN workers w ON w.id = a.worker_id
  WHERE a.project_id = $2 AND a.employer_id = $3 AND a.worker_id BETWEEN $6 AND $7
), terms AS MATERIALIZED (
  SELECT r.assignment_id, r.worker_id, c.id AS contract_id, c.wage_kind, c.wage_rate, c.wage_unit,
         greatest(c.valid_from, $4::date) AS first, least(coalesce(c.last_day, c.valid_to, $5), $5::date) AS last
  FROM contracts c JOIN roster r USING (worker_id)
  WHERE c.state IN ('signed', 'ended', 'terminated') AND (c.project_id IS NULL OR c.project_id = $2)
    AND c.valid_from <= $5 AND coalesce(c.last_day, c.valid_to, $5) >= $4
), days AS MATERIALIZED (
  SELECT r.worker_id, t.contract_id, t.wage_kind, t.wage_rate, sum(d.days) AS days
  FROM roster r JOIN worker_days d ON d.assignment_id = r.assignment_id
    LEFT JOIN terms t ON t.worker_id = r.worker_id AND d.day BETWEEN t.first AND t.last
  WHERE d.day BETWEEN $4 AND $5 AND d.days > 0
  GROUP BY r.worker_id, t.contract_id, t.wage_kind, t.wage_rate
), pieces AS MATERIALIZED (
  SELECT p.worker_id, p.day, p.unit, p.quantity FROM piece_records p
  WHERE p.project_id = $2 AND p.employer_id = $3 AND p.day BETWEEN $4 AND $5 AND p.worker_id BETWEEN $6 AND $7
), items AS MATERIALIZED (
  SELECT worker_id, contract_id, 'day_wage' AS kind, days AS quantity, wage_rate AS rate,
         round(days * wage_rate, 2) AS amount
  FROM days WHERE wage_kind = 'day'
  UNION ALL
  SELECT t.worker_id, t.contract_id, 'month_wage', c.covered, t.wage_rate,
         round(t.wage_rate * c.covered / ($5::date - $4::date + 1), 2)
  FROM terms t CROSS JOIN LATERAL (
    SELECT sum(upper(part) - lower(part)) AS covered FROM (
      SELECT unnest(range_agg(daterange(greatest(s.entered, t.first), least(s.left, t.last), '[]'))) AS part
      FROM (SELECT (entered_at AT TIME ZONE 'Asia/Shanghai')::date AS entered,
                   coalesce((left_at AT TIME ZONE 'Asia/Shanghai')::date, t.last) AS left
            FROM assignment_stays WHERE assignment_id = t.assignment_id) s
      WHERE s.entered <= t.last AND s.left >= t.first) parts) c
  WHERE t.wage_kind = 'month' AND c.covered > 0
  UNION ALL
  SELECT t.worker_id, t.contract_id, 'piece_wage', sum(p.quantity), t.wage_rate,
         round(sum(p.quantity) * t.wage_rate, 2)
  FROM terms t JOIN pieces p ON p.worker_id = t.worker_id AND p.day BETWEEN t.first AND t.last AND p.unit = t.wage_unit
  WHERE t.wage_kind = 'piece' GROUP BY t.worker_id, t.contract_id, t.wage_rate HAVING sum(p.quantity) > 0
), worked AS (
  SELECT worker_id, sum(days) AS days, bool_or(contract_id IS NULL) AS uncovered FROM days GROUP BY worker_id
), stray AS (
  SELECT p.worker_id FROM pieces p LEFT JOIN terms t
    ON t.worker_id = p.worker_id AND p.day BETWEEN t.first AND t.last AND t.wage_kind = 'piece' AND p.unit = t.wage_unit
  WHERE t.worker_id IS NULL GROUP BY p.worker_id HAVING sum(p.quantity) <> 0
), earned AS (SELECT worker_id, sum(amount) AS gross FROM items GROUP BY worker_id
), written AS (
  INSERT INTO payroll_lines (id, version, created_at, updated_at, payroll_id, project_id, employer_id, contractor_id,
    worker_id, worker_name, month, days, hours, gross, deductions, net, fault, below_minimum, state)
  SELECT uuidv7(), 1, $8, $8, $1, $2, $3, $9, r.worker_id, r.name, $4, coalesce(w.days, 0), coalesce(w.days, 0) * $10,
    coalesce(e.gross, 0), 0, coalesce(e.gross, 0),
    CASE WHEN w.uncovered THEN 'TERMS_MISSING' WHEN s.worker_id IS NOT NULL THEN 'PIECES_WITHOUT_TERMS' ELSE '' END,
    false, 'draft'
  FROM roster r LEFT JOIN worked w USING (worker_id) LEFT JOIN earned e USING (worker_id)
    LEFT JOIN stray s USING (worker_id)
  WHERE w.worker_id IS NOT NULL OR e.worker_id IS NOT NULL OR s.worker_id IS NOT NULL
  ON CONFLICT (payroll_id, worker_id) DO NOTHING
  RETURNING id, worker_id
)
INSERT INTO payroll_items (id, line_id, kind, direction, contract_id, quantity, rate, amount, note, added_by)
SELECT uuidv7(), l.id, i.kind, 'wage', i.contract_id, i.quantity, i.rate, i.amount, '', ''
FROM items i JOIN written l USING (worker_id)
"""
"""The lines and items of the workers $6 to $7, whatever they are paid by: what `rules.wage` says, set by set.

A day is counted once: of a worker on a project no two contracts share a day."""


def visible_to(principal: Principal, on: date, table: type[Shared]) -> ColumnElement[bool]:
    """The employer's own; those that the general contractor pays; the authority all.

    Owner and supervisor see sums and warnings elsewhere, but not what a worker earns.
    """
    if Kind.AUTHORITY in principal.kinds:
        return true()
    mine = principal.organisation_id
    overseen = replica.takes_part(mine, on, "authority")
    return or_(col(table.employer_id) == mine, col(table.contractor_id) == mine, col(table.project_id).in_(overseen))


MOVED = text("""
SELECT count(*)
FROM (SELECT worker_id, sum(days) AS days FROM worker_days
      WHERE project_id = :project AND employer_id = :employer AND day >= :first AND day < :after
      GROUP BY worker_id) w
FULL JOIN (SELECT worker_id, days FROM payroll_lines WHERE payroll_id = :payroll) l USING (worker_id)
WHERE coalesce(w.days, 0) <> coalesce(l.days, 0)
""")


@dataclass(frozen=True, slots=True)
class PayrollFilter:
    """Which payrolls a list shows; None means all."""

    project_id: UUID | None = None
    employer_id: UUID | None = None
    month: date | None = None
    run: Run | None = None
    state: State | None = None


@dataclass(frozen=True, slots=True)
class LineFilter:
    """Which lines a list shows; None means all."""

    payroll_id: UUID | None = None
    project_id: UUID | None = None
    worker_id: UUID | None = None
    month: date | None = None
    state: LineState | None = None


@dataclass(frozen=True, slots=True)
class PieceFilter:
    """Which piece records a list shows; None means all."""

    project_id: UUID | None = None
    worker_id: UUID | None = None
    day: date | None = None


async def get(
    session: AsyncSession, principal: Principal, on: date, payroll_id: UUID, *, lock: bool = False
) -> Payroll:
    """The payroll, locked as it is now if asked so; NotFound PAYROLL_NOT_FOUND when it is not visible."""
    statement = select(Payroll).where(visible_to(principal, on, Payroll), col(Payroll.id) == payroll_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.payroll_not_found(payroll_id)
    return found


async def by_id(session: AsyncSession, payroll_id: UUID) -> Payroll:
    """For jobs, neighbours and holders of a link: a payroll that is there, locked as it is now."""
    statement = select(Payroll).where(col(Payroll.id) == payroll_id).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).one()


async def line(session: AsyncSession, principal: Principal, on: date, line_id: UUID) -> PayrollLine:
    """A visible line; NotFound PAYROLL_LINE_NOT_FOUND."""
    found = await session.scalar(
        select(PayrollLine).where(visible_to(principal, on, PayrollLine), col(PayrollLine.id) == line_id)
    )
    if found is None:
        raise errors.line_not_found(line_id)
    return found


async def line_by_id(session: AsyncSession, line_id: UUID, *, lock: bool = False) -> PayrollLine:
    """For neighbours and holders of a link: a line that is there; locked after its payroll if asked so."""
    statement = select(PayrollLine).where(col(PayrollLine.id) == line_id).execution_options(populate_existing=True)
    return (await session.scalars(statement.with_for_update() if lock else statement)).one()


async def lines(
    session: AsyncSession,
    payroll_id: UUID,
    ids: Collection[UUID] | None,
    *,
    state: LineState | None = None,
    lock: bool = True,
) -> list[PayrollLine]:
    """Lines of a payroll: these, or all, or all in a state; locked in one order if the caller holds the payroll so."""
    statement = select(PayrollLine).where(col(PayrollLine.payroll_id) == payroll_id)
    if ids is not None:
        statement = statement.where(col(PayrollLine.id).in_(set(ids)))
    if state is not None:
        statement = statement.where(col(PayrollLine.state) == state)
    ordered = statement.order_by(col(PayrollLine.id)).execution_options(populate_existing=True)
    return list(await session.scalars(ordered.with_for_update() if lock else ordered))


async def page(
    session: AsyncSession,
    principal: Principal,
    on: date,
    table: type[Shared],
    wanted: PayrollFilter | LineFilter,
    request: PageRequest,
) -> Page[Shared]:
    """The visible payrolls or lines, newest first."""
    statement = select(table).where(visible_to(principal, on, table))
    for name in wanted.__dataclass_fields__:
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(table, name) == value)
    return await paginate(session, statement, keys=(table.id,), request=request, descending=True)


async def page_of_slips(session: AsyncSession, worker_id: UUID, request: PageRequest) -> Page[PayrollLine]:
    """For a worker: his lines on approved payrolls, newest first."""
    statement = select(PayrollLine).where(col(PayrollLine.worker_id) == worker_id, col(PayrollLine.state).in_(PAYABLE))
    return await paginate(session, statement, keys=(PayrollLine.id,), request=request, descending=True)


async def slip_of(session: AsyncSession, worker_id: UUID, line_id: UUID) -> PayrollLine:
    """For a worker: his line on an approved payroll; NotFound PAYROLL_LINE_NOT_FOUND."""
    mine = col(PayrollLine.worker_id) == worker_id, col(PayrollLine.state).in_(PAYABLE)
    found = await session.scalar(select(PayrollLine).where(*mine, col(PayrollLine.id) == line_id))
    if found is None:
        raise errors.line_not_found(line_id)
    return found


async def page_of_pieces(
    session: AsyncSession, principal: Principal, wanted: PieceFilter, request: PageRequest
) -> Page[PieceRecord]:
    """The employer's own piece records, newest first."""
    statement = select(PieceRecord).where(col(PieceRecord.employer_id) == principal.organisation_id)
    for name in wanted.__dataclass_fields__:
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(PieceRecord, name) == value)
    return await paginate(session, statement, keys=(PieceRecord.id,), request=request, descending=True)


async def pieces_on(session: AsyncSession, project_id: UUID, employer_id: UUID, days: set[date]) -> list[PieceRecord]:
    """An employer's piece records of a project on these days."""
    mine = col(PieceRecord.project_id) == project_id, col(PieceRecord.employer_id) == employer_id
    return list(await session.scalars(select(PieceRecord).where(*mine, col(PieceRecord.day).in_(days))))


async def add(session: AsyncSession, *rows: SQLModel) -> None:
    """Write new rows; AlreadyExists PAYROLL_EXISTS for a second sheet of the month."""
    session.add_all(rows)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "payrolls_regular_once":
            [payroll] = [row for row in rows if isinstance(row, Payroll)]
            raise errors.payroll_exists(payroll.month) from None
        raise


async def cut(driver: asyncpg.Connection[Any], payroll: Payroll, size: int) -> None:
    """Cut the employer's workers on the project into chunks of so many."""
    await driver.execute(CHUNKS, payroll.id, payroll.project_id, payroll.employer_id, size)


async def fill(driver: asyncpg.Connection[Any], payroll: Payroll, last: date, hours: Decimal, now: datetime) -> bool:
    """Draft the lines of the next chunk; False when there is none left."""
    chunk = await driver.fetchrow(NEXT_CHUNK, payroll.id)
    if chunk is None:
        return False
    place = (payroll.id, payroll.project_id, payroll.employer_id, payroll.month, last)
    await driver.execute("SET LOCAL jit = off")  # compiling takes longer than a thousand workers do
    await driver.execute(FILL, *place, chunk["first_worker"], chunk["last_worker"], now, payroll.contractor_id, hours)
    await driver.execute(CHUNK_DONE, payroll.id, chunk["position"], now)
    return True


async def totals(session: AsyncSession, payroll_id: UUID) -> tuple[int, Decimal, Decimal]:
    """Workers, gross and net of a sheet."""
    row = await session.execute(
        select(
            func.count(),
            func.coalesce(func.sum(col(PayrollLine.gross)), Decimal("0.00")),
            func.coalesce(func.sum(col(PayrollLine.net)), Decimal("0.00")),
        ).where(col(PayrollLine.payroll_id) == payroll_id)
    )
    workers, gross, net = row.one()
    return workers, gross, net


async def faults(session: AsyncSession, payroll: Payroll) -> tuple[int, int]:
    """How many lines no contract covers, and of how many workers the days are not those of attendance any more."""
    at_fault = await session.scalar(
        select(func.count())
        .select_from(PayrollLine)
        .where(col(PayrollLine.payroll_id) == payroll.id, col(PayrollLine.fault) != "")
    )
    given = {
        "payroll": payroll.id,
        "project": payroll.project_id,
        "employer": payroll.employer_id,
        "first": payroll.month,
        "after": (payroll.month + timedelta(days=31)).replace(day=1),
    }
    return at_fault or 0, await session.scalar(MOVED, given) or 0


async def move(
    session: AsyncSession, payroll_id: UUID, steps: Sequence[tuple[LineState, LineState]], now: datetime
) -> None:
    """Move every line of a locked payroll by (from, to) of the machine, each by one step."""
    for source, target in steps:
        await session.execute(
            update(PayrollLine)
            .where(col(PayrollLine.payroll_id) == payroll_id, col(PayrollLine.state) == source)
            .values(state=target, version=col(PayrollLine.version) + 1, updated_at=now)
            .execution_options(synchronize_session=False)
        )


async def void(
    session: AsyncSession, payroll_id: UUID, now: datetime, reason: str, line_id: UUID | None = None
) -> list[UUID]:
    """Void the signatures of a locked payroll (or of one line of it) that count; answers the lines."""
    concerned = select(col(PayrollLine.id)).where(col(PayrollLine.payroll_id) == payroll_id)
    if line_id is not None:
        concerned = concerned.where(col(PayrollLine.id) == line_id)
    done = await session.execute(
        update(PayrollSignature)
        .where(col(PayrollSignature.line_id).in_(concerned), col(PayrollSignature.voided_at).is_(None))
        .values(voided_at=now, void_reason=reason)
        .returning(col(PayrollSignature.line_id))
        .execution_options(synchronize_session=False)
    )
    return list(done.scalars())


async def items(session: AsyncSession, line_ids: Collection[UUID]) -> dict[UUID, list[PayrollItem]]:
    """The items of lines, in the order in which they came."""
    found: dict[UUID, list[PayrollItem]] = {one: [] for one in line_ids}
    rows = select(PayrollItem).where(col(PayrollItem.line_id).in_(set(line_ids))).order_by(col(PayrollItem.id))
    for row in await session.scalars(rows):
        found[row.line_id].append(row)
    return found


async def signatures(session: AsyncSession, line_id: UUID) -> list[PayrollSignature]:
    """The signatures of a line, void ones too, newest first."""
    rows = select(PayrollSignature).where(col(PayrollSignature.line_id) == line_id)
    return list(await session.scalars(rows.order_by(col(PayrollSignature.id).desc())))


async def objections(session: AsyncSession, line_id: UUID) -> list[PayrollObjection]:
    """The objections to a line, newest first."""
    rows = select(PayrollObjection).where(col(PayrollObjection.line_id) == line_id)
    return list(await session.scalars(rows.order_by(col(PayrollObjection.id).desc())))


async def is_locked(session: AsyncSession, project_id: UUID, employer_id: UUID, month: date) -> bool:
    """Whether the regular payroll of the month is approved."""
    found = select(col(Payroll.id)).where(
        col(Payroll.project_id) == project_id,
        col(Payroll.employer_id) == employer_id,
        col(Payroll.month) == month,
        col(Payroll.run) == Run.REGULAR,
        col(Payroll.state).in_(LOCKING),
    )
    return await session.scalar(found.limit(1)) is not None


async def one_month_at_a_time(session: AsyncSession, project_id: UUID, employer_id: UUID, month: date) -> None:
    """Approval of a month and what writes into that month run one after the other."""
    name = f"labour.payrolls:{project_id}:{employer_id}:{month}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def open_lines_left(session: AsyncSession, payroll_id: UUID) -> bool:
    """Whether a line of the payroll is owed and not paid."""
    unpaid = select(col(PayrollLine.id)).where(
        col(PayrollLine.payroll_id) == payroll_id, col(PayrollLine.state) != LineState.PAID, col(PayrollLine.net) > 0
    )
    return await session.scalar(unpaid.limit(1)) is not None
