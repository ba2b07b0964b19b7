"""The only SQL of feeds, units and readings.

Bulk statements (design rule 12) take arrays and answer rows, one statement per step for a whole page. Their callers
have seen to it that the feed is the principal's own, and all are bound to that feed, its units or its lessor.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from equipment_leasing.telematics import errors
from equipment_leasing.telematics.models import CounterReading, Feed, MatchedBy, Unit
from equipment_leasing.telematics.reader import FeedMachine
from equipment_leasing.telematics.rules import Candidate, Known, Matched

if TYPE_CHECKING:
    Driver = asyncpg.Connection[Any]

Readings = dict[datetime, tuple[Decimal, bool]]
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
END = datetime(9999, 1, 1, tzinfo=UTC)

_TIED = """
SELECT equipment_id, machine_id, matched_by FROM telematics_units
WHERE feed_id = $1 AND equipment_id = ANY($2::text[]) AND machine_id IS NOT NULL
"""
_CANDIDATES = """
SELECT m.id, m.serial_number, m.pin, EXISTS (SELECT FROM telematics_units u WHERE u.machine_id = m.id) AS taken
FROM machines m WHERE m.lessor_id = $1 AND (m.serial_number = ANY($2::text[]) OR m.pin = ANY($3::text[]))
"""
# A field that a later page leaves out is not forgotten; the version counts ties, not pages.
_UNITS = """
INSERT INTO telematics_units AS u (id, version, created_at, updated_at, feed_id, lessor_id, equipment_id, oem_name,
    model, serial_number, pin, machine_id, matched_by, latitude, longitude, replacements)
SELECT p.id, 1, $3, $3, $1, $2, p.equipment_id, p.oem_name, p.model, p.serial_number, p.pin, p.machine_id, p.matched_by,
    p.latitude, p.longitude, '{}'
FROM unnest($4::uuid[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[], $10::uuid[], $11::text[],
    $12::numeric[], $13::numeric[])
  AS p(id, equipment_id, oem_name, model, serial_number, pin, machine_id, matched_by, latitude, longitude)
ON CONFLICT (feed_id, equipment_id) DO UPDATE SET
    oem_name = coalesce(excluded.oem_name, u.oem_name), model = coalesce(excluded.model, u.model),
    serial_number = coalesce(excluded.serial_number, u.serial_number), pin = coalesce(excluded.pin, u.pin),
    machine_id = coalesce(u.machine_id, excluded.machine_id),
    matched_by = CASE WHEN u.machine_id IS NULL THEN excluded.matched_by ELSE u.matched_by END,
    version = CASE WHEN u.machine_id IS NULL AND excluded.machine_id IS NOT NULL THEN u.version + 1 ELSE u.version END,
    latitude = coalesce(excluded.latitude, u.latitude), longitude = coalesce(excluded.longitude, u.longitude),
    updated_at = excluded.updated_at
RETURNING u.id, u.equipment_id, u.machine_id, u.replacements
"""
_AROUND = """
SELECT w.unit_id, r.at, r.hours, r.counted
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[], $4::numeric[], $5::timestamptz[], $6::timestamptz[])
  AS w(unit_id, first, last, top, since, until)
JOIN telematics_readings r ON r.unit_id = w.unit_id AND r.at < w.until
  AND r.at >= coalesce((SELECT max(x.at) FROM telematics_readings x
      WHERE x.unit_id = w.unit_id AND x.counted AND x.at < w.first AND x.at >= w.since), w.first)
  AND r.at <= coalesce((SELECT min(x.at) FROM telematics_readings x
      WHERE x.unit_id = w.unit_id AND x.counted AND x.at > w.last AND x.hours >= w.top AND x.at < w.until), w.until)
