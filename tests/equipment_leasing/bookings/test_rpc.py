"""The gRPC door of equipment-leasing, over a real socket."""

from __future__ import annotations

import pytest

from chassis.errors import InvalidArgument, PermissionDenied
from chassis.ids import new_id
from tests.equipment_leasing.conftest import Door, Yard
from zhulian.equipment.v1.equipment_directory_pb2 import GetMachinesOnSiteRequest


async def test_machines_on_site_and_whether_they_are_clear(door: Door, yard: Yard) -> None:
    """What was handed over and is not back; a machine that breaks there is told with its bans."""
    request = GetMachinesOnSiteRequest(project_id=str(yard.project_id))
    assert list((await door.ask("project-mgmt", "GetMachinesOnSite", request)).machines) == []
    machine_id = await yard.clear_machine()
    standing = await yard.booking("handed_over", await yard.listing(machine_id))
    await yard.booking("confirmed")
    [found] = (await door.ask("project-mgmt", "GetMachinesOnSite", request)).machines
    assert (found.machine_id, found.kind, found.model) == (str(machine_id), "tower_crane", "QTZ125")
    assert (found.lessor_id, found.lessee_id) == (str(yard.lessor.id), str(yard.contractor.id))
    assert (found.since.date, found.clear, list(found.bans)) == ("2026-11-23", True, [])
    assert found.registration_number.startswith("粤BA-")
    broken = {"checked_on": "2026-11-23", "devices": {"load_limiter": "broken", "luffing_limit": "missing"}}
    await yard.post(yard.manager, f"/machines/{machine_id}:check-devices", broken)
    [found] = (await door.ask("project-mgmt", "GetMachinesOnSite", request)).machines
    assert (found.clear, list(found.bans)) == (False, ["SAFETY_DEVICE_MISSING", "SAFETY_DEVICE_BROKEN"])
    await yard.post(yard.manager, f"/bookings/{standing}:return", {})
    assert list((await door.ask("project-mgmt", "GetMachinesOnSite", request)).machines) == []


async def test_another_projects_machines_are_not_told(door: Door, yard: Yard) -> None:
    await yard.booking("handed_over")
    answer = await door.ask("project-mgmt", "GetMachinesOnSite", GetMachinesOnSiteRequest(project_id=str(new_id())))
    assert list(answer.machines) == []


async def test_an_id_that_is_none(door: Door) -> None:
    with pytest.raises(InvalidArgument) as refused:
        await door.ask("project-mgmt", "GetMachinesOnSite", GetMachinesOnSiteRequest(project_id="1"))
    assert [fault.pointer for fault in refused.value.violations] == ["/project_id"]


@pytest.mark.parametrize("caller", ["procurement", "labour", "gateway", "equipment-leasing"])
async def test_who_may_not_ask(door: Door, yard: Yard, caller: str) -> None:
    with pytest.raises(PermissionDenied) as refused:
        await door.ask(caller, "GetMachinesOnSite", GetMachinesOnSiteRequest(project_id=str(yard.project_id)))
    assert refused.value.reason == "CALLER_NOT_ALLOWED"
