"""The only SQL of attendance. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from labour.assignments.models import Assignment
from labour.assignments.repository import OVERSEEING
from labour.assignments.states import State as AssignmentState
from labour.attendance import errors
from labour.attendance.models import Device, Swipe, WorkerDay
from labour.attendance.rules import Marks

Table = type[Swipe] | type[WorkerDay] | type[Assignment]


def visible_to(principal: Principal, on: date, table: Table) -> ColumnElement[bool]:
    """The employer's own; all of a project for its general contractor, owner and supervisor; the authority all."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    overseen = replica.takes_part(principal.organisation_id, on, *OVERSEEING)
    return or_(col(table.employer_id) == principal.organisation_id, col(table.project_id).in_(overseen))


def devices_visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """The organisation's own devices, and those of the projects that it oversees."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    overseen = replica.takes_part(principal.organisation_id, on, *OVERSEEING)
    return or_(col(Device.organisation_id) == principal.organisation_id, col(Device.project_id).in_(overseen))


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """Which devices a list shows; None means all."""

    project_id: UUID | None = None
    client_id: str | None = None


@dataclass(frozen=True, slots=True)
class AttendanceFilter:
    """Which swipes or worker days of one project a list shows; days in Asia/Shanghai, both included."""

    project_id: UUID
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    device_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    first_day: date | None = None
    last_day: date | None = None


async def device(
    session: AsyncSession, principal: Principal, on: date, device_id: UUID, *, lock: bool = False
) -> Device:
    """The device; NotFound DEVICE_NOT_FOUND when the caller may not see it."""
    statement = select(Device).where(devices_visible_to(principal, on), col(Device.id) == device_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.device_not_found(device_id)
    return found


async def one_device_at_a_time(session: AsyncSession, project_id: UUID) -> None:
    """Two registrations for one project run one after the other."""
    name = f"labour.gate_devices:{project_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def name_is_taken(session: AsyncSession, project_id: UUID, name: str) -> bool:
    """Whether the project has a device of this name."""
    statement = select(col(Device.id)).where(col(Device.project_id) == project_id, col(Device.name) == name)
    return await session.scalar(statement) is not None


async def page_of_devices(
    session: AsyncSession, principal: Principal, on: date, wanted: DeviceFilter, request: PageRequest
) -> Page[Device]:
    """The visible devices, newest first."""
    statement = select(Device).where(devices_visible_to(principal, on))
    for name in ("project_id", "client_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Device, name) == value)
    return await paginate(session, statement, keys=(Device.id,), request=request, descending=True)


async def last_sequences(session: AsyncSession, device_ids: Sequence[UUID]) -> dict[UUID, int]:
    """The largest sequence number of each device that has sent anything; each one look into the primary key."""
    found: dict[UUID, int] = {}
    for device_id in device_ids:
        largest = await session.scalar(select(func.max(col(Swipe.sequence))).where(col(Swipe.device_id) == device_id))
        if largest is not None:
            found[device_id] = largest
    return found


async def page_of_swipes(
    session: AsyncSession, principal: Principal, on: date, wanted: AttendanceFilter, request: PageRequest
) -> Page[Swipe]:
    """The visible swipes of a project, newest first."""
    statement = select(Swipe).where(visible_to(principal, on, Swipe), col(Swipe.project_id) == wanted.project_id)
    for name in ("employer_id", "worker_id", "device_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Swipe, name) == value)
    if wanted.since is not None:
        statement = statement.where(col(Swipe.at) >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(col(Swipe.at) < wanted.until)
    keys = (Swipe.at, Swipe.device_id, Swipe.sequence)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


async def page_of_worker_days(
    session: AsyncSession, principal: Principal, on: date, wanted: AttendanceFilter, request: PageRequest
) -> Page[WorkerDay]:
    """The visible worker days of a project, newest first."""
    statement = select(WorkerDay).where(
        visible_to(principal, on, WorkerDay), col(WorkerDay.project_id) == wanted.project_id
    )
    for name in ("employer_id", "worker_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(WorkerDay, name) == value)
    if wanted.first_day is not None:
        statement = statement.where(col(WorkerDay.day) >= wanted.first_day)
    if wanted.last_day is not None:
        statement = statement.where(col(WorkerDay.day) <= wanted.last_day)
    keys = (WorkerDay.day, WorkerDay.assignment_id)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


async def assigned_by_employer(session: AsyncSession, project_id: UUID, seen: ColumnElement[bool]) -> dict[UUID, int]:
    """How many workers of each employer belong to the project."""
    rows = await session.execute(
        select(col(Assignment.employer_id), func.count())
        .where(seen, col(Assignment.project_id) == project_id, col(Assignment.state) != AssignmentState.LEFT)
        .group_by(col(Assignment.employer_id))
    )
    return {row[0]: row[1] for row in rows}


async def last_marks(
    session: AsyncSession, project_id: UUID, since: date, seen: ColumnElement[bool]
) -> list[tuple[UUID, datetime | None, datetime | None]]:
    """(employer, last in, last out) since a day of each worker who has entered the project."""
    rows = await session.execute(
        select(col(WorkerDay.employer_id), func.max(col(WorkerDay.last_in)), func.max(col(WorkerDay.last_out)))
        .join(Assignment, col(Assignment.id) == col(WorkerDay.assignment_id))
        .where(
            seen,
            col(WorkerDay.project_id) == project_id,
            col(WorkerDay.day) >= since,
            col(Assignment.state) == AssignmentState.ENTERED,
        )
        .group_by(col(WorkerDay.assignment_id), col(WorkerDay.employer_id))
    )
    return [(employer_id, last_in, last_out) for employer_id, last_in, last_out in rows]


async def project_city(session: AsyncSession, project_id: UUID) -> str | None:
    """The city whose rules apply, or None while the project is not known here."""
    known = await replica.project(session, project_id)
    return known.city if known is not None else None


def everybody() -> ColumnElement[bool]:
    """No bound; for the platform's own services."""
    return true()


