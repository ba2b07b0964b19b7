"""The only SQL of attendance. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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
from labour.attendance.rules import NewSwipe, Standing, day_shift
from labour.codes.models import WorkerDayRule

Table = type[Swipe] | type[WorkerDay] | type[Assignment]


def visible_to(principal: Principal, on: date, table: Table) -> ColumnElement[bool]:
    """The employer's own; all of a project for its general contractor, owner and supervisor; the authority all.

    Another service of the platform, which asks for itself, sees all, too.
    """
    if principal.is_service or Kind.AUTHORITY in principal.kinds:
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


async def assigned_by_employer(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID
) -> dict[UUID, int]:
    """How many workers of each employer belong to the project."""
    rows = await session.execute(
        select(col(Assignment.employer_id), func.count())
        .where(
            visible_to(principal, on, Assignment),
            col(Assignment.project_id) == project_id,
            col(Assignment.state) != AssignmentState.LEFT,
        )
        .group_by(col(Assignment.employer_id))
    )
    return {row[0]: row[1] for row in rows}


async def last_marks(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, since: date
) -> list[tuple[UUID, datetime | None, datetime | None]]:
    """(employer, last in, last out) since a day of each worker who has entered the project."""
    rows = await session.execute(
        select(col(WorkerDay.employer_id), func.max(col(WorkerDay.last_in)), func.max(col(WorkerDay.last_out)))
        .join(Assignment, col(Assignment.id) == col(WorkerDay.assignment_id))
        .where(
            visible_to(principal, on, WorkerDay),
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
    return known.city if known else None


# --- the bulk path: 1,000 swipes in a few statements (a hot path of the benchmarks) ---------------------------------

Driver: TypeAlias = "asyncpg.Connection[Any]"

DEVICE = """
SELECT d.project_id, d.state, coalesce(p.city, '*') AS city
FROM gate_devices d LEFT JOIN known_projects p USING (project_id)
WHERE d.id = $1 AND d.organisation_id = $2 AND d.client_id = $3
"""

STANDING = """
SELECT a.id::text, a.worker_id::text, a.employer_id::text, a.cleared_until, s.entered_at, s.left_at
FROM unnest($2::text::uuid[]) AS asked (worker_id)
JOIN assignments a ON a.project_id = $1 AND a.worker_id = asked.worker_id
LEFT JOIN assignment_stays s ON s.assignment_id = a.id
ORDER BY a.id FOR NO KEY UPDATE OF a
"""

RECORD = """
WITH added AS (
  INSERT INTO swipes (device_id, project_id, received_at, sequence, assignment_id, worker_id, employer_id, at,
                      direction, attend_type, papers_lapsed)
  SELECT $1, $2, $3, sequence, assignment_id, worker_id, employer_id, to_timestamp(micros / 1000000.0::float8),
         direction, attend_type, papers_lapsed
  FROM unnest($4::text::bigint[], $5::text::uuid[], $6::text::uuid[], $7::text::uuid[], $8::text::bigint[],
              $9::text::text[], $10::text::text[], $11::text::boolean[])
    AS given (sequence, assignment_id, worker_id, employer_id, micros, direction, attend_type, papers_lapsed)
  ORDER BY sequence
  ON CONFLICT (device_id, sequence) DO NOTHING
  RETURNING sequence, assignment_id, worker_id, employer_id, at, direction
), came AS (
  SELECT assignment_id, worker_id, employer_id, (at AT TIME ZONE 'UTC' + $12::interval)::date AS day,
         min(at) FILTER (WHERE direction = '01') AS first_in, max(at) FILTER (WHERE direction = '01') AS last_in,
         min(at) FILTER (WHERE direction = '02') AS first_out, max(at) FILTER (WHERE direction = '02') AS last_out
  FROM added GROUP BY 1, 2, 3, 4
), beside AS (
  SELECT came.*, lag(day) OVER one IS NOT DISTINCT FROM day - 1 AS day_before_came,
         CASE WHEN lead(day) OVER one = day + 1 THEN lead(first_in) OVER one END AS next_in,
         CASE WHEN lead(day) OVER one = day + 1 THEN lead(first_out) OVER one END AS next_out
  FROM came WINDOW one AS (PARTITION BY assignment_id ORDER BY day)
), marked AS (
  SELECT b.assignment_id, b.worker_id, b.employer_id, b.day, own.place, coalesce(own.days, 0) AS counted,
         least(b.first_in, own.first_in) AS first_in, greatest(b.last_in, own.last_in) AS last_in,
         least(b.first_out, own.first_out) AS first_out, greatest(b.last_out, own.last_out) AS last_out,
         least(b.next_in, after.first_in) AS next_in, least(b.next_out, after.first_out) AS next_out, b.day_before_came
  FROM beside b
  LEFT JOIN LATERAL (SELECT w.ctid AS place, w.* FROM worker_days w
                     WHERE w.assignment_id = b.assignment_id AND w.day = b.day LIMIT 1) own ON true
  LEFT JOIN LATERAL (SELECT w.first_in, w.first_out FROM worker_days w
                     WHERE w.assignment_id = b.assignment_id AND w.day = b.day + 1 LIMIT 1) after ON true
), reached AS (
  SELECT assignment_id, worker_id, employer_id, day, place, counted, first_in, last_in, first_out, last_out, next_in,
         next_out
  FROM marked
  UNION ALL
  SELECT m.assignment_id, m.worker_id, m.employer_id, before.day, before.place, before.days, before.first_in,
         before.last_in, before.first_out, before.last_out, m.first_in, m.first_out
  FROM marked m CROSS JOIN LATERAL (
    SELECT w.ctid AS place, w.* FROM worker_days w WHERE w.assignment_id = m.assignment_id AND w.day = m.day - 1 LIMIT 1
  ) before
  WHERE NOT m.day_before_came AND (before.last_out IS NULL OR before.last_in > before.last_out)
), ended AS (
  SELECT *, CASE WHEN (last_out IS NULL OR last_in > last_out) AND (next_in IS NULL OR next_out < next_in)
                      AND next_out - last_in <= $13::interval
                 THEN next_out ELSE last_out END - first_in AS on_site
  FROM reached
), figured AS (
  SELECT *, CASE WHEN on_site > interval '0' AND on_site >= $14::interval THEN $15::numeric
                 WHEN on_site > interval '0' AND on_site >= $16::interval THEN $17::numeric ELSE 0 END AS days
  FROM ended
), changed AS (
  UPDATE worker_days w
  SET first_in = f.first_in, last_in = f.last_in, first_out = f.first_out, last_out = f.last_out, days = f.days
  FROM figured f WHERE w.ctid = f.place
), begun AS (
  INSERT INTO worker_days (project_id, assignment_id, day, worker_id, employer_id, first_in, last_in, first_out,
                           last_out, days)
  SELECT $2, assignment_id, day, worker_id, employer_id, first_in, last_in, first_out, last_out, days
  FROM figured WHERE place IS NULL
), change AS (
  SELECT day, employer_id, sum(days - counted) AS delta FROM figured WHERE days <> counted
  GROUP BY 1, 2 HAVING sum(days - counted) <> 0
)
SELECT (SELECT CASE WHEN count(*) < $18 THEN coalesce(array_agg(sequence), '{}') END FROM added) AS new,
       (SELECT array_agg(day) FROM change) AS days, (SELECT array_agg(employer_id) FROM change) AS employers,
       (SELECT array_agg(delta) FROM change) AS deltas
