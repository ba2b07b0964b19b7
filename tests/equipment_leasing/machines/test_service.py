"""Use cases of machines on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta

import pytest

from chassis.errors import Aborted, NotFound
from chassis.ids import new_id
from equipment_leasing.machines import service
from equipment_leasing.machines.models import Machine
from equipment_leasing.machines.rules import Ban
from equipment_leasing.machines.service import UpdateMachine
from tests.equipment_leasing.conftest import TODAY, Yard
from tests.harness import Harness


async def test_of_two_who_change_one_version_one_does(yard: Yard, equipment: Harness) -> None:
    """The second is told that the file has changed, and nothing of its change remains."""
    machine_id = await yard.machine()

    async def change(pin: str) -> Machine:
        async with equipment.work(yard.manager) as work:
            return await service.update(work, UpdateMachine(machine_id, 1, {"pin": pin}))

    outcomes = await asyncio.gather(*(change(f"PIN-{number}") for number in range(6)), return_exceptions=True)
    [won] = [one for one in outcomes if isinstance(one, Machine)]
    assert {type(one) for one in outcomes if one is not won} == {Aborted}
    async with equipment.work(yard.manager) as work:
        found = await service.get(work, machine_id)
    assert (found.version, found.pin) == (2, won.pin)
    assert await equipment.audited(machine_id) == ["machines.file", "machines.update"]


async def test_the_clearance_is_that_of_the_day(yard: Yard, equipment: Harness) -> None:
    """Today without a day; an inspection that runs out tomorrow bans from the day after on."""
    machine_id = await yard.clear_machine()
    async with equipment.work(yard.manager) as work:
        assert await service.clearance(work, machine_id, None) == (machine_id, TODAY, ())
        valid_to = date(2027, 8, 31)
        assert (await service.clearance(work, machine_id, valid_to))[2] == ()
        _, _, [reason] = await service.clearance(work, machine_id, valid_to + timedelta(days=1))
    assert reason.code is Ban.INSPECTION_EXPIRED


async def test_a_machine_that_is_none(yard: Yard, equipment: Harness) -> None:
    before = await equipment.checksum()
    with pytest.raises(NotFound):
        async with equipment.work(yard.manager) as work:
            await service.clearance(work, new_id(), None)
    with pytest.raises(NotFound):
        async with equipment.work(yard.manager) as work:
            await service.update(work, UpdateMachine(new_id(), 1, {"pin": "P"}))
    assert await equipment.checksum() == before


async def test_the_audit_names_the_fields_before_and_after(yard: Yard, equipment: Harness) -> None:
    machine_id = await yard.machine(pin="old")
    async with equipment.work(yard.manager) as work:
        await service.update(work, UpdateMachine(machine_id, 1, {"pin": "new", "factory_date": date(2020, 1, 1)}))
    async with equipment.sql() as connection:
        row = await connection.fetchrow(
            "SELECT before, after, subject, organisation_id FROM audit WHERE entity_id = $1 AND verb = $2",
            machine_id,
            "machines.update",
        )
    assert row is not None
    assert row["before"] == {"pin": "old", "factory_date": "2019-05-01"}
    assert row["after"] == {"pin": "new", "factory_date": "2020-01-01"}
    assert (row["subject"], row["organisation_id"]) == (yard.manager.subject, yard.lessor.id)
