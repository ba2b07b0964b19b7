"""The only SQL of assignments. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.replica import KnownProject
from labour.assignments import errors
from labour.assignments.models import Absence, Assignment, Stay
from labour.assignments.rules import lapse
from labour.assignments.states import State
from labour.workers import repository as workers
from labour.workers.models import Worker

OVERSEEING = ("general_contractor", "owner", "ipmt", "supervisor", "authority")
"""Roles in a project that see everybody on it; an employer sees his own people."""


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """The employer's own; all of a project for its general contractor, owner and supervisor; the authority all."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    overseen = replica.takes_part(principal.organisation_id, on, *OVERSEEING)
    return or_(col(Assignment.employer_id) == principal.organisation_id, col(Assignment.project_id).in_(overseen))


@dataclass(frozen=True, slots=True)
class Named:
    """A worker on a project as a sheet names him; `external_id` and `name` only of the caller's own."""

    assignment_id: UUID
    worker_id: UUID
    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class AssignmentFilter:
    """Which assignments a list shows; None means all."""

    project_id: UUID | None = None
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    state: State | None = None


async def get(
    session: AsyncSession, principal: Principal, on: date, assignment_id: UUID, *, lock: bool = False
) -> Assignment:
    """The assignment, locked as it is now if asked so; NotFound ASSIGNMENT_NOT_FOUND when it is not visible."""
    statement = select(Assignment).where(visible_to(principal, on), col(Assignment.id) == assignment_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    assignment = await session.scalar(statement)
    if assignment is None:
        raise errors.assignment_not_found(assignment_id)
    return assignment


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: AssignmentFilter, request: PageRequest
) -> Page[Assignment]:
    """The visible assignments, newest first."""
    statement = select(Assignment).where(visible_to(principal, on))
    for name in ("project_id", "employer_id", "worker_id", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Assignment, name) == value)
    return await paginate(session, statement, keys=(Assignment.id,), request=request, descending=True)


async def page_of_stays(
    session: AsyncSession, principal: Principal, on: date, assignment_id: UUID, request: PageRequest
) -> Page[Stay]:
    """The entries and exits of one assignment, newest first."""
    statement = (
        select(Stay)
        .join(Assignment, col(Assignment.id) == col(Stay.assignment_id))
        .where(visible_to(principal, on), col(Stay.assignment_id) == assignment_id)
    )
    return await paginate(
        session, statement, keys=(Stay.entered_at, Stay.assignment_id), request=request, descending=True
    )