"""
"""Swipes and the worker days that follow from them, in one statement; what `rules.worker_days` says, said in SQL.

A property test holds the two together. Arrays travel as text (`'{…}'`): the driver's own arrays look at each element
twice, which takes longer than the insert. The assignments are locked by the statement before, so what this one reads
of worker_days is the latest, and nobody moves a row between its being read and its being changed: it is found again by
its place (ctid) for a third of what ON CONFLICT takes. The lateral LIMIT 1 keeps three looks into the primary key three
looks, whatever the planner thinks of the table's size.
"""

STANDING_SWIPES = """
SELECT sequence, worker_id, at, direction FROM swipes WHERE device_id = $1 AND sequence = ANY($2::bigint[])
"""


@dataclass(frozen=True, slots=True)
class Gate:
    """A device that may send: its project, whether it is retired, the city whose rules apply."""

    project_id: UUID
    state: str
    city: str


@dataclass(frozen=True, slots=True)
class Written:
    """Which sequence numbers were new (None: all), and by (day, employer) how the worker days changed."""

    new: set[int] | None
    deltas: dict[tuple[date, UUID], Decimal]


async def gate(driver: Driver, principal: Principal, device_id: UUID) -> Gate:
    """The device, if it is this organisation's and signs in with this client; NotFound DEVICE_NOT_FOUND otherwise."""
    row = await driver.fetchrow(DEVICE, device_id, principal.organisation_id, principal.client_id)
    if row is None:
        raise errors.device_not_found(device_id)
    return Gate(row["project_id"], row["state"], row["city"])


