"""Use cases of machine hours.

The hours of a day follow from the counted readings and the stays alone; what differs from the published figure is
published as a difference, so figures elsewhere agree whatever the order.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work
from equipment_leasing import permissions
from equipment_leasing.hours import events, repository, rules
from equipment_leasing.hours.models import DayHours
from equipment_leasing.hours.repository import HoursFilter
from equipment_leasing.hours.rules import HoursChange, Span
from equipment_leasing.telematics import repository as telematics


async def page(work: Work, wanted: HoursFilter, request: PageRequest) -> Page[DayHours]:
    """Hours per project, machine and day, latest day first."""
    work.require(permissions.HOURS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


async def recount(work: Work, lessor_id: UUID, batch_id: UUID, changed: Sequence[Span]) -> list[HoursChange]:
    """Recount these days, write and publish the differences. The caller has queued for the lessor."""
    if not changed:
        return []
    driver = await work.driver()
    machine_ids = [one.machine_id for one in changed]
    readings = await repository.counted(driver, changed)
    stays = await repository.stays(driver, machine_ids)
    replacements = await repository.replacements(driver, machine_ids)
    published = await repository.published(driver, changed)
    changes: list[HoursChange] = []
    for one in changed:
        machine_id = one.machine_id
        cells = rules.hours_by_day(
            readings.get(machine_id, ()), replacements.get(machine_id, ()), stays.get(machine_id, ())
        )
        within = {cell: hours for cell, hours in cells.items() if one.first_day <= cell.day <= one.last_day}
        for cell, delta in rules.differences(within, published.get(machine_id, {})).items():
            hours = within.get(cell, rules.ZERO)
            changes.append(HoursChange(cell.project_id, machine_id, cell.day, delta, hours))
    if changes:
        changes.sort()
        await repository.write(driver, lessor_id, work.now, changes)
        for event in events.hours_recorded(batch_id, changes):
            work.emit(event)
    return changes


async def recount_since(work: Work, lessor_id: UUID, machine_id: UUID, at: datetime) -> None:
    """A machine was handed over or returned at that instant, perhaps entered late: recount from that day on."""
    session = await work.writing()
    await repository.queue(session, lessor_id)
    if await telematics.unit_of(session, machine_id) is not None:
        await recount(work, lessor_id, new_id(), [rules.span(machine_id, since=at)])