# --- the bulk path: 1,000 swipes in a few statements (a hot path of the benchmarks) ---------------------------------

Driver: TypeAlias = "asyncpg.Connection[Any]"

DEVICE = """
SELECT d.project_id, d.state, coalesce(p.city, '*') AS city
FROM gate_devices d LEFT JOIN known_projects p USING (project_id)
WHERE d.id = $1 AND d.organisation_id = $2 AND d.client_id = $3
"""

STANDING = """
SELECT a.id, a.worker_id, a.employer_id, a.cleared_until, s.entered_at, s.left_at
FROM assignments a LEFT JOIN assignment_stays s ON s.assignment_id = a.id
WHERE a.project_id = $1 AND a.worker_id = ANY($2::uuid[])
ORDER BY a.id FOR NO KEY UPDATE OF a
"""

ADD_SWIPES = """
WITH added AS (
  INSERT INTO swipes (device_id, sequence, project_id, assignment_id, worker_id, employer_id, at, direction,
                      attend_type, papers_lapsed, received_at)
  SELECT $1, sequence, $2, assignment_id, worker_id, employer_id, at, direction, attend_type, papers_lapsed, $3
  FROM unnest($4::bigint[], $5::uuid[], $6::uuid[], $7::uuid[], $8::timestamptz[], $9::text[], $10::text[],
              $11::boolean[])
    AS given (sequence, assignment_id, worker_id, employer_id, at, direction, attend_type, papers_lapsed)
  ORDER BY sequence
  ON CONFLICT (device_id, sequence) DO NOTHING
  RETURNING sequence
)
SELECT CASE WHEN count(*) < cardinality($4::bigint[]) THEN coalesce(array_agg(sequence), '{}') END FROM added
"""

STANDING_SWIPES = """
SELECT sequence, worker_id, at, direction FROM swipes WHERE device_id = $1 AND sequence = ANY($2::bigint[])
"""

MARKS = """
SELECT assignment_id, day, first_in, last_in, first_out, last_out, days FROM worker_days
WHERE assignment_id = ANY($1::uuid[]) AND day BETWEEN $2 AND $3
"""

UPSERT_DAYS = """
INSERT INTO worker_days (project_id, assignment_id, day, worker_id, employer_id, first_in, last_in, first_out, last_out,
                         days)
SELECT $1, * FROM unnest($2::uuid[], $3::date[], $4::uuid[], $5::uuid[], $6::timestamptz[], $7::timestamptz[],
                         $8::timestamptz[], $9::timestamptz[], $10::numeric[])
ON CONFLICT (assignment_id, day) DO UPDATE
SET first_in = excluded.first_in, last_in = excluded.last_in, first_out = excluded.first_out,
    last_out = excluded.last_out, days = excluded.days
"""


