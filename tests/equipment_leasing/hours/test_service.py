"""Hours follow from readings and stays, in whatever order these become known."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from chassis.ids import new_id
from equipment_leasing.hours import repository
from tests.equipment_leasing.conftest import Yard
from tests.equipment_leasing.feeds import MORNING, hours, on_site, open_feed, send, take, tie, told
from tests.equipment_leasing.telematics.pages import fleet, machine
from tests.harness import Harness


async def test_pages_in_any_order_tell_the_same_hours(yard: Yard, equipment: Harness) -> None:
    """Late, double and lower readings, one page each, in three orders: the same figures, and the facts add up."""
    start = MORNING - timedelta(days=3)
    readings = [(0, "50.00"), (10, "55.00"), (20, "57.00"), (30, "12.00"), (41, "66.00"), (60, "80.00")]
    expected: dict[str, str] | None = None
    for order in ([0, 1, 2, 3, 4, 5], [5, 4, 3, 2, 1, 0], [2, 5, 0, 3, 0, 4, 1]):
        other = Yard(equipment)
        other.projects.projects.add(other.project_id)
        other.projects.parties[other.project_id, other.contractor.id] = yard.projects.parties[
            yard.project_id, yard.contractor.id
        ]
        machine_id = await on_site(other, start)
        feed_id = await open_feed(other)
        await tie(other, feed_id, "E", machine_id)
        for number in order:
            hour, counter = readings[number]
            await take(other, feed_id, machine("E", at=start + timedelta(hours=hour), hours=counter))
        found = await hours(other, other.manager)
        expected = expected or found
        assert found == expected
        assert await told(other) == {day: Decimal(value) for day, value in found.items()}
        assert sum(Decimal(value) for value in found.values()) == Decimal("30.00")


async def test_a_hand_over_and_a_return_that_are_entered_late_move_hours(yard: Yard, equipment: Harness) -> None:
    """Readings came first; then it is said from when to when the machine stood there."""
    machine_id = await yard.clear_machine()
    feed_id = await open_feed(yard)
    await tie(yard, feed_id, "E", machine_id)
    await take(yard, feed_id, machine("E", at=MORNING, hours="0"))
    await take(yard, feed_id, machine("E", at=MORNING + timedelta(hours=4), hours="4"))
    booking_id = await yard.booking("confirmed", await yard.listing(machine_id), first=-1)
    over = {"operator_worker_id": str(new_id()), "at": (MORNING + timedelta(hours=1)).isoformat()}
    await yard.post(yard.manager, f"/bookings/{booking_id}:hand-over", over)
    assert await hours(yard) == {"2026-11-23": "3.00"}
    back = {"at": (MORNING + timedelta(hours=3)).isoformat()}
    await yard.post(yard.manager, f"/bookings/{booking_id}:return", back)
    assert await hours(yard) == {"2026-11-23": "2.00"}
    assert await told(yard) == {"2026-11-23": Decimal("2.00")}


async def test_parallel_pages_of_one_feed_lose_nothing(yard: Yard) -> None:
    """Ten pages at once: every reading is kept once, hours and facts agree."""
    machine_id = await on_site(yard)
    feed_id = await open_feed(yard)
    await tie(yard, feed_id, "E", machine_id)
    pages = [fleet(machine("E", at=MORNING + timedelta(minutes=20 * n), hours=f"{n}.5")) for n in range(10)]
    answers = await asyncio.gather(*(send(yard, feed_id, page) for page in pages))
    assert [answer.status_code for answer in answers] == [200] * 10
    assert await hours(yard) == {"2026-11-23": "9.00"}
    assert await told(yard) == {"2026-11-23": Decimal("9.00")}


async def test_a_page_waits_for_whoever_changes_the_lessors_hours(yard: Yard, equipment: Harness) -> None:
    """A hand-over and a page at the same moment: one after the other, so that neither misses the other."""
    machine_id = await on_site(yard)
    feed_id = await open_feed(yard)
    await tie(yard, feed_id, "E", machine_id)
    page = fleet(machine("E", at=MORNING, hours="1"))
    async with equipment.work(yard.manager) as work:
        await repository.queue(await work.writing(), yard.lessor.id)
        sending = asyncio.create_task(send(yard, feed_id, page))
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(asyncio.shield(sending), 0.5)
    answer = await asyncio.wait_for(sending, 10)
    assert answer.status_code == 200