async def on_project(
    session: AsyncSession, project_id: UUID, worker_ids: Sequence[UUID], *, lock: bool = False
) -> dict[UUID, Assignment]:
    """The assignments of these workers to a project, by worker; locked in one order if asked so."""
    statement = (
        select(Assignment)
        .where(col(Assignment.project_id) == project_id, col(Assignment.worker_id).in_(worker_ids))
        .order_by(col(Assignment.id))
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return {found.worker_id: found for found in await session.scalars(statement)}


async def own_people(
    session: AsyncSession, principal: Principal, project_id: UUID, external_ids: Collection[str] | None, most: int
) -> list[Named]:
    """The caller's own workers on a project, by external id; None: all, at most so many."""
    statement = (
        select(col(Assignment.id), col(Worker.id), col(Worker.external_id), col(Worker.name))
        .join(Worker, col(Worker.id) == col(Assignment.worker_id))
        .where(
            workers.visible_to(principal),
            col(Assignment.employer_id) == principal.organisation_id,
            col(Assignment.project_id) == project_id,
        )
        .order_by(col(Worker.external_id))
        .limit(most)
    )
    if external_ids is not None:
        statement = statement.where(col(Worker.external_id).in_(external_ids))
    return [Named(*row) for row in await session.execute(statement)]


async def one_at_a_time(session: AsyncSession, project_id: UUID, employer_id: UUID) -> None:
    """Two calls of one employer for one project run one after the other, so that none meets the other's rows."""
    name = f"labour.assignments:{project_id}:{employer_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def open_stay(session: AsyncSession, assignment_id: UUID) -> Stay | None:
    """The stay that has not ended."""
    found: Stay | None = await session.scalar(
        select(Stay).where(col(Stay.assignment_id) == assignment_id, col(Stay.left_at).is_(None))
    )
    return found


async def open_absence(session: AsyncSession, assignment_id: UUID) -> Absence | None:
    """The leave that has not ended."""
    found: Absence | None = await session.scalar(
        select(Absence).where(col(Absence.assignment_id) == assignment_id, col(Absence.ended_at).is_(None))
    )
    return found


async def latest_absence(session: AsyncSession, assignment_id: UUID) -> Absence | None:
    """The leave that began last."""
    found: Absence | None = await session.scalar(
        select(Absence)
        .where(col(Absence.assignment_id) == assignment_id)
        .order_by(col(Absence.began_at).desc())
        .limit(1)
    )
    return found


async def page_of_absences(
    session: AsyncSession, principal: Principal, on: date, assignment_id: UUID, request: PageRequest
) -> Page[Absence]:
    """The leaves of one assignment, newest first."""
    statement = (
        select(Absence)
        .join(Assignment, col(Assignment.id) == col(Absence.assignment_id))
        .where(visible_to(principal, on), col(Absence.assignment_id) == assignment_id)
    )
    return await paginate(
        session, statement, keys=(Absence.began_at, Absence.assignment_id), request=request, descending=True
    )


async def still_open(session: AsyncSession, project_id: UUID, limit: int) -> list[Assignment]:
    """Some assignments of a project that are not left, locked in one order."""
    statement = (
        select(Assignment)
        .where(col(Assignment.project_id) == project_id, col(Assignment.state) != State.LEFT)
        .order_by(col(Assignment.id))
        .limit(limit)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(statement))


async def open_stays(session: AsyncSession, assignment_ids: Iterable[UUID]) -> list[Stay]:
    """The stays of these assignments that have not ended."""
    statement = select(Stay).where(col(Stay.assignment_id).in_(set(assignment_ids)), col(Stay.left_at).is_(None))
    return list(await session.scalars(statement))


async def open_absences(session: AsyncSession, assignment_ids: Iterable[UUID]) -> list[Absence]:
    """The leaves of these assignments that have not ended."""
    ids = set(assignment_ids)
    statement = select(Absence).where(col(Absence.assignment_id).in_(ids), col(Absence.ended_at).is_(None))
    return list(await session.scalars(statement))


async def is_general_contractor(session: AsyncSession, principal: Principal, project_id: UUID, on: date) -> bool:
    """Whether the caller's organisation is the project's general contractor on a day, as the replica knows."""
    contracted = replica.takes_part(principal.organisation_id, on, "general_contractor").subquery()
    found = await session.scalar(select(contracted.c.project_id).where(contracted.c.project_id == project_id))
    return found is not None


async def projects(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, KnownProject]:
    """The projects that the replica knows."""
    found = await session.scalars(select(KnownProject).where(col(KnownProject.project_id).in_(set(ids))))
    return {project.project_id: project for project in found}


# --- what the gates ask for, of up to 1,000 workers in one statement (a row of the benchmarks) --------------

Driver: TypeAlias = "asyncpg.Connection[Any]"
Asked: TypeAlias = tuple[UUID, UUID]
"""(worker, project)."""

_EVIDENCE = """
SELECT w.*, asked.project_id, a.state, a.risk_class, a.special_trade, a.barred_on, p.city, kept.trained_on, kept.until,
       ARRAY(SELECT ROW(k.valid_from, coalesce(k.last_day, k.valid_to), k.project_id) FROM contracts k
             WHERE k.worker_id = w.id AND k.signed_at IS NOT NULL) AS contracts,
       ARRAY(SELECT ROW(c.number, c.trade, c.valid_from, c.valid_to, c.status)
             FROM worker_certificates c WHERE c.worker_id = w.id) AS certificates,
       ARRAY(SELECT ROW(h.examined_on, h.valid_to, h.fit) FROM health_records h WHERE h.worker_id = w.id) AS health,
       ARRAY(SELECT ROW(e.valid_from, e.valid_to) FROM blacklist_entries e
             WHERE e.person_id = w.person_id AND e.lifted_on IS NULL) AS listed
FROM asked JOIN workers w ON w.id = asked.worker_id
LEFT JOIN assignments a ON a.worker_id = asked.worker_id AND a.project_id = asked.project_id
LEFT JOIN known_projects p ON p.project_id = asked.project_id
CROSS JOIN LATERAL (
  WITH RECURSIVE data (day) AS (
    SELECT max(t.trained_on) FROM worker_trainings t WHERE t.worker_id = w.id AND t.trained_on <= $3
    UNION ALL
    SELECT (SELECT max(seen.day) FROM assignments b CROSS JOIN LATERAL (
              SELECT d.day FROM worker_days d
              WHERE d.assignment_id = b.id AND d.day > data.day
                AND d.day <= (data.day + make_interval(months => $4))::date
              ORDER BY d.day DESC LIMIT 1) seen
            WHERE b.worker_id = w.id)
    FROM data WHERE data.day IS NOT NULL
  ) SELECT min(day) AS trained_on, max(day) AS until FROM data
) kept
"""
"""`data` walks from the last training to the last day with attendance no later than the rule's months after it, and on
from there: a year costs one look into the primary key of worker_days, and what comes after a longer gap is not reached.
"""
EVIDENCE = f"WITH asked (worker_id, project_id) AS (SELECT * FROM unnest($1::uuid[], $2::uuid[])) {_EVIDENCE}"  # noqa: S608
EVIDENCE_OF_ONE = f"WITH asked (worker_id, project_id) AS (SELECT $1::uuid, $2::uuid) {_EVIDENCE}"
"""PostgreSQL takes an array for many rows until it has seen it, and so plans the statement anew for each worker, which
takes ten times as long as running it; this one it plans once.
"""


async def evidence(driver: Driver, asked: Collection[Asked], on: date, months: int) -> list[asyncpg.Record]:
    """Rows of workers with what the gates of a project look at as of a day; workers who do not exist are absent."""
    rows: list[asyncpg.Record]
    if len(asked) == 1:
        [(worker_id, project_id)] = asked
        rows = await driver.fetch(EVIDENCE_OF_ONE, worker_id, project_id, on, months)
        return rows
    workers, projects = [worker_id for worker_id, _ in asked], [project_id for _, project_id in asked]
    rows = await driver.fetch(EVIDENCE, workers, projects, on, months)
    return rows


# --- until when papers hold, computed anew ---------------------------------------------------------------------------

Open: TypeAlias = tuple[UUID, UUID, UUID]
"""(assignment, worker, project) of an assignment that is not left."""

OPEN_OF_WORKERS = """
SELECT id, worker_id, project_id FROM assignments WHERE worker_id = ANY($1::uuid[]) AND state <> 'left'
"""

OPEN_AFTER = """
SELECT id, worker_id, project_id FROM assignments WHERE id > $1 AND state <> 'left' ORDER BY id LIMIT $2
"""

HOLD = "SELECT FROM workers WHERE id = ANY($1::uuid[]) ORDER BY id FOR NO KEY UPDATE"

CLEAR = """
WITH due AS (
  SELECT a.id, a.cleared_until AS before, judged.until
  FROM unnest($1::uuid[], $2::date[]) AS judged (id, until) JOIN assignments a ON a.id = judged.id
  WHERE a.state <> 'left' AND a.cleared_until IS DISTINCT FROM judged.until
    AND (a.cleared_until < judged.until AND judged.until < $3) IS NOT TRUE
  ORDER BY a.id FOR NO KEY UPDATE OF a
)
UPDATE assignments a SET cleared_until = due.until FROM due WHERE a.id = due.id
RETURNING a.id, a.project_id, due.before, due.until
"""
"""Papers that did not hold before and do not today have not held in between: the day on which they ended stays. A swipe
that comes late is compared with it, too.
"""

Cleared: TypeAlias = tuple[UUID, UUID, date | None, date | None]
"""(assignment, project, until when its papers held, until when they hold now)."""

LAPSED = """
INSERT INTO assignment_lapses AS known (assignment_id, project_id, first_day, last_day)
SELECT * FROM unnest($1::uuid[], $2::uuid[], $3::date[], $4::date[])
ON CONFLICT (assignment_id, first_day) DO UPDATE SET last_day = greatest(known.last_day, excluded.last_day)
"""


async def open_of_workers(driver: Driver, worker_ids: Iterable[UUID]) -> list[Open]:
    """The assignments of these workers that are not left."""
    return [tuple(row) for row in await driver.fetch(OPEN_OF_WORKERS, list(worker_ids))]


async def open_after(driver: Driver, after: UUID | None, limit: int) -> list[Open]:
    """The next assignments by id that are not left."""
    return [tuple(row) for row in await driver.fetch(OPEN_AFTER, after or UUID(int=0), limit)]


async def hold_workers(driver: Driver, worker_ids: Iterable[UUID]) -> None:
    """Until the end of the transaction nobody changes their papers; locked in one order, before assignments."""
    await driver.execute(HOLD, list(worker_ids))


async def clear(
    driver: Driver, judged: Sequence[tuple[UUID, date | None]], today: date
) -> list[tuple[UUID, date | None, date | None]]:
    """Write until when papers hold where it differs; answers (assignment, before, after) of those that changed.

    Locked in one order like those of a batch of swipes, and only where something is to be written. Where they hold
    again, the days on which they did not are kept.
    """
    ids, days = [id_ for id_, _ in judged], [until for _, until in judged]
    changed = [tuple(row) for row in await driver.fetch(CLEAR, ids, days, today)]
    await keep_lapses(driver, changed, today)
    return [(id_, was, now) for id_, _, was, now in changed]


async def keep_lapses(driver: Driver, cleared: Iterable[Cleared], on: date) -> None:
    """Keep the days on which papers did not hold, of those that hold again from a day on."""
    gaps = [(id_, project_id, lapse(was, now, on)) for id_, project_id, was, now in cleared]
    kept = [(id_, project_id, *days) for id_, project_id, days in gaps if days is not None]
    if kept:
        await driver.execute(LAPSED, *zip(*kept, strict=True))
