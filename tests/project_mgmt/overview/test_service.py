"""The use case of the overview."""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass
from uuid import UUID

import pytest

from chassis.errors import NotFound, PermissionDenied, Unavailable
from chassis.identity import Role
from chassis.rpc.deadline import remaining
from project_mgmt.clients import Neighbours
from project_mgmt.clients.labour import Presence
from project_mgmt.overview import service
from project_mgmt.overview.service import Missing, Overview
from tests.harness import NOON, Harness
from tests.project_mgmt.conftest import FakeEquipment, FakeLabour, FakeProcurement, Site


async def ask(site: Site, neighbours: Neighbours, role: Role = Role.VIEWER) -> Overview:
    """The overview as the contractor sees it."""
    async with site.harness.work(site.contractor.as_(role)) as work:
        return await service.get(work, site.project_id, neighbours)


async def test_all_answer(site: Site) -> None:
    """Nobody is missing; without a budget there is none on the page."""
    overview = await ask(site, Neighbours(FakeLabour(), FakeProcurement(), FakeEquipment(), 1.5))
    assert overview.project.id == site.project_id
    assert (overview.budget, list(overview.totals), list(overview.missing)) == (None, [], [])
    assert overview.presence is not None
    assert overview.orders is not None
    assert overview.machines is not None
    assert overview.as_of == NOON


async def test_two_are_missing(site: Site) -> None:
    """In the order of their names, whichever failed first; the third is there, within the common wait."""
    away = Unavailable("PROCUREMENT_UNAVAILABLE", zh="不可用", en="away")
    began = time.monotonic()
    overview = await ask(site, Neighbours(FakeLabour(), FakeProcurement(trouble=away), FakeEquipment(delay=30), 0.2))
    assert time.monotonic() - began < 2
    assert overview.missing == [
        Missing("equipment-leasing", "EQUIPMENT_LEASING_DEADLINE_EXCEEDED"),
        Missing("procurement", "PROCUREMENT_UNAVAILABLE"),
    ]
    assert overview.presence is not None
    assert (overview.orders, overview.machines) == (None, None)


@dataclass
class WatchingLabour(FakeLabour):
    """Notes how much time it is given."""

    left: float | None = None

    async def presence(self, project_id: UUID) -> Presence:
        """Nobody on site."""
        await asyncio.sleep(0)
        self.left = remaining()
        return Presence(0, 0, (), NOON)


async def test_the_deadline_goes_along(site: Site) -> None:
    """The clients read it, and pass it on to the services."""
    labour = WatchingLabour()
    await ask(site, Neighbours(labour, FakeProcurement(), FakeEquipment(), 1.5))
    assert labour.left is not None
    assert 0.5 < labour.left <= 1.5
    assert remaining() is None


async def test_a_fault_of_our_own_is_no_missing_service(site: Site) -> None:
    """Only refusals and silence are named; a bug stays a bug."""
    broken = FakeLabour()
    broken.trouble = ZeroDivisionError()  # type: ignore[assignment]
    with pytest.raises(ZeroDivisionError):
        await ask(site, Neighbours(broken, FakeProcurement(), FakeEquipment(), 1.5))


async def test_who_may_not(project_mgmt: Harness, site: Site) -> None:
    """Neither devices nor parties that see no money; nobody is asked."""
    labour = FakeLabour()
    neighbours = Neighbours(labour, FakeProcurement(), FakeEquipment(), 1.5)
    before = await project_mgmt.checksum()
    with pytest.raises(PermissionDenied):
        await ask(site, neighbours, Role.TELEMATICS)
    with pytest.raises(NotFound):
        async with project_mgmt.work(site.supplier.as_(Role.VIEWER)) as work:
            await service.get(work, site.project_id, neighbours)
    assert labour.asked == []
    assert await project_mgmt.checksum() == before
