"""Units: tied, untied, with a new control unit; on a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from chassis.identity import Kind, Role
from tests.equipment_leasing.conftest import Yard
from tests.equipment_leasing.feeds import MORNING, hours, on_site, open_feed, take, tie, told
from tests.equipment_leasing.telematics.pages import machine
from tests.harness import NOON, Harness, organisation


async def test_a_replaced_control_unit_is_said_and_then_counts(yard: Yard, equipment: Harness) -> None:
    """A lower counter is kept but not counted until somebody says that the control unit was replaced."""
    machine_id = await on_site(yard)
    feed_id = await open_feed(yard)
    unit = await tie(yard, feed_id, "E", machine_id)
    for hour, counter in ((0, "900"), (1, "901"), (2, "0.20"), (3, "0.70")):
        await take(yard, feed_id, machine("E", at=MORNING + timedelta(hours=hour), hours=counter))
    assert await hours(yard) == {"2026-11-23": "1.00"}
    path = f"/telematics/units/{unit['id']}:replace-control-unit"
    at = (MORNING + timedelta(hours=1, minutes=30)).isoformat()
    replaced = await yard.post(yard.manager, path, {"at": at})
    assert len(replaced["replacements"]) == 1
    assert await hours(yard) == {"2026-11-23": "1.50"}
    assert await told(yard) == {"2026-11-23": Decimal("1.50")}
    await take(yard, feed_id, machine("E", at=MORNING + timedelta(minutes=30), hours="900.75"))
    await take(yard, feed_id, machine("E", at=MORNING + timedelta(hours=4), hours="1.20"))
    assert await hours(yard) == {"2026-11-23": "2.00"}
    before = await equipment.checksum()
    future = await yard.post(yard.manager, path, {"at": (NOON + timedelta(hours=1)).isoformat()}, status=422)
    assert future["errors"][0]["code"] == "IN_THE_FUTURE"
    await yard.post(yard.lessor.as_(Role.TELEMATICS), path, {"at": at}, status=403)
    await yard.post(organisation(Kind.LESSOR).as_(Role.FLEET_MANAGER), path, {"at": at}, status=404)
    assert await equipment.checksum() == before


async def test_tying_and_untying_a_unit_moves_its_hours(yard: Yard, equipment: Harness) -> None:
    """A wrong tie is mended: the hours follow, also those of readings that came before."""
    one, two = await on_site(yard), await on_site(yard)
    feed_id = await open_feed(yard)
    await take(yard, feed_id, machine("E", at=MORNING, hours="0"))
    await take(yard, feed_id, machine("E", at=MORNING + timedelta(hours=4), hours="4"))
    for machine_id in (one, two):
        await tie(yard, feed_id, "E", machine_id)
        rows = (await yard.get(yard.buyer, "/hours", project_id=yard.project_id)).json()["items"]
        assert {row["machine_id"] for row in rows if row["hours"] != "0.00"} == {str(machine_id)}
    before = await equipment.checksum()
    body = {"equipment_id": "F", "machine_id": str(two)}
    taken = await yard.post(yard.manager, f"/telematics/feeds/{feed_id}/units", body, status=409)
    assert (taken["code"], taken["metadata"]["equipment_id"]) == ("MACHINE_HAS_UNIT", "E")
    assert await equipment.checksum() == before
    await tie(yard, feed_id, "E", None)
    assert await hours(yard) == {}
    assert await told(yard) == {}


async def test_a_serial_number_that_gets_known_later_brings_its_hours(yard: Yard) -> None:
    """The first page has no serial number for the unit; the second one has, and it is one of ours."""
    machine_id = await on_site(yard)
    serial = (await yard.get(yard.manager, f"/machines/{machine_id}")).json()["serial_number"]
    feed_id = await open_feed(yard)
    await take(yard, feed_id, machine("E", at=MORNING, hours="0"))
    page = await take(yard, feed_id, machine("E", at=MORNING + timedelta(hours=2), hours="2", serial=serial))
    assert page["rows"][0]["match"] == "matched"
    assert await hours(yard) == {"2026-11-23": "2.00"}
    other = await open_feed(yard, "other")
    second = await take(yard, other, machine("X", at=MORNING, hours="7", serial=serial))
    assert second["rows"][0]["match"] == "machine_taken"
