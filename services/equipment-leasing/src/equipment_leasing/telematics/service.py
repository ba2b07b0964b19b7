"""Use cases of telematics, except taking a page in (commands/take_page.py)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from equipment_leasing import permissions
from equipment_leasing.hours import repository as hours
from equipment_leasing.hours.rules import span
from equipment_leasing.hours.service import recount
from equipment_leasing.machines import repository as machines
from equipment_leasing.telematics import errors, repository, rules
from equipment_leasing.telematics.models import CounterReading, Feed, MatchedBy, Unit
from equipment_leasing.telematics.repository import Around, UnitFilter


@dataclass(frozen=True, slots=True)
class MapUnit:
    """Which machine a unit of a feed is; None unties it."""

    feed_id: UUID
    equipment_id: str
    machine_id: UUID | None


@dataclass(frozen=True, slots=True)
class ReplaceControlUnit:
    """From `at` on another control unit counts afresh."""

    unit_id: UUID
    expected_version: int | None
    at: datetime


async def open_feed(work: Work, name: str) -> Feed:
    """A new feed of the caller's."""
    work.require(permissions.FEEDS_MANAGE)
    feed = Feed(lessor_id=work.principal.organisation_id, name=name, created_at=work.now, updated_at=work.now)
    await repository.save_feed(await work.writing(), feed)
    work.audit("telematics.open-feed", "feed", feed.id, None, audit.fields(feed, "name"))
    return feed


async def feed(work: Work, feed_id: UUID) -> Feed:
    """One feed."""
    work.require(permissions.FEEDS_READ)
    async with work.reading() as session:
        return await repository.feed(session, work.principal, feed_id)


async def feeds(work: Work, name: str | None, request: PageRequest) -> Page[Feed]:
    """The caller's feeds, newest first."""
    work.require(permissions.FEEDS_READ)
    async with work.reading() as session:
        return await repository.feeds(session, work.principal, name, request)


async def unit(work: Work, unit_id: UUID) -> Unit:
    """One unit."""
    work.require(permissions.FEEDS_READ)
    async with work.reading() as session:
        return await repository.unit(session, work.principal, unit_id)


async def units(work: Work, wanted: UnitFilter, request: PageRequest) -> Page[Unit]:
    """The caller's units, newest first."""
    work.require(permissions.FEEDS_READ)
    async with work.reading() as session:
        return await repository.units(session, work.principal, wanted, request)


async def readings(work: Work, unit_id: UUID, counted: bool | None, request: PageRequest) -> Page[CounterReading]:
    """Readings of a unit, latest first."""
    work.require(permissions.FEEDS_READ)
    async with work.reading() as session:
        found = await repository.unit(session, work.principal, unit_id)
        return await repository.readings(session, found.id, counted, request)


async def map_unit(work: Work, command: MapUnit) -> Unit:
    """Tie a unit of a feed to a machine of the caller's, before or after its first page, or untie it.

    FailedPrecondition MACHINE_HAS_UNIT while another unit counts for the machine. Hours follow at once.
    """
    work.require(permissions.FEEDS_MANAGE)
    session = await work.writing()
    feed = await repository.feed(session, work.principal, command.feed_id)
    await hours.queue(session, feed.lessor_id)
    if command.machine_id is not None:
        machine = await machines.own_for_update(session, work.principal, command.machine_id)
        other = await repository.unit_of(session, machine.id)
        if other is not None and (other.feed_id, other.equipment_id) != (feed.id, command.equipment_id):
            raise errors.machine_has_unit(other.equipment_id)
    found = await repository.unit_named(session, feed.id, command.equipment_id)
    before = None if found is None else audit.fields(found, "machine_id", "matched_by")
    untied = None if found is None else found.machine_id
    unit = found or Unit(
        feed_id=feed.id,
        lessor_id=feed.lessor_id,
        equipment_id=command.equipment_id,
        created_at=work.now,
        updated_at=work.now,
    )
    unit.machine_id = command.machine_id
    unit.matched_by = None if command.machine_id is None else MatchedBy.MAPPING
    if found is not None:
        touch(unit, work)
    session.add(unit)
    await session.flush()
    moved = {machine_id for machine_id in (untied, command.machine_id) if machine_id is not None}
    await recount(work, feed.lessor_id, new_id(), [span(machine_id) for machine_id in sorted(moved)])
    work.audit("telematics.map-unit", "unit", unit.id, before, audit.fields(unit, "equipment_id", "machine_id"))
    return unit


async def replace_control_unit(work: Work, command: ReplaceControlUnit) -> Unit:
    """Say that a counter went back because its control unit was replaced (更换控制器) at an instant.

    From then on the counter is compared with its own readings only; those that were kept uncounted begin to count.
    Between the last reading of the old and the first of the new one nothing is known, so nothing is counted.
    """
    work.require(permissions.FEEDS_MANAGE)
    if command.at > work.now:
        raise errors.in_the_future("at")
    session = await work.writing()
    unit = await repository.unit(session, work.principal, command.unit_id)
    await hours.queue(session, unit.lessor_id)
    unit = await repository.unit(session, work.principal, command.unit_id)
    check_version(unit, command.expected_version)
    before = {"replacements": [at.isoformat() for at in unit.replacements]}
    unit.replacements = sorted({*unit.replacements, command.at})
    touch(unit, work)
    await session.flush()
    driver = await work.driver()
    everything = (await repository.around(driver, [_everything(unit.id)])).get(unit.id, {})
    flips = rules.take([], everything, unit.replacements).flips
    if flips:
        await repository.flip(driver, [(unit.id, at, counted) for at, counted in flips.items()])
    if unit.machine_id is not None:
        await recount(work, unit.lessor_id, new_id(), [span(unit.machine_id)])
    after = {"replacements": [at.isoformat() for at in unit.replacements]}
    work.audit("telematics.replace-control-unit", "unit", unit.id, before, after)
    return unit


def _everything(unit_id: UUID) -> Around:
    """All readings of a unit: around an instant before the first of them, nothing is counted and high enough."""
    return Around(unit_id, first=repository.BEGINNING, last=repository.END, top=rules.ABOVE_ALL)