async def standing(driver: Driver, project_id: UUID, worker_ids: Iterable[str]) -> dict[str, Standing]:
    """Where these workers stand on the project, by worker.

    Their assignments are locked, in one order: batches with the same workers run one after the other, so that each
    counts its change of worker days from what the one before it left; batches with other workers do not wait.
    """
    found: dict[str, Standing] = {}
    rows = await driver.fetch(STANDING, project_id, _array(worker_ids))
    for id_, worker_id, employer_id, cleared_until, entered_at, left_at in rows:
        stays = () if entered_at is None else ((entered_at, left_at),)
        before = found.get(worker_id)
        if before is not None:
            stays = before.stays + stays
        found[worker_id] = Standing(id_, worker_id, employer_id, cleared_until, stays)
    return found


async def record(
    driver: Driver,
    device_id: UUID,
    project_id: UUID,
    received_at: datetime,
    swipes: Sequence[NewSwipe],
    rule: WorkerDayRule,
) -> Written:
    """Write swipes that are not there yet, and bring the worker days of every day that they touch up to date."""
    (full, whole), (part, half) = rule.steps
    row = await driver.fetchrow(
        RECORD,
        device_id,
        project_id,
        received_at,
        _array([str(one.sequence) for one in swipes]),
        _array([one.standing.assignment_id for one in swipes]),
        _array([one.standing.worker_id for one in swipes]),
        _array([one.standing.employer_id for one in swipes]),
        _array([str(round(one.at.timestamp() * 1_000_000)) for one in swipes]),
        _array([one.direction for one in swipes]),
        _array([one.attend_type for one in swipes]),
        _array(["t" if one.papers_lapsed else "f" for one in swipes]),
        day_shift(rule),
        rule.longest_shift,
        full,
        whole,
        part,
        half,
        len(swipes),
    )
    assert row is not None  # noqa: S101 - a select without FROM answers one row
    new, days, employers, deltas = row
    changes = zip(days or (), employers or (), deltas or (), strict=True)
    return Written(None if new is None else set(new), {(day, employer): delta for day, employer, delta in changes})


def _array(values: Iterable[str]) -> str:
    # Only numbers, UUIDs and codes come here: nothing that would need quotes.
    return "{" + ",".join(values) + "}"


async def standing_swipes(
    driver: Driver, device_id: UUID, sequences: Sequence[int]
) -> dict[int, tuple[str, datetime, str]]:
    """(worker, instant, direction) of swipes that stand under these numbers."""
    rows = await driver.fetch(STANDING_SWIPES, device_id, sequences)
    return {row["sequence"]: (str(row["worker_id"]), row["at"], row["direction"]) for row in rows}
