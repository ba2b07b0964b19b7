"""Use cases of devices on a real PostgreSQL."""

from __future__ import annotations

import pytest

from chassis.errors import AlreadyExists, FailedPrecondition, NotFound
from chassis.identity import Kind, Role
from chassis.pages import PageRequest
from labour.devices import service
from labour.devices.repository import DeviceFilter
from labour.devices.service import RegisterDevice
from tests.harness import organisation
from tests.labour.attendance.conftest import Gate, at
from tests.labour.conftest import GATE_CLIENT, Site


async def test_a_retired_device_sends_no_more(gate: Gate) -> None:
    async with gate.site.harness.work(gate.site.engineer) as work:
        retired = await service.retire(work, gate.device_id, 1)
    assert (retired.state, retired.version) == ("retired", 2)
    before = await gate.site.harness.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await gate.send(gate.swipe(0, "in", at(8)))
    assert (refusal.value.reason, refusal.value.metadata["state"]) == ("INVALID_STATE", "retired")
    assert await gate.site.harness.checksum() == before


async def test_devices_belong_to_the_general_contractor(site: Site) -> None:
    labour = site.harness
    command = RegisterDevice(site.project_id, "1号门", GATE_CLIENT)
    async with labour.work(site.engineer) as work:
        made = await service.register(work, command, site.projects)
    assert (made.last_sequence, await labour.audited(made.id)) == (-1, ["devices.register"])
    with pytest.raises(AlreadyExists):
        async with labour.work(site.engineer) as work:
            await service.register(work, command, site.projects)
    site.projects.roles[site.project_id, site.contractor.id] = frozenset({"specialist_subcontractor"})
    with pytest.raises(FailedPrecondition):
        async with labour.work(site.engineer) as work:
            await service.register(work, command, site.projects)
    with pytest.raises(NotFound):
        async with labour.work(organisation(Kind.CONTRACTOR).as_(Role.SITE_ENGINEER)) as work:
            await service.register(work, command, site.projects)


async def test_a_device_is_told_where_to_go_on(gate: Gate) -> None:
    await gate.send(gate.swipe(0, "in", at(8), sequence=41))
    async with gate.site.harness.work(gate.site.engineer) as work:
        found = await service.get(work, gate.device_id)
        listed = await service.page(work, DeviceFilter(project_id=gate.site.project_id), PageRequest())
    assert found.last_sequence == 41
    assert [(one.id, one.last_sequence) for one in listed.items] == [(gate.device_id, 41)]
