"""The whole service with its neighbours in memory: one crane from its file to its hours, by all doors."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

from chassis.identity import Role, service_principal
from chassis.ids import new_id
from equipment_leasing.bookings import handlers
from equipment_leasing.bookings.rules import HOLD
from equipment_leasing.clients.labour import Refusal
from equipment_leasing.hours.events import HOURS_RECORDED
from tests.equipment_leasing.conftest import BASE, DEVICES, Door, Yard, hold, inspection
from tests.equipment_leasing.telematics.pages import JCMA, fleet, machine
from tests.harness import Harness, key
from zhulian.equipment.v1.equipment_directory_pb2 import GetMachinesOnSiteRequest
from zhulian.equipment.v1.events_pb2 import MachineHoursRecorded


async def test_one_crane_through_all_doors(yard: Yard, equipment: Harness, door: Door) -> None:
    """Filed, refused for its bans, mended, listed, held, lapsed, held again, handed over, counted, returned."""
    machine_id = await yard.machine()
    listing_id = await yard.listing(machine_id, publish=False)
    refused = await yard.post(yard.manager, f"/listings/{listing_id}:publish", status=409)
    assert refused["code"] == "MACHINE_BANNED"
    registration = {"number": f"粤B-{machine_id.hex[-6:]}", "authority": "市住建局", "registered_on": "2026-11-01"}
    await yard.post(yard.manager, f"/machines/{machine_id}:register", registration)
    await yard.post(yard.manager, f"/machines/{machine_id}:inspect", inspection())
    await yard.post(yard.manager, f"/machines/{machine_id}:check-devices", DEVICES)
    await yard.post(yard.manager, f"/listings/{listing_id}:publish")

    lapsed = await yard.post(yard.buyer, "/bookings", hold(yard, listing_id, 0, 30), status=201)
    equipment.clock.advance(HOLD)
    async with equipment.work(service_principal("equipment-leasing")) as work:
        await handlers.release_hold(work, {"booking_id": lapsed["id"]})
    held = await yard.post(yard.buyer, "/bookings", hold(yard, listing_id, 2, 30), status=201)
    await yard.post(yard.manager, f"/bookings/{held['id']}:confirm")
    expired = new_id()
    yard.labour.refused[expired] = (Refusal("CERTIFICATE_EXPIRED", "证书已到期", "the certificate expired"),)
    path = f"/bookings/{held['id']}:hand-over"
    refused = await yard.post(yard.manager, path, {"operator_worker_id": str(expired)}, status=409)
    assert [fault["code"] for fault in refused["errors"]] == ["CERTIFICATE_EXPIRED"]
    await yard.post(yard.manager, path, {"operator_worker_id": str(new_id())})

    feed = await yard.post(yard.manager, "/telematics/feeds", {"name": "OEM"}, status=201)
    serial = (await yard.get(yard.manager, f"/machines/{machine_id}")).json()["serial_number"]
    pages = []
    for hour, counter in ((0, "331.17"), (6, "336.67")):
        at = equipment.clock.now() + timedelta(hours=hour)
        content = fleet(machine("EX #1", at=at, hours=counter, serial=serial, child=True), namespace=JCMA)
        async with equipment.client(yard.device) as client:
            answer = await client.post(
                f"{BASE}/telematics/feeds/{feed['id']}/pages",
                content=content,
                headers=key() | {"Content-Type": "application/xml"},
            )
        pages.append(answer.json())
    assert [page["rows"][0]["match"] for page in pages] == ["matched", "matched"]
    [fact] = await equipment.events(HOURS_RECORDED, UUID(pages[1]["page_id"]), MachineHoursRecorded)
    assert [(one.project_id, one.day.date, one.delta) for one in fact.hours] == [
        (str(yard.project_id), "2026-11-25", "5.50")
    ]

    request = GetMachinesOnSiteRequest(project_id=str(yard.project_id))
    [standing] = (await door.ask("project-mgmt", "GetMachinesOnSite", request)).machines
    assert (standing.machine_id, standing.clear) == (str(machine_id), True)
    owner = yard.owner.as_(Role.VIEWER)
    assert (await yard.get(owner, f"/machines/{machine_id}")).status_code == 200
    assert (await yard.get(owner, "/hours")).json()["items"][0]["hours"] == "5.50"
    back = await yard.post(yard.manager, f"/bookings/{held['id']}:return", {})
    assert back["state"] == "returned"
    assert list((await door.ask("project-mgmt", "GetMachinesOnSite", request)).machines) == []
    assert (await yard.get(owner, f"/machines/{machine_id}")).status_code == 404