"""
_INSERT = """
INSERT INTO telematics_readings (unit_id, at, hours, counted, page_id, received_at)
SELECT unit_id, at, hours, counted, $1, $2
FROM unnest($3::uuid[], $4::timestamptz[], $5::numeric[], $6::bool[]) AS r(unit_id, at, hours, counted)
"""
_FLIP = """
UPDATE telematics_readings r SET counted = f.counted
FROM unnest($1::uuid[], $2::timestamptz[], $3::bool[]) AS f(unit_id, at, counted)
WHERE r.unit_id = f.unit_id AND r.at = f.at
"""


def feeds_visible_to(principal: Principal) -> ColumnElement[bool]:
    """A feed is its lessor's own business."""
    return col(Feed.lessor_id) == principal.organisation_id


def units_visible_to(principal: Principal) -> ColumnElement[bool]:
    """So are its units, whose positions tell where machines are."""
    return col(Unit.lessor_id) == principal.organisation_id


async def feed(session: AsyncSession, principal: Principal, feed_id: UUID) -> Feed:
    """The feed; NotFound FEED_NOT_FOUND when it is not the caller's."""
    found: Feed | None = await session.scalar(select(Feed).where(feeds_visible_to(principal), col(Feed.id) == feed_id))
    if found is None:
        raise errors.feed_not_found(feed_id)
    return found


async def feeds(session: AsyncSession, principal: Principal, name: str | None, request: PageRequest) -> Page[Feed]:
    """The caller's feeds, newest first."""
    statement = select(Feed).where(feeds_visible_to(principal))
    if name is not None:
        statement = statement.where(col(Feed.name) == name)
    return await paginate(session, statement, keys=(Feed.id,), request=request, descending=True)


async def save_feed(session: AsyncSession, feed: Feed) -> None:
    """Write a new feed; AlreadyExists FEED_NAME_TAKEN."""
    name = feed.name  # taken now: a failed flush expires the row
    session.add(feed)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "telematics_feeds_name":
            raise errors.feed_name_taken(name) from None
        raise


@dataclass(frozen=True, slots=True)
class UnitFilter:
    """Which units a list shows; None means all."""

    feed_id: UUID | None = None
    machine_id: UUID | None = None
    matched: bool | None = None


async def unit(session: AsyncSession, principal: Principal, unit_id: UUID) -> Unit:
    """The unit as it is now; NotFound UNIT_NOT_FOUND when it is not the caller's."""
    statement = (
        select(Unit)
        .where(units_visible_to(principal), col(Unit.id) == unit_id)
        .execution_options(populate_existing=True)
    )
    found: Unit | None = await session.scalar(statement)
    if found is None:
        raise errors.unit_not_found(unit_id)
    return found


async def unit_named(session: AsyncSession, feed_id: UUID, equipment_id: str) -> Unit | None:
    """The unit of a feed by the name that the feed gives it."""
    found: Unit | None = await session.scalar(
        select(Unit).where(col(Unit.feed_id) == feed_id, col(Unit.equipment_id) == equipment_id)
    )
    return found


async def unit_of(session: AsyncSession, machine_id: UUID) -> Unit | None:
    """The unit that counts for a machine."""
    found: Unit | None = await session.scalar(select(Unit).where(col(Unit.machine_id) == machine_id))
    return found


async def units(session: AsyncSession, principal: Principal, wanted: UnitFilter, request: PageRequest) -> Page[Unit]:
    """The caller's units, newest first."""
    statement = select(Unit).where(units_visible_to(principal))
    if wanted.feed_id is not None:
        statement = statement.where(col(Unit.feed_id) == wanted.feed_id)
    if wanted.machine_id is not None:
        statement = statement.where(col(Unit.machine_id) == wanted.machine_id)
    if wanted.matched is not None:
        machine = col(Unit.machine_id)
        statement = statement.where(machine.is_not(None) if wanted.matched else machine.is_(None))
    return await paginate(session, statement, keys=(Unit.id,), request=request, descending=True)


