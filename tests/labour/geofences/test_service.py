"""Geofences and phone swipes on a real PostgreSQL."""

from __future__ import annotations

import asyncio
import itertools
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import structlog

from chassis.crypto import Vault
from chassis.errors import FailedPrecondition, NotFound
from chassis.identity import Kind, Role
from chassis.pages import PageRequest
from labour.attendance import service as attendance
from labour.attendance.rules import Place
from labour.consents import repository as consents
from labour.consents import service as consent_service
from labour.consents.models import Purpose
from labour.geofences import service
from labour.geofences.models import Geofence
from labour.geofences.repository import LocationFilter
from labour.geofences.service import DrawGeofence
from tests.harness import NOON, Harness, key, organisation
from tests.labour.attendance.conftest import Gate, command_of
from tests.labour.conftest import worker_row
from tests.labour.test_no_leak import found, traces_of

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


async def test_signals_of_forgery_are_flagged_not_refused(phones: Gate) -> None:
    """Outside the area, a mocked location, an accuracy too poor or too round: the worker may be there all the same."""
    await draw(phones)
    phone = await phones.site.device(channel="phone")
    recorded = await phones.send(
        located(phones, 0, RECENT),
        located(phones, 1, RECENT, east="0.1"),
        located(phones, 2, RECENT, mocked=True, accuracy_m="5.0"),
        located(phones, 3, RECENT, accuracy_m="250.0"),
        device_id=phone,
    )
    assert (recorded.accepted, recorded.refused) == (4, {})
    assert recorded.warnings == {
        1: ("OUTSIDE_GEOFENCE",),
        2: ("LOCATION_MOCKED", "ACCURACY_TOO_ROUND"),
        3: ("ACCURACY_POOR",),
    }

    async def listed(**more: Any) -> list[int]:
        async with phones.site.harness.work(phones.site.clerk) as work:
            page = await service.page_of_locations(work, LocationFilter(phones.site.project_id, **more), PageRequest())
        return sorted(one.sequence for one in page.items)

    assert (await listed(flagged=True), await listed(flagged=False)) == ([2, 3, 4], [1])
    async with phones.site.harness.work(phones.site.stranger.as_(Role.LABOUR_CLERK)) as work:
        hidden = await service.page_of_locations(work, LocationFilter(phones.site.project_id), PageRequest())
    assert hidden.items == []


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
async def test_impossible_speed_is_the_same_in_whatever_order_swipes_arrive(
    phones: Gate, order: tuple[int, ...]
) -> None:
    """Ten kilometres in a minute, then a minute back; with the swipe in between both ways are too fast."""
    phone = await phones.site.device(channel="phone")
    swipes = [located(phones, 0, RECENT + timedelta(minutes=n), east="0.1" if n == 1 else "0") for n in range(3)]
    for place in order:
        await phones.send(swipes[place], device_id=phone)
    async with phones.site.harness.sql() as sql:
        rows = await sql.fetch("SELECT sequence, too_fast FROM swipe_locations WHERE device_id = $1", phone)
    assert dict(map(tuple, rows)) == {1: False, 2: True, 3: True}


async def test_a_polygon_holds_until_it_ends(phones: Gate) -> None:
    corners = ((LNG - NEAR, LAT - NEAR), (LNG + NEAR, LAT - NEAR), (LNG + NEAR, LAT + NEAR), (LNG - NEAR, LAT + NEAR))
    made = await draw(phones, points=corners, radius_m=None)
    phone = await phones.site.device(channel="phone")
    outside = await phones.send(located(phones, 0, RECENT, east="0.011"), device_id=phone)
    async with phones.site.harness.work(phones.site.engineer) as work:
        ended = await service.end(work, made.id, 1)
    free = await phones.send(located(phones, 1, RECENT, east="0.011"), device_id=phone)
    assert (outside.warnings, free.warnings) == ({0: ("OUTSIDE_GEOFENCE",)}, {})
    assert (ended.ended_at, ended.version) == (NOON, 2)
    before = await phones.site.harness.checksum()
    with pytest.raises(FailedPrecondition):
        async with phones.site.harness.work(phones.site.engineer) as work:
            await service.end(work, made.id, None)
    with pytest.raises(NotFound):
        async with phones.site.harness.work(organisation(Kind.CONTRACTOR).as_(Role.SITE_ENGINEER)) as work:
            await service.end(work, made.id, None)
    site = phones.site
    site.projects.roles[site.project_id, site.contractor.id] = frozenset({"specialist_subcontractor"})
    with pytest.raises(FailedPrecondition):
        await draw(phones)
    assert await phones.site.harness.checksum() == before
    async with phones.site.harness.work(phones.site.clerk) as work:
        assert [one.id for one in (await service.page(work, phones.site.project_id, PageRequest())).items] == [made.id]


# --- consent to the position (PIPL art 29) -------------------------------------------------------------------------

UNLIKE, OWN = "114.987654", "114.057877"
"""Longitudes that nothing else says; the second lies on site."""


async def rows_holding(labour: Harness, text: str) -> list[str]:
    """The tables of the whole database in which a row says this."""
    listed = """SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')
                AND NOT relispartition AND has_table_privilege(oid, 'SELECT')"""
    async with labour.sql() as sql:
        tables = [row["relname"] for row in await sql.fetch(listed)]
        holds = "SELECT EXISTS (SELECT FROM {} t WHERE t::text LIKE '%' || $1 || '%')"
        return [table for table in tables if await sql.fetchval(holds.format(f'"{table}"'), text)]


