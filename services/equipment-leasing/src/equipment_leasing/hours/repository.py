"""The only SQL of machine hours. Bulk statements take arrays and answer rows (design rule 12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from equipment_leasing.hours.models import DayHours
from equipment_leasing.hours.rules import Cell, HoursChange, Span, Stay
from equipment_leasing.telematics.models import Feed
from equipment_leasing.telematics.rules import Reading

if TYPE_CHECKING:
    Driver = asyncpg.Connection[Any]

_COUNTED = """
SELECT w.machine_id, r.at, r.hours
FROM unnest($1::uuid[], $2::timestamptz[], $3::timestamptz[]) AS w(machine_id, start, stop)
JOIN telematics_units u ON u.machine_id = w.machine_id
JOIN telematics_readings r ON r.unit_id = u.id AND r.counted
  AND r.at >= coalesce((SELECT max(x.at) FROM telematics_readings x
      WHERE x.unit_id = u.id AND x.counted AND x.at <= w.start), w.start)
  AND r.at <= coalesce((SELECT min(x.at) FROM telematics_readings x
      WHERE x.unit_id = u.id AND x.counted AND x.at >= w.stop), w.stop)
"""
_STAYS = """
SELECT b.machine_id, b.project_id, b.handed_over_at, b.returned_at, b.lessor_id
FROM bookings b WHERE b.machine_id = ANY($1::uuid[]) AND b.handed_over_at IS NOT NULL
"""
_REPLACED = "SELECT machine_id, replacements FROM telematics_units WHERE machine_id = ANY($1::uuid[])"
_PUBLISHED = """
SELECT h.machine_id, h.project_id, h.day, h.hours
FROM unnest($1::uuid[], $2::date[], $3::date[]) AS w(machine_id, first_day, last_day)
JOIN machine_hours h ON h.machine_id = w.machine_id AND h.day BETWEEN w.first_day AND w.last_day
"""
_WRITE = """
INSERT INTO machine_hours (machine_id, project_id, day, lessor_id, hours, updated_at)
SELECT machine_id, project_id, day, $1, hours, $2
FROM unnest($3::uuid[], $4::uuid[], $5::date[], $6::numeric[]) AS d(machine_id, project_id, day, hours)
ON CONFLICT (machine_id, project_id, day) DO UPDATE
SET hours = excluded.hours, updated_at = excluded.updated_at
"""


def visible_to(principal: Principal, today: date) -> ColumnElement[bool]:
    """The lessor sees the hours of its machines, the parties of a project those on it, the authority all."""
    if principal.is_service or Kind.AUTHORITY in principal.kinds:
        return true()
    return or_(
        col(DayHours.lessor_id) == principal.organisation_id,
        col(DayHours.project_id).in_(replica.takes_part(principal.organisation_id, today)),
    )


@dataclass(frozen=True, slots=True)
class HoursFilter:
    """Which hours a list shows; None means all; days inclusive."""

    project_id: UUID | None = None
    machine_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None


async def page(
    session: AsyncSession, principal: Principal, today: date, wanted: HoursFilter, request: PageRequest
) -> Page[DayHours]:
    """Hours per project, machine and day, latest day first."""
    statement = select(DayHours).where(visible_to(principal, today))
    if wanted.project_id is not None:
        statement = statement.where(col(DayHours.project_id) == wanted.project_id)
    if wanted.machine_id is not None:
        statement = statement.where(col(DayHours.machine_id) == wanted.machine_id)
    if wanted.first_day is not None:
        statement = statement.where(col(DayHours.day) >= wanted.first_day)
    if wanted.last_day is not None:
        statement = statement.where(col(DayHours.day) <= wanted.last_day)
    keys = (DayHours.day, DayHours.project_id, DayHours.machine_id)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


async def queue(session: AsyncSession, lessor_id: UUID) -> None:
    """Wait until nobody else changes readings, units or hours of this lessor; held to the end of the transaction.

    Hours come from readings and stays together: a page and a hand-over at the same moment must see each other.
    """
    statement = select(col(Feed.id)).where(col(Feed.lessor_id) == lessor_id).order_by(col(Feed.id)).with_for_update()
    (await session.execute(statement)).all()


async def counted(driver: Driver, spans: Sequence[Span]) -> dict[UUID, list[Reading]]:
    """Counted readings that cover the days of the spans, by machine."""
    rows = await driver.fetch(
        _COUNTED,
        [span.machine_id for span in spans],
        [span.start for span in spans],
        [span.stop for span in spans],
    )
    found: dict[UUID, list[Reading]] = defaultdict(list)
    for row in rows:
        found[row["machine_id"]].append(Reading(row["at"], row["hours"]))
    return found


async def stays(driver: Driver, machine_ids: Sequence[UUID]) -> dict[UUID, list[Stay]]:
    """Where the machines stood and stand, by machine."""
    found: dict[UUID, list[Stay]] = defaultdict(list)
    for row in await driver.fetch(_STAYS, machine_ids):
        found[row["machine_id"]].append(Stay(row["project_id"], row["handed_over_at"], row["returned_at"]))
    return found


async def replacements(driver: Driver, machine_ids: Sequence[UUID]) -> dict[UUID, tuple[datetime, ...]]:
    """When control units were replaced, by machine."""
    rows = await driver.fetch(_REPLACED, machine_ids)
    return {row["machine_id"]: tuple(row["replacements"]) for row in rows}


async def published(driver: Driver, spans: Sequence[Span]) -> dict[UUID, dict[Cell, Decimal]]:
    """Hours as published for the days of the spans, by machine."""
    rows = await driver.fetch(
        _PUBLISHED,
        [span.machine_id for span in spans],
        [span.first_day for span in spans],
        [span.last_day for span in spans],
    )
    found: dict[UUID, dict[Cell, Decimal]] = defaultdict(dict)
    for row in rows:
        found[row["machine_id"]][Cell(row["project_id"], row["day"])] = row["hours"]
    return found


async def write(driver: Driver, lessor_id: UUID, now: datetime, changes: Sequence[HoursChange]) -> None:
    """Write the hours as they are after the changes."""
    rows = [(one.machine_id, one.project_id, one.day, one.hours) for one in changes]
    await driver.execute(_WRITE, lessor_id, now, *([row[index] for row in rows] for index in range(4)))
