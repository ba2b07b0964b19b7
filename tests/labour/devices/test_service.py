"""Use cases of devices on a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.errors import AlreadyExists, FailedPrecondition, NotFound
from chassis.identity import Kind, Principal, Role
from chassis.pages import PageRequest
from labour.devices import service
from labour.devices.models import IncidentKind
from labour.devices.repository import DeviceFilter, IncidentFilter
from labour.devices.service import RegisterDevice
from tests.harness import NOON, organisation
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


async def test_a_rotated_key_sends_and_the_one_before_no_more(gate: Gate) -> None:
    site = gate.site
    other = Principal("sa", "gate-02", site.contractor.id, site.contractor.kinds, frozenset({Role.GATE_DEVICE}))
    async with site.harness.work(site.engineer) as work:
        rotated = await service.rotate(work, gate.device_id, "gate-02", 1)
    assert (rotated.client_id, rotated.version, rotated.state) == ("gate-02", 2, "active")
    swipe = gate.swipe(0, "in", at(8))
    before = await site.harness.checksum()
    with pytest.raises(NotFound):
        await gate.send(swipe)
    assert await site.harness.checksum() == before
    assert (await gate.send(swipe, by=other)).accepted == 1
    assert await site.harness.audited(gate.device_id) == ["devices.register", "devices.rotate"]


async def test_a_replaced_device_begins_anew_and_the_old_one_is_refused(gate: Gate) -> None:
    """A replaced device with a restarted sequence: its number 1 is another swipe than number 1 of the old one."""
    await gate.send(gate.swipe(0, "in", at(8)))
    async with gate.site.harness.work(gate.site.engineer) as work:
        new = await service.replace_by(work, gate.device_id, "1号门(新)", GATE_CLIENT, None)
    assert (new.predecessor_id, new.last_sequence, new.state) == (gate.device_id, -1, "active")
    first = await gate.send(gate.swipe(0, "out", at(17), sequence=1), device_id=new.id)
    assert (first.accepted, first.refused) == (1, {})
    before = await gate.site.harness.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await gate.send(gate.swipe(0, "out", at(18)))
    assert refusal.value.reason == "INVALID_STATE"
    with pytest.raises(FailedPrecondition):
        async with gate.site.harness.work(gate.site.engineer) as work:
            await service.replace_by(work, gate.device_id, "1号门(再)", GATE_CLIENT, None)
    assert await gate.site.harness.checksum() == before
    assert await gate.counted() == {("2026-11-22", gate.workers[0]): "1.00"}


async def incidents(gate: Gate, kind: IncidentKind | None = None) -> list[tuple[str, int, int]]:
    wanted = IncidentFilter(gate.site.project_id, gate.device_id, kind)
    async with gate.site.harness.work(gate.site.engineer) as work:
        found = await service.page_of_incidents(work, wanted, PageRequest())
    return sorted((one.kind.value, one.sequence, one.offset_ms) for one in found.items)


async def test_drift_is_measured_per_batch_and_flagged_when_it_leaves_the_limit(gate: Gate) -> None:
    """The swipe keeps the instant that the device gave it."""
    seconds = timedelta(seconds=1)
    drifts = []
    for ahead in (30, 300, 301, -10, -121):
        swipe = gate.swipe(0, "in", NOON - 60 * seconds)
        await gate.send(swipe, sent_at=NOON + ahead * seconds)
        async with gate.site.harness.work(gate.site.engineer) as work:
            drifts.append((await service.get(work, gate.device_id)).clock_drift_ms)
    await gate.send(gate.swipe(0, "in", NOON - 50 * seconds))
    async with gate.site.harness.work(gate.site.engineer) as work:
        kept = await service.get(work, gate.device_id)
    assert drifts == [30_000, 300_000, 301_000, -10_000, -121_000]
    assert (kept.clock_drift_ms, kept.last_swipe_at, kept.last_seen_at) == (-121_000, NOON - 50 * seconds, NOON)
    assert await incidents(gate) == [("clock_drift", 2, 300_000), ("clock_drift", 5, -121_000)]
    async with gate.site.harness.sql() as sql:
        instants = await sql.fetch("SELECT DISTINCT at FROM gate_swipes WHERE device_id = $1", gate.device_id)
    assert {row["at"] for row in instants} == {NOON - 60 * seconds, NOON - 50 * seconds}


@pytest.mark.parametrize("order", [[0, 1], [1, 0]], ids=["in order", "the later part first"])
async def test_a_clock_change_at_a_device_is_noticed_in_whatever_part(gate: Gate, order: list[int]) -> None:
    """From number 3 on the clock is an hour behind; what lies between the parts is compared, too."""
    hours = [8, 9, 8.0, 8.5, 8.49]  # half a minute back is no change of the clock
    swipes = [gate.swipe(n % 4, "in", at(hour)) for n, hour in enumerate(hours)]
    parts = [swipes[:2], swipes[2:]]
    told = {}
    for part in order:
        told[part] = await gate.send(*parts[part])
        assert (await gate.send(*parts[part])).accepted == 0
    assert await incidents(gate) == [("clock_set_back", 3, 3_600_000)]
    first = told[order[-1]] if order == [0, 1] else told[1]
    assert ("CLOCK_SET_BACK" in first.warnings[0]) is (order == [0, 1])
    assert sum(one.accepted for one in told.values()) == 5


async def test_silent_devices_are_listed(gate: Gate, site: Site) -> None:
    """Not heard of for a day, or never; a retired one is not missed."""
    retired = await site.device()
    async with site.harness.work(site.engineer) as work:
        await service.retire(work, retired, None)
    never = await site.device()
    await gate.send(gate.swipe(0, "in", at(8)))
    async with site.harness.sql() as sql:
        await sql.execute(
            "UPDATE gate_devices SET created_at = created_at - interval '25 hours' WHERE project_id = $1",
            site.project_id,
        )
    async with site.harness.work(site.engineer) as work:
        silent = await service.page(work, DeviceFilter(site.project_id), PageRequest(), silent=True)
    assert [one.id for one in silent.items] == [never]