async def test_without_consent_the_swipe_is_taken_and_its_position_is_nowhere(labour: Harness, gate: Gate) -> None:
    """Not in a table, a fact, the audit, the stored answer, or a log; the day counts all the same."""
    await draw(gate)
    await gate.consent(1)
    await gate.consent(0, purpose="face_image")  # each purpose by itself
    phone = await gate.site.device(channel="phone")
    swipes = [located(gate, n, RECENT, lng=lng) for n, lng in enumerate([UNLIKE, OWN])]
    body = {"device_id": str(phone), "swipes": swipes}
    with structlog.testing.capture_logs() as logs:
        async with labour.client(gate.site.gate) as client:
            answer = await client.post("/labour/v1/attendance/swipes:batch", json=body, headers=key())
    first, second = answer.json()["results"]
    assert first == {
        "row": 0,
        "sequence": 1,
        "status": "accepted",
        "warnings": ["LOCATION_CONSENT_MISSING"],
        "geofence": "not_judged",
    }
    assert second == {"row": 1, "sequence": 2, "status": "accepted", "geofence": "inside"}
    [told] = answer.json()["legend"]
    assert (told["code"], set(told["details"])) == ("LOCATION_CONSENT_MISSING", {"zh-CN", "en"})
    assert UNLIKE not in answer.text + str(logs)
    assert (await rows_holding(labour, UNLIKE), found(await traces_of(labour), [UNLIKE])) == ([], [])
    assert await rows_holding(labour, OWN) == ["swipe_locations"], "a position with a consent is found"
    async with labour.sql() as sql:
        assert await sql.fetchval("SELECT count(*) FROM gate_swipes WHERE device_id = $1", phone) == 2


async def test_where_a_swipe_lies_is_told_only_of_who_agreed(phones: Gate) -> None:
    """Outside stays outside; without an area nothing is judged; a phone that sends no position is taken, too."""
    phone = await phones.site.device(channel="phone")
    [worker_id] = await phones.site.workers(worker_row())
    await phones.site.assigned([worker_id], enter_at=(NOON - timedelta(days=2)).isoformat())
    phones.workers.append(worker_id)
    free = await phones.send(located(phones, 0, RECENT, east="0.1"), device_id=phone)
    await draw(phones)
    later = RECENT + timedelta(minutes=20)
    judged = await phones.send(
        located(phones, 1, later, east="0.1"),
        located(phones, 4, later, east="0.1"),
        phones.swipe(4, "out", later),
        phones.swipe(2, "out", later),
        device_id=phone,
    )
    assert (free.geofence, free.warnings) == ({0: Place.NOT_JUDGED}, {})
    assert judged.geofence == {0: Place.OUTSIDE, 1: Place.NOT_JUDGED, 2: Place.NOT_JUDGED}
    missing = ("LOCATION_CONSENT_MISSING",)
    assert judged.warnings == {0: ("OUTSIDE_GEOFENCE",), 1: missing, 2: missing}
    assert [one.code for one in judged.refused[3]] == ["LOCATION_MISSING"], "who agreed has to say where he is"


async def test_one_look_for_a_batch_and_none_for_a_gate(phones: Gate, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[set[str]] = []
    whole = consents.consenting

    async def counted(driver: Any, worker_ids: Any, purpose: Purpose) -> frozenset[str]:
        looks.append(set(worker_ids))
        return await whole(driver, worker_ids, purpose)

    monkeypatch.setattr(consents, "consenting", counted)
    phone = await phones.site.device(channel="phone")
    await phones.send(*[phones.swipe(n, "in", RECENT) for n in range(4)])
    assert looks == []
    await phones.send(*[located(phones, n % 4, RECENT + timedelta(minutes=n)) for n in range(8)], device_id=phone)
    assert looks == [{str(one) for one in phones.workers}]


async def test_a_withdrawal_waits_for_a_batch_that_is_being_written(phones: Gate, vault: Vault) -> None:
    """Nothing of it is left, and what comes afterwards is not kept any more."""
    site, phone = phones.site, await phones.site.device(channel="phone")
    async with site.harness.work(site.clerk) as work:
        consents_of_him = (await consent_service.page(work, phones.workers[0], PageRequest())).items
    [consent] = [one for one in consents_of_him if one.purpose is Purpose.LOCATION]

    async def taken_back() -> None:
        async with site.harness.work(site.clerk) as work:
            await consent_service.withdraw(work, consent.id, None, vault)

    async with site.harness.work(site.gate) as work:
        await attendance.record(work, command_of(phone, located(phones, 0, RECENT)))
        withdrawal = asyncio.create_task(taken_back())
        await asyncio.wait([withdrawal], timeout=1)  # what does not wait is through by now
    await withdrawal
    after = await phones.send(located(phones, 0, NOON), device_id=phone)
    assert after.warnings == {0: ("LOCATION_CONSENT_MISSING",)}
    async with site.harness.sql() as sql:
        assert await sql.fetchval("SELECT count(*) FROM swipe_locations WHERE device_id = $1", phone) == 0
