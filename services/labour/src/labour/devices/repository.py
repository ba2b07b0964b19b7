"""The only SQL of devices. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
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
from labour.assignments.repository import OVERSEEING
from labour.devices import errors
from labour.devices.models import Device, Incident, IncidentKind
from labour.devices.rules import Step
from labour.devices.states import State


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """The organisation's own devices, and those of the projects that it oversees."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    overseen = replica.takes_part(principal.organisation_id, on, *OVERSEEING)
    return or_(col(Device.organisation_id) == principal.organisation_id, col(Device.project_id).in_(overseen))


@dataclass(frozen=True, slots=True)
class DeviceFilter:
    """Which devices a list shows; None means all. `silent_since`: active, and not heard of since."""

    project_id: UUID | None = None
    client_id: str | None = None
    silent_since: datetime | None = None


@dataclass(frozen=True, slots=True)
class IncidentFilter:
    """Which incidents of one project a list shows."""

    project_id: UUID
    device_id: UUID | None = None
    kind: IncidentKind | None = None


async def get(session: AsyncSession, principal: Principal, on: date, device_id: UUID, *, lock: bool = False) -> Device:
    """The device; NotFound DEVICE_NOT_FOUND when the caller may not see it."""
    statement = select(Device).where(visible_to(principal, on), col(Device.id) == device_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.device_not_found(device_id)
    return found


async def one_at_a_time(session: AsyncSession, project_id: UUID) -> None:
    """Two registrations for one project run one after the other."""
    name = f"labour.gate_devices:{project_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def name_is_taken(session: AsyncSession, project_id: UUID, name: str) -> bool:
    """Whether the project has a device of this name."""
    statement = select(col(Device.id)).where(col(Device.project_id) == project_id, col(Device.name) == name)
    return await session.scalar(statement) is not None


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: DeviceFilter, request: PageRequest
) -> Page[Device]:
    """The visible devices, newest first."""
    statement = select(Device).where(visible_to(principal, on))
    for name in ("project_id", "client_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Device, name) == value)
    if wanted.silent_since is not None:
        heard = func.coalesce(col(Device.last_seen_at), col(Device.created_at))
        statement = statement.where(col(Device.state) == State.ACTIVE, heard < wanted.silent_since)
    return await paginate(session, statement, keys=(Device.id,), request=request, descending=True)


async def page_of_incidents(
    session: AsyncSession, principal: Principal, on: date, wanted: IncidentFilter, request: PageRequest
) -> Page[Incident]:
    """What was odd about the clocks of the visible devices, latest first."""
    statement = (
        select(Incident)
        .join(Device, col(Device.id) == col(Incident.device_id))
        .where(visible_to(principal, on), col(Incident.project_id) == wanted.project_id)
    )
    for name in ("device_id", "kind"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Incident, name) == value)
    keys = (Incident.noticed_at, Incident.device_id, Incident.sequence, Incident.kind)
    return await paginate(session, statement, keys=keys, request=request, descending=True)


# --- with each batch of swipes (a hot path of the benchmarks) -------------------------------------------------------

Driver: TypeAlias = "asyncpg.Connection[Any]"

SENDER = """
SELECT d.project_id, d.state, d.channel, d.last_sequence, d.last_swipe_at, d.clock_drift_ms,
       coalesce(p.city, '*') AS city
FROM gate_devices d LEFT JOIN known_projects p USING (project_id)
WHERE d.id = $1 AND d.organisation_id = $2 AND d.client_id = $3 FOR NO KEY UPDATE OF d
"""

SIGNED = """
UPDATE gate_devices SET last_seen_at = $2, clock_drift_ms = coalesce($3, clock_drift_ms),
  last_swipe_at = CASE WHEN $4 > last_sequence THEN $5 ELSE last_swipe_at END,
  last_sequence = greatest(last_sequence, $4)
WHERE id = $1
"""

INCIDENTS = """
INSERT INTO device_incidents (device_id, project_id, noticed_at, kind, sequence, offset_ms)
SELECT $1, $2, $3, kind, sequence, offset_ms
FROM unnest($4::text[], $5::bigint[], $6::bigint[]) AS given (kind, sequence, offset_ms)
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class Sender:
    """A device that may send: its project, state and kind, what it last said, the city whose rules apply."""

    project_id: UUID
    state: str
    channel: str
    last_sequence: int
    last_swipe_at: datetime | None
    clock_drift_ms: int | None
    city: str


async def sender(driver: Driver, principal: Principal, device_id: UUID) -> Sender:
    """The device, if it is this organisation's and signs in with this client; NotFound DEVICE_NOT_FOUND otherwise.

    Locked: batches of one device run one after the other, so its largest number tells what may be known already.
    """
    row = await driver.fetchrow(SENDER, device_id, principal.organisation_id, principal.client_id)
    if row is None:
        raise errors.device_not_found(device_id)
    return Sender(**row)


async def signed(driver: Driver, device_id: UUID, now: datetime, last: Step | None, drift_ms: int | None) -> None:
    """Note what a batch tells of its device: that it is there, its greatest number, its clock."""
    sequence, at = last or (-1, None)
    await driver.execute(SIGNED, device_id, now, drift_ms, sequence, at)


async def note(
    driver: Driver, device_id: UUID, project_id: UUID, now: datetime, found: Sequence[tuple[IncidentKind, int, int]]
) -> None:
    """Keep (kind, number, milliseconds) of what is odd; each once, however often it is noticed."""
    kinds, sequences, offsets = zip(*found, strict=True)
    await driver.execute(INCIDENTS, device_id, project_id, now, kinds, sequences, offsets)
