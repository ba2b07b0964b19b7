"""Feeds, units and hours through the public doors, for several tests."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import httpx

from chassis.identity import Principal
from chassis.ids import new_id
from equipment_leasing.hours.events import HOURS_RECORDED
from tests.equipment_leasing.conftest import BASE, Yard
from tests.equipment_leasing.telematics.pages import fleet
from tests.harness import key
from zhulian.equipment.v1.events_pb2 import MachineHoursRecorded

XML = {"Content-Type": "application/xml"}
MORNING = datetime(2026, 11, 23, 0, 0, tzinfo=UTC)
"""Eight o'clock in Shanghai."""


async def open_feed(yard: Yard, name: str = "OEM") -> UUID:
    return UUID((await yard.post(yard.manager, "/telematics/feeds", {"name": name}, status=201))["id"])


async def send(
    yard: Yard, feed_id: UUID, content: bytes, who: Principal | None = None, headers: dict[str, str] | None = None
) -> httpx.Response:
    async with yard.harness.client(who or yard.device) as client:
        return await client.post(
            f"{BASE}/telematics/feeds/{feed_id}/pages", content=content, headers=key() | XML | (headers or {})
        )


async def take(yard: Yard, feed_id: UUID, *machines: str) -> dict[str, Any]:
    answer = await send(yard, feed_id, fleet(*machines))
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def tie(yard: Yard, feed_id: UUID, equipment_id: str, machine_id: UUID | None) -> dict[str, Any]:
    body = {"equipment_id": equipment_id, "machine_id": None if machine_id is None else str(machine_id)}
    return await yard.post(yard.manager, f"/telematics/feeds/{feed_id}/units", body)


async def on_site(yard: Yard, since: datetime = MORNING) -> UUID:
    """A machine that stands on the project since then; its id."""
    machine_id = await yard.clear_machine()
    days = (yard.harness.clock.now() - since).days + 1
    booking_id = await yard.booking("confirmed", await yard.listing(machine_id), first=-days, last=30)
    body = {"operator_worker_id": str(new_id()), "at": since.isoformat()}
    await yard.post(yard.manager, f"/bookings/{booking_id}:hand-over", body)
    return machine_id


async def hours(yard: Yard, who: Principal | None = None) -> dict[str, str]:
    """Day → hours on the project, as somebody sees it."""
    answer = await yard.get(who or yard.buyer, "/hours", project_id=yard.project_id)
    assert answer.status_code == 200, answer.text
    return {item["day"]: item["hours"] for item in answer.json()["items"] if item["hours"] != "0.00"}


async def told(yard: Yard) -> dict[str, Decimal]:
    """Day → sum of all differences in the outbox for the project: what project-mgmt adds up."""
    async with yard.harness.sql() as connection:
        rows = await connection.fetch("SELECT payload FROM outbox WHERE subject = $1", HOURS_RECORDED)
    sums: dict[str, Decimal] = {}
    for row in rows:
        for one in MachineHoursRecorded.FromString(bytes(row["payload"])).hours:
            if one.project_id == str(yard.project_id):
                sums[one.day.date] = sums.get(one.day.date, Decimal(0)) + Decimal(one.delta)
    return {day: value for day, value in sums.items() if value}
