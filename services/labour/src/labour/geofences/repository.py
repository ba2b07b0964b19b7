"""The only SQL of geofences. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from labour.attendance.repository import visible_to as attendance_visible_to
from labour.attendance.rules import Location, NewSwipe
from labour.geofences import errors
from labour.geofences.models import Geofence, SwipeLocation
from labour.geofences.rules import EARTH_M, Area, Point

Driver: TypeAlias = "asyncpg.Connection[Any]"


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """Those of the projects in which the organisation takes part: its people are asked to stay inside."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    return col(Geofence.project_id).in_(replica.takes_part(principal.organisation_id, on))


@dataclass(frozen=True, slots=True)
class LocationFilter:
    """Which located swipes of one project a list shows; `flagged`: those with a signal, or those without."""

    project_id: UUID
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None
    flagged: bool | None = None


async def get(session: AsyncSession, principal: Principal, on: date, geofence_id: UUID) -> Geofence:
    """The caller's own geofence, locked; NotFound GEOFENCE_NOT_FOUND otherwise."""
    found = await session.scalar(
        select(Geofence)
        .where(
            visible_to(principal, on),
            col(Geofence.id) == geofence_id,
            col(Geofence.organisation_id) == principal.organisation_id,
        )
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise errors.geofence_not_found(geofence_id)
    return found


async def page(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, request: PageRequest
) -> Page[Geofence]:
    """The geofences of a project, newest first; those that have ended as well."""
    statement = select(Geofence).where(visible_to(principal, on), col(Geofence.project_id) == project_id)
    return await paginate(session, statement, keys=(Geofence.id,), request=request, descending=True)


async def page_of_locations(
    session: AsyncSession, principal: Principal, on: date, wanted: LocationFilter, request: PageRequest
) -> Page[SwipeLocation]:
    """Where the visible phone swipes of a project were made, latest first."""
    statement = select(SwipeLocation).where(
        attendance_visible_to(principal, on, SwipeLocation), col(SwipeLocation.project_id) == wanted.project_id
    )
    for name in ("employer_id", "worker_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(SwipeLocation, name) == value)
    if wanted.since is not None:
        statement = statement.where(col(SwipeLocation.at) >= wanted.since)
    if wanted.until is not None:
        statement = statement.where(col(SwipeLocation.at) < wanted.until)
    if wanted.flagged is not None:
        odd = or_(col(SwipeLocation.too_fast), func.cardinality(col(SwipeLocation.signals)) > 0)
        statement = statement.where(odd if wanted.flagged else ~odd)
    keys = (SwipeLocation.at, SwipeLocation.device_id, SwipeLocation.sequence)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


AREAS = "SELECT points, radius_m FROM geofences WHERE project_id = $1 AND ended_at IS NULL"

PLACE = """
INSERT INTO swipe_locations (device_id, project_id, sequence, worker_id, employer_id, at, lng, lat, accuracy_m, signals,
                             too_fast)
SELECT $1, $2, sequence, worker_id::uuid, employer_id::uuid, at, lng, lat, accuracy_m,
       coalesce(string_to_array(nullif(signals, ''), ' '), '{}'), false
FROM unnest($3::bigint[], $4::text[], $5::text[], $6::timestamptz[], $7::numeric[], $8::numeric[],
            $9::numeric[], $10::text[])
  AS given (sequence, worker_id, employer_id, at, lng, lat, accuracy_m, signals)
ON CONFLICT DO NOTHING
"""

SPEED = """
WITH asked AS (
  SELECT worker_id::uuid, min(at) AS first, max(at) AS last
  FROM unnest($1::text[], $2::timestamptz[]) AS given (worker_id, at) GROUP BY 1
), around AS (
  SELECT l.device_id, l.sequence, l.worker_id, l.at, radians(l.lng::float8) AS lng,
         radians(l.lat::float8) AS lat, l.too_fast
  FROM asked a JOIN swipe_locations l ON l.worker_id = a.worker_id
   AND l.at >= coalesce((SELECT max(b.at) FROM swipe_locations b
                         WHERE b.worker_id = a.worker_id AND b.at < a.first), a.first)
   AND l.at <= coalesce((SELECT min(b.at) FROM swipe_locations b
                         WHERE b.worker_id = a.worker_id AND b.at > a.last), a.last)
), paired AS (
  SELECT *, lag(lng) OVER one AS lng_before, lag(lat) OVER one AS lat_before,
         extract(epoch FROM at - lag(at) OVER one)::float8 AS seconds
  FROM around WINDOW one AS (PARTITION BY worker_id ORDER BY at, device_id, sequence)
), judged AS (
  SELECT device_id, sequence, too_fast, seconds IS NOT NULL AND
         2 * $3::float8 * asin(sqrt(least(1, power(sin((lat - lat_before) / 2), 2)
           + cos(lat_before) * cos(lat) * power(sin((lng - lng_before) / 2), 2))))
         > $4::float8 / 3.6 * greatest(seconds, 1) AS fast
  FROM paired WHERE seconds IS NOT NULL
), changed AS (
  UPDATE swipe_locations l SET too_fast = j.fast FROM judged j
  WHERE l.device_id = j.device_id AND l.sequence = j.sequence AND l.too_fast <> j.fast
)
SELECT sequence FROM judged WHERE fast AND device_id = $5
"""
"""Whoever arrives in between two swipes changes what the later one is compared with: both are judged again."""


async def areas(driver: Driver, project_id: UUID) -> list[Area]:
    """The areas of a project that are in force."""
    rows = await driver.fetch(AREAS, project_id)
    return [Area(tuple(Point(*point) for point in points), radius) for points, radius in rows]


async def place(
    driver: Driver,
    device_id: UUID,
    project_id: UUID,
    located: Sequence[tuple[NewSwipe, Location]],
    signals: Mapping[int, Sequence[str]],
) -> None:
    """Keep where swipes were made, and their signals."""
    await driver.execute(
        PLACE,
        device_id,
        project_id,
        [one.sequence for one, _ in located],
        [one.standing.worker_id for one, _ in located],
        [one.standing.employer_id for one, _ in located],
        [one.at for one, _ in located],
        [location.lng for _, location in located],
        [location.lat for _, location in located],
        [location.accuracy_m for _, location in located],
        [" ".join(signals[one.sequence]) for one, _ in located],
    )


async def mark_speed(driver: Driver, swipes: Sequence[NewSwipe], fastest: int, device_id: UUID) -> list[int]:
    """Judge speeds between a worker's located swipes anew around these; the device's numbers that came too fast."""
    worker_ids, instants = [one.standing.worker_id for one in swipes], [one.at for one in swipes]
    rows = await driver.fetch(SPEED, worker_ids, instants, EARTH_M, fastest, device_id)
    return [row["sequence"] for row in rows]
