"""The REST door of machine hours."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from chassis.identity import Kind, Role
from equipment_leasing.hours.events import HOURS_RECORDED
from tests.equipment_leasing.conftest import Yard
from tests.equipment_leasing.feeds import MORNING, hours, on_site, open_feed, take, tie
from tests.equipment_leasing.telematics.pages import machine
from tests.harness import Harness, organisation
from zhulian.equipment.v1.events_pb2 import MachineHoursRecorded


async def test_hours_reach_the_project_of_the_day(yard: Yard, equipment: Harness) -> None:
    """Two readings on site make hours; one fact per page; the lessor, the lessee and the owner read the same."""
    machine_id = await on_site(yard)
    feed_id = await open_feed(yard)
    await tie(yard, feed_id, "EX 200 #3", machine_id)
    first = await take(yard, feed_id, machine("EX 200 #3", at=MORNING, hours="100.00"))
    assert first["hours"] == []
    second = await take(yard, feed_id, machine("EX 200 #3", at=MORNING + timedelta(hours=3), hours="102.50"))
    assert second["hours"] == [
        {"project_id": str(yard.project_id), "machine_id": str(machine_id), "day": "2026-11-23", "delta": "2.50"}
    ]
    [fact] = await equipment.events(HOURS_RECORDED, UUID(second["page_id"]), MachineHoursRecorded)
    assert (fact.batch_id, [one.delta for one in fact.hours]) == (second["page_id"], ["2.50"])
    for who in (yard.manager, yard.buyer, yard.owner.as_(Role.VIEWER), organisation(Kind.AUTHORITY).as_(Role.VIEWER)):
        assert await hours(yard, who) == {"2026-11-23": "2.50"}
    for who in (organisation(Kind.LESSOR).as_(Role.VIEWER), organisation(Kind.CONTRACTOR).as_(Role.BUYER)):
        assert await hours(yard, who) == {}


async def test_hours_are_paged_by_day(yard: Yard) -> None:
    """Latest first, stable, filtered by day and machine."""
    machine_id = await on_site(yard, MORNING - timedelta(days=4))
    feed_id = await open_feed(yard)
    await tie(yard, feed_id, "E", machine_id)
    for day in range(5):
        at = MORNING - timedelta(days=4 - day)
        await take(yard, feed_id, machine("E", at=at, hours=f"{10 + day * 8}"))
    days: list[str] = []
    token = ""
    while True:
        answer = await yard.get(yard.buyer, "/hours", machine_id=machine_id, page_size=2, page_token=token)
        days += [item["day"] for item in answer.json()["items"]]
        token = answer.json()["next_page_token"]
        if not token:
            break
    assert days == ["2026-11-23", "2026-11-22", "2026-11-21", "2026-11-20", "2026-11-19"]
    some = await yard.get(yard.buyer, "/hours", machine_id=machine_id, first_day="2026-11-20", last_day="2026-11-21")
    assert [item["day"] for item in some.json()["items"]] == ["2026-11-21", "2026-11-20"]
