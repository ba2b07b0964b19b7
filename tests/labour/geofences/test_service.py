"""Geofences and phone swipes on a real PostgreSQL."""

from __future__ import annotations

import itertools
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chassis.errors import FailedPrecondition, NotFound
from chassis.identity import Kind, Role
from chassis.pages import PageRequest
from labour.geofences import service
from labour.geofences.models import Geofence
from labour.geofences.repository import LocationFilter
from labour.geofences.service import DrawGeofence
from tests.harness import NOON, organisation
from tests.labour.attendance.conftest import Gate

LNG, LAT = Decimal("114.0579"), Decimal("22.5431")
NEAR = Decimal("0.01")
RECENT = NOON - timedelta(minutes=30)


async def draw(
    gate: Gate, points: tuple[tuple[Decimal, Decimal], ...] = ((LNG, LAT),), radius_m: Decimal | None = Decimal(300)
) -> Geofence:
    command = DrawGeofence(gate.site.project_id, "施工区", points, radius_m)
    async with gate.site.harness.work(gate.site.engineer) as work:
        return await service.draw(work, command, gate.site.projects)


def located(gate: Gate, worker: int, when: datetime, *, east: str = "0", **changes: Any) -> dict[str, Any]:
    """A phone swipe so many degrees east of the site's centre."""
    location = {"lng": str(LNG + Decimal(east)), "lat": str(LAT), "accuracy_m": "12.3"} | changes
    return gate.swipe(worker, "in", when, location=location)


async def test_signals_of_forgery_are_flagged_not_refused(gate: Gate) -> None:
    """Outside the area, a mocked location, an accuracy too poor or too round: the worker may be there all the same."""
    await draw(gate)
    phone = await gate.site.device(channel="phone")
    recorded = await gate.send(
        located(gate, 0, RECENT),
        located(gate, 1, RECENT, east="0.1"),
        located(gate, 2, RECENT, mocked=True, accuracy_m="5.0"),
        located(gate, 3, RECENT, accuracy_m="250.0"),
        device_id=phone,
    )
    assert (recorded.accepted, recorded.refused) == (4, {})
    assert recorded.warnings == {
        1: ("OUTSIDE_GEOFENCE",),
        2: ("LOCATION_MOCKED", "ACCURACY_TOO_ROUND"),
        3: ("ACCURACY_POOR",),
    }

    async def listed(**more: Any) -> list[int]:
        async with gate.site.harness.work(gate.site.clerk) as work:
            page = await service.page_of_locations(work, LocationFilter(gate.site.project_id, **more), PageRequest())
        return sorted(one.sequence for one in page.items)

    assert (await listed(flagged=True), await listed(flagged=False)) == ([2, 3, 4], [1])
    async with gate.site.harness.work(gate.site.stranger.as_(Role.LABOUR_CLERK)) as work:
        hidden = await service.page_of_locations(work, LocationFilter(gate.site.project_id), PageRequest())
    assert hidden.items == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_impossible_speed_is_the_same_in_whatever_order_swipes_arrive(gate: Gate, order: tuple[int, ...]) -> None:
    """Ten kilometres in a minute, then a minute back; with the swipe in between both ways are too fast."""
    phone = await gate.site.device(channel="phone")
    swipes = [located(gate, 0, RECENT + timedelta(minutes=n), east="0.1" if n == 1 else "0") for n in range(3)]
    for place in order:
        await gate.send(swipes[place], device_id=phone)
    async with gate.site.harness.sql() as sql:
        rows = await sql.fetch("SELECT sequence, too_fast FROM swipe_locations WHERE device_id = $1", phone)
    assert dict(map(tuple, rows)) == {1: False, 2: True, 3: True}


async def test_a_polygon_holds_until_it_ends(gate: Gate) -> None:
    corners = ((LNG - NEAR, LAT - NEAR), (LNG + NEAR, LAT - NEAR), (LNG + NEAR, LAT + NEAR), (LNG - NEAR, LAT + NEAR))
    made = await draw(gate, points=corners, radius_m=None)
    phone = await gate.site.device(channel="phone")
    outside = await gate.send(located(gate, 0, RECENT, east="0.011"), device_id=phone)
    async with gate.site.harness.work(gate.site.engineer) as work:
        ended = await service.end(work, made.id, 1)
    free = await gate.send(located(gate, 1, RECENT, east="0.011"), device_id=phone)
    assert (outside.warnings, free.warnings) == ({0: ("OUTSIDE_GEOFENCE",)}, {})
    assert (ended.ended_at, ended.version) == (NOON, 2)
    before = await gate.site.harness.checksum()
    with pytest.raises(FailedPrecondition):
        async with gate.site.harness.work(gate.site.engineer) as work:
            await service.end(work, made.id, None)
    with pytest.raises(NotFound):
        async with gate.site.harness.work(organisation(Kind.CONTRACTOR).as_(Role.SITE_ENGINEER)) as work:
            await service.end(work, made.id, None)
    gate.site.projects.roles[gate.site.project_id, gate.site.contractor.id] = frozenset({"specialist_subcontractor"})
    with pytest.raises(FailedPrecondition):
        await draw(gate)
    assert await gate.site.harness.checksum() == before
    async with gate.site.harness.work(gate.site.clerk) as work:
        assert [one.id for one in (await service.page(work, gate.site.project_id, PageRequest())).items] == [made.id]