@dataclass(frozen=True, slots=True)
class Gate:
    """A device that may send: its project, whether it is retired, the city whose rules apply."""

    project_id: UUID
    state: str
    city: str


@dataclass(slots=True)
class Standing:
    """A worker's place on the project: assignment, employer, how long his papers hold, (entered, left) of each stay."""

    assignment_id: UUID
    worker_id: UUID
    employer_id: UUID
    cleared_until: date | None
    stays: list[tuple[datetime, datetime | None]]


@dataclass(frozen=True, slots=True)
class DayRow:
    """One work day of one assignment as it is to be written."""

    standing: Standing
    day: date
    marks: Marks
    days: Decimal


@dataclass(frozen=True, slots=True)
class NewSwipe:
    """A swipe that is to be written."""

    sequence: int
    standing: Standing
    at: datetime
    direction: str
    attend_type: str
    papers_lapsed: bool


async def gate(driver: Driver, principal: Principal, device_id: UUID) -> Gate:
    """The device, if it is this organisation's and signs in with this client; NotFound DEVICE_NOT_FOUND otherwise."""
    row = await driver.fetchrow(DEVICE, device_id, principal.organisation_id, principal.client_id)
    if row is None:
        raise errors.device_not_found(device_id)
    return Gate(row["project_id"], row["state"], row["city"])


async def standing(driver: Driver, project_id: UUID, worker_ids: Sequence[UUID]) -> dict[UUID, Standing]:
    """Where these workers stand on the project, by worker.

    Their assignments are locked, in one order: batches with the same workers run one after the other, so that each
    counts its change of worker days from what the one before it left; batches with other workers do not wait.
    """
    found: dict[UUID, Standing] = {}
    for id_, worker_id, employer_id, cleared_until, entered_at, left_at in await driver.fetch(
        STANDING, project_id, worker_ids
    ):
        place = found.get(worker_id)
        if place is None:
            place = found[worker_id] = Standing(id_, worker_id, employer_id, cleared_until, [])
        if entered_at is not None:
            place.stays.append((entered_at, left_at))
    return found


async def add_swipes(
    driver: Driver, device_id: UUID, project_id: UUID, received_at: datetime, swipes: Sequence[NewSwipe]
) -> set[int] | None:
    """Write swipes; answers the sequence numbers that were new, None when all were."""
    new = await driver.fetchval(
        ADD_SWIPES,
        device_id,
        project_id,
        received_at,
        [one.sequence for one in swipes],
        [one.standing.assignment_id for one in swipes],
        [one.standing.worker_id for one in swipes],
        [one.standing.employer_id for one in swipes],
        [one.at for one in swipes],
        [one.direction for one in swipes],
        [one.attend_type for one in swipes],
        [one.papers_lapsed for one in swipes],
    )
    return None if new is None else set(new)


async def standing_swipes(
    driver: Driver, device_id: UUID, sequences: Sequence[int]
) -> dict[int, tuple[UUID, datetime, str]]:
    """(worker, instant, direction) of swipes that stand under these numbers."""
    rows = await driver.fetch(STANDING_SWIPES, device_id, sequences)
    return {row["sequence"]: (row["worker_id"], row["at"], row["direction"]) for row in rows}


async def marks(
    driver: Driver, assignment_ids: Sequence[UUID], first: date, last: date
) -> dict[tuple[UUID, date], tuple[Marks, Decimal]]:
    """The marks and worker days of these assignments from the first to the last day."""
    rows = await driver.fetch(MARKS, assignment_ids, first, last)
    return {
        (assignment_id, day): (Marks(first_in, last_in, first_out, last_out), days)
        for assignment_id, day, first_in, last_in, first_out, last_out, days in rows
    }


async def upsert_days(driver: Driver, project_id: UUID, rows: Sequence[DayRow]) -> None:
    """Write work days."""
    await driver.execute(
        UPSERT_DAYS,
        project_id,
        [row.standing.assignment_id for row in rows],
        [row.day for row in rows],
        [row.standing.worker_id for row in rows],
        [row.standing.employer_id for row in rows],
        [row.marks.first_in for row in rows],
        [row.marks.last_in for row in rows],
        [row.marks.first_out for row in rows],
        [row.marks.last_out for row in rows],
        [row.days for row in rows],
    )
