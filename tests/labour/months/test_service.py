"""A month that payroll has closed, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal

from chassis.pages import PageRequest
from labour.attendance import service as attendance
from labour.attendance.service import AttendanceFilter, lock_month, unlock_month
from labour.months import service
from tests.harness import NOON
from tests.labour.attendance.conftest import Gate, at
from tests.labour.conftest import worker_row
from tests.labour.repairs.conftest import approve, forgotten, propose, told
from tests.labour.repairs.test_service import facts

NOVEMBER = date(2026, 11, 1)


async def lock(gate: Gate, month: date = NOVEMBER) -> bool:
    async with gate.site.harness.work(gate.site.clerk) as work:
        return await lock_month(work, gate.site.project_id, gate.site.subcontractor.id, month)


async def unlock(gate: Gate, month: date = NOVEMBER) -> bool:
    async with gate.site.harness.work(gate.site.clerk) as work:
        return await unlock_month(work, gate.site.project_id, gate.site.subcontractor.id, month)


async def test_a_late_swipe_changes_nothing_of_a_locked_month_but_is_kept_and_listed(gate: Gate) -> None:
    await gate.send(gate.swipe(0, "in", at(8)))
    assert (await lock(gate, date(2026, 11, 30)), await lock(gate)) == (True, False)
    late = await gate.send(gate.swipe(0, "out", at(17)), gate.swipe(1, "in", at(18)))
    assert (late.accepted, late.warnings) == (2, {0: ("LATE", "MONTH_LOCKED"), 1: ("LATE", "MONTH_LOCKED")})
    assert await gate.deltas(late) == {}
    assert await gate.counted() == {}
    async with gate.site.harness.work(gate.site.clerk) as work:
        listed = await attendance.page_of_swipes(
            work, AttendanceFilter(gate.site.project_id, counted=False), PageRequest()
        )
        locked = await service.page(work, gate.site.project_id, PageRequest())
    assert sorted(swipe.sequence for swipe in listed.items) == [2, 3]
    assert [(one.employer_id, one.month) for one in locked.items] == [(gate.site.subcontractor.id, NOVEMBER)]


async def test_opened_again_it_counts_what_came_meanwhile_and_says_so(gate: Gate) -> None:
    await gate.send(gate.swipe(0, "in", at(8)))
    await lock(gate)
    await gate.send(gate.swipe(0, "out", at(17)))
    assert (await unlock(gate), await unlock(gate)) == (True, False)
    assert await gate.counted() == {("2026-11-22", gate.workers[0]): "1.00"}
    last = (await facts(gate))[-1]
    assert [(day.day.date, day.delta) for day in last.days] == [("2026-11-22", "1.00")]
    assert (await gate.send(gate.swipe(1, "in", at(18)))).warnings == {0: ("LATE",)}


async def test_it_refuses_repairs_also_those_proposed_before(gate: Gate) -> None:
    proposed = await propose(gate, forgotten(gate, 0, "in", at(8)))
    await lock(gate)
    before = await gate.site.harness.checksum()
    assert told(await propose(gate, forgotten(gate, 0, "out", at(17)))) == ["MONTH_LOCKED"]
    assert told(await approve(gate, proposed)) == ["MONTH_LOCKED"]
    assert await gate.site.harness.checksum() == before
    await unlock(gate)
    assert told(await approve(gate, proposed)) == ["approved"]


async def test_another_employers_month_stays_open(gate: Gate) -> None:
    async with gate.site.harness.work(gate.site.clerk) as work:
        await lock_month(work, gate.site.project_id, gate.site.contractor.id, NOVEMBER)
    assert (await gate.send(gate.swipe(0, "in", at(8)))).warnings == {0: ("LATE",)}


async def test_the_last_night_of_a_locked_month_is_left_as_it_was(gate: Gate) -> None:
    """An out on the first of the next month closes the night shift before: once the month is open again."""
    [guest] = await gate.site.workers(worker_row())
    await gate.site.assigned([guest], enter_at=(NOON - timedelta(days=40)).isoformat())
    october = 23  # days from 31 October to the day of the tests
    await gate.send(gate.swipe(guest, "in", at(20, days_ago=october)))
    await lock(gate, date(2026, 10, 1))
    morning = await gate.send(gate.swipe(guest, "out", at(30, days_ago=october)))
    assert morning.warnings == {0: ("LATE",)}
    assert (await gate.deltas(morning), await gate.counted()) == ({}, {})
    await unlock(gate, date(2026, 10, 1))
    assert await gate.counted() == {("2026-10-31", guest): "1.00"}


async def test_a_batch_on_the_way_comes_before_or_after_the_lock_not_in_between(gate: Gate) -> None:
    """Batches, repairs and the lock take turns: what facts tell adds up to what stands, locked or not."""
    swipes = [
        gate.swipe(n % 4, way, at(hour, days_ago=n)) for n in range(1, 9) for way, hour in (("in", 8), ("out", 17))
    ]
    sends = [gate.send(*swipes[place::4]) for place in range(4)]
    outcomes = await asyncio.gather(*sends[:2], lock(gate), *sends[2:])
    assert outcomes[2] is True
    stands = sum(Decimal(days) for days in (await gate.counted()).values())
    assert sum(Decimal(day.delta) for fact in await facts(gate) for day in fact.days) == stands
    await unlock(gate)
    assert sum(Decimal(days) for days in (await gate.counted()).values()) == 8