async def readings(
    session: AsyncSession, unit_id: UUID, counted: bool | None, request: PageRequest
) -> Page[CounterReading]:
    """Readings of a unit that the caller may see, latest first."""
    statement = select(CounterReading).where(col(CounterReading.unit_id) == unit_id)
    if counted is not None:
        statement = statement.where(col(CounterReading.counted) == counted)
    return await paginate(session, statement, keys=(CounterReading.at,), request=request, descending=True)


@dataclass(frozen=True, slots=True)
class KnownUnit:
    """A unit after the page was laid over it."""

    unit_id: UUID
    machine_id: UUID | None
    replacements: tuple[datetime, ...]


@dataclass(frozen=True, slots=True)
class Around:
    """Around which new readings of one control unit to look: times, the highest new counter, the unit's bounds."""

    unit_id: UUID
    first: datetime
    last: datetime
    top: Decimal
    since: datetime = BEGINNING
    until: datetime = END


async def known(driver: Driver, lessor_id: UUID, feed_id: UUID, page: Mapping[str, FeedMachine]) -> Known:
    """What matching must know about the units of a page."""
    tied = await driver.fetch(_TIED, feed_id, list(page))
    serials = [machine.serial_number for machine in page.values() if machine.serial_number is not None]
    pins = [machine.pin for machine in page.values() if machine.pin is not None]
    rows = await driver.fetch(_CANDIDATES, lessor_id, serials, pins)
    return Known(
        tied={row["equipment_id"]: (row["machine_id"], MatchedBy(row["matched_by"])) for row in tied},
        candidates=[Candidate(row["id"], row["serial_number"], row["pin"]) for row in rows],
        taken=frozenset(row["id"] for row in rows if row["taken"]),
    )


async def write_units(
    driver: Driver,
    lessor_id: UUID,
    feed_id: UUID,
    now: datetime,
    page: Mapping[str, tuple[FeedMachine, Matched]],
) -> dict[str, KnownUnit]:
    """Write the units of a page, new ones and known ones; by equipment id."""
    machines = [machine for machine, _ in page.values()]
    matches = [matched for _, matched in page.values()]
    rows = await driver.fetch(
        _UNITS,
        feed_id,
        lessor_id,
        now,
        [new_id() for _ in page],
        list(page),
        [machine.oem_name for machine in machines],
        [machine.model for machine in machines],
        [machine.serial_number for machine in machines],
        [machine.pin for machine in machines],
        [matched.machine_id for matched in matches],
        [matched.matched_by for matched in matches],
        [machine.position.latitude if machine.position else None for machine in machines],
        [machine.position.longitude if machine.position else None for machine in machines],
    )
    return {row["equipment_id"]: KnownUnit(row["id"], row["machine_id"], tuple(row["replacements"])) for row in rows}


async def around(driver: Driver, windows: Sequence[Around]) -> dict[UUID, Readings]:
    """The readings around new ones, by unit."""
    rows = await driver.fetch(
        _AROUND,
        [window.unit_id for window in windows],
        [window.first for window in windows],
        [window.last for window in windows],
        [window.top for window in windows],
        [window.since for window in windows],
        [window.until for window in windows],
    )
    found: dict[UUID, Readings] = defaultdict(dict)
    for row in rows:
        found[row["unit_id"]][row["at"]] = (row["hours"], row["counted"])
    return found


async def insert(
    driver: Driver, page_id: UUID, now: datetime, rows: Sequence[tuple[UUID, datetime, Decimal, bool]]
) -> None:
    """New readings: unit, time, hours, counted."""
    await driver.execute(_INSERT, page_id, now, *_columns(rows, 4))


async def flip(driver: Driver, rows: Sequence[tuple[UUID, datetime, bool]]) -> None:
    """Readings that begin or cease to count."""
    await driver.execute(_FLIP, *_columns(rows, 3))


def _columns(rows: Sequence[tuple[Any, ...]], width: int) -> list[list[Any]]:
    return [[row[index] for row in rows] for index in range(width)]
