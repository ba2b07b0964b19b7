"""The REST door of listings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.equipment_leasing.conftest import BASE, TODAY, Yard, inspection, offer
from tests.harness import Harness, key, organisation

PATH = f"{BASE}/listings"


async def test_a_banned_machine_is_not_listed(yard: Yard, equipment: Harness) -> None:
    """Refused with all bans that apply at once; mended, it is listed."""
    machine_id = await yard.clear_machine(manufacturing_licence=None)
    expired = inspection(inspected_on="2026-09-02", valid_to="2026-11-22")
    await yard.post(yard.manager, f"/machines/{machine_id}:inspect", expired)
    listing_id = await yard.listing(machine_id, publish=False)
    before = await equipment.checksum()
    refused = await yard.post(yard.manager, f"/listings/{listing_id}:publish", status=409)
    assert refused["code"] == "MACHINE_BANNED"
    assert [fault["code"] for fault in refused["errors"]] == ["INSPECTION_EXPIRED", "TECHNICAL_FILE_INCOMPLETE"]
    assert refused["metadata"]["bans"] == "INSPECTION_EXPIRED,TECHNICAL_FILE_INCOMPLETE"
    assert refused["errors"][0]["details"]["zh-CN"]
    assert await equipment.checksum() == before
    await yard.post(yard.manager, f"/machines/{machine_id}:inspect", inspection(inspected_on="2026-11-20"))
    async with equipment.client(yard.manager) as client:
        machine = await client.get(f"{BASE}/machines/{machine_id}")
        await client.patch(
            f"{BASE}/machines/{machine_id}",
            json={"manufacturing_licence": "TS-1"},
            headers={"If-Match": machine.headers["etag"]},
        )
    listed = await yard.post(yard.manager, f"/listings/{listing_id}:publish")
    assert listed["state"] == "listed"
    assert await equipment.audited(listing_id) == ["listings.draft", "listings.publish"]


async def test_drafts_are_private_and_offers_public(yard: Yard) -> None:
    """Contractors of no common project see what is published; withdrawn it is the lessor's own again."""
    stranger = organisation(Kind.CONTRACTOR).as_(Role.VIEWER)
    rival = organisation(Kind.LESSOR).as_(Role.SALES)
    listing_id = await yard.listing(publish=False)
    path = f"/listings/{listing_id}"
    assert {(await yard.get(who, path)).status_code for who in (stranger, rival)} == {404}
    await yard.post(yard.manager, f"{path}:publish")
    assert {(await yard.get(who, path)).status_code for who in (stranger, rival)} == {200}
    found = (await yard.get(stranger, path)).json()
    assert found["machine"]["model"] == "QTZ125"
    assert "serial_number" not in found["machine"]
    await yard.post(yard.manager, f"{path}:withdraw")
    assert {(await yard.get(who, path)).status_code for who in (stranger, rival)} == {404}
    assert (await yard.get(yard.manager, path)).json()["state"] == "withdrawn"


async def test_search_by_kind_district_and_price(yard: Yard) -> None:
    machine_id = await yard.clear_machine()
    dear = str(await yard.listing(machine_id, district="shenshan", monthly_rent="99000.01", daily_rent=None))
    cheap = str(await yard.listing(district="shenshan", monthly_rent="21000.00"))
    lessor = {"lessor_id": str(yard.lessor.id)}

    async def found(**params: Any) -> list[str]:
        answer = await yard.get(yard.buyer, "/listings", **lessor, **params)
        assert answer.status_code == 200, answer.text
        return [item["id"] for item in answer.json()["items"]]

    assert await found() == [cheap, dear]
    assert await found(kind="tower_crane", district="shenshan") == [cheap, dear]
    assert await found(district="futian") == []
    assert await found(kind="excavator") == []
    assert await found(max_rent="99000.00") == [cheap]
    assert await found(max_rent="99000.01") == [cheap, dear]
    assert await found(rent_basis="day") == [cheap]
    assert await found(rent_basis="shift") == []
    assert await found(machine_id=str(machine_id)) == [dear]
    assert await found(state="draft") == []


async def test_search_by_window(yard: Yard) -> None:
    """A machine that is booked on one of the days is not found; the day after it is."""
    listing_id = await yard.listing()
    await yard.booking("held", listing_id, first=3, last=5)

    async def free(first: int, last: int) -> bool:
        days = {"free_from": TODAY + timedelta(days=first), "free_to": TODAY + timedelta(days=last)}
        answer = await yard.get(yard.buyer, "/listings", lessor_id=yard.lessor.id, **days)
        return str(listing_id) in [item["id"] for item in answer.json()["items"]]

    assert [await free(*days) for days in ((0, 2), (0, 3), (4, 4), (5, 9), (6, 9))] == [True, False, False, False, True]


async def test_an_overdue_machine_is_not_found_for_today(yard: Yard, equipment: Harness) -> None:
    """Its booking is over, but it is not back."""
    listing_id = await yard.listing()
    await yard.booking("handed_over", listing_id, first=0, last=2)
    equipment.clock.advance(timedelta(days=4))
    for first, found in ((4, False), (5, True)):
        days = {"free_from": TODAY + timedelta(days=first), "free_to": TODAY + timedelta(days=9)}
        answer = await yard.get(yard.buyer, "/listings", lessor_id=yard.lessor.id, **days)
        assert [item["id"] for item in answer.json()["items"]] == ([str(listing_id)] if found else [])


@pytest.mark.parametrize(
    ("params", "code"),
    [
        ({"free_from": "2026-12-01"}, "WINDOW_INCOMPLETE"),
        ({"free_from": "2026-12-02", "free_to": "2026-12-01"}, "DATES_BACKWARDS"),
        ({"district": "atlantis"}, "UNKNOWN_CODE"),
        ({"max_rent": "1.001"}, "TOO_PRECISE"),
        ({"page_size": "501"}, "LESS_THAN_EQUAL"),
    ],
)
async def test_bad_searches(yard: Yard, params: dict[str, str], code: str) -> None:
    answer = await yard.get(yard.buyer, "/listings", **params)
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, code)


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("no rent", {"monthly_rent": None, "daily_rent": None}, "RENT_MISSING"),
    ("negative", {"monthly_rent": "-1"}, "OUT_OF_RANGE"),
    ("district", {"district": "Nanshan"}, "UNKNOWN_CODE"),
    ("currency", {"currency": "yuan"}, "STRING_PATTERN_MISMATCH"),
    ("state", {"state": "listed"}, "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("name", "change", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_input_changes_nothing(
    yard: Yard, equipment: Harness, name: str, change: dict[str, Any], code: str
) -> None:
    machine_id = await yard.machine()
    before = await equipment.checksum()
    answer = await yard.post(yard.manager, "/listings", offer(machine_id, **change), status=422)
    assert [fault["code"] for fault in answer["errors"]] == [code]
    assert await equipment.checksum() == before


async def test_a_machine_is_offered_once_at_a_time(yard: Yard, equipment: Harness) -> None:
    machine_id = await yard.clear_machine()
    listing_id = await yard.listing(machine_id)
    before = await equipment.checksum()
    refused = await yard.post(yard.manager, "/listings", offer(machine_id), status=409)
    assert refused["code"] == "LISTING_EXISTS"
    assert await equipment.checksum() == before
    await yard.post(yard.manager, f"/listings/{listing_id}:withdraw")
    await yard.listing(machine_id)


async def test_terms_are_revised_with_the_version(yard: Yard, equipment: Harness) -> None:
    """A booking keeps the rent at which it was made."""
    listing_id = await yard.listing()
    booking_id = await yard.booking("held", listing_id)
    terms = {"district": "futian", "monthly_rent": "1.00"}
    async with equipment.client(yard.manager) as client:
        stale = await client.put(f"{PATH}/{listing_id}", json=terms, headers={"If-Match": '"1"'})
        right = await client.put(f"{PATH}/{listing_id}", json=terms, headers={"If-Match": '"2"'})
    assert stale.status_code == 412
    assert right.status_code == 200, right.text
    assert (right.json()["monthly_rent"], right.json()["daily_rent"], right.json()["state"]) == ("1.00", None, "listed")
    booking = (await yard.get(yard.buyer, f"/bookings/{booking_id}")).json()
    assert (booking["rent_basis"], booking["rent"]) == ("month", "38000.00")


async def test_who_may_not_offer(yard: Yard, equipment: Harness) -> None:
    """Not somebody else's machine, not without the role, not what is withdrawn; nothing changes."""
    machine_id = await yard.clear_machine()
    listing_id = await yard.listing(machine_id)
    await yard.post(yard.manager, f"/listings/{listing_id}:withdraw")
    rival = organisation(Kind.LESSOR).as_(Role.FLEET_MANAGER)
    before = await equipment.checksum()
    for who, status in ((None, 401), (yard.lessor.as_(Role.VIEWER), 403), (yard.buyer, 403), (rival, 404)):
        async with equipment.client(who) as client:
            made = await client.post(PATH, json=offer(machine_id), headers=key())
            moved = await client.post(f"{PATH}/{listing_id}:publish", headers=key())
        assert (made.status_code, moved.status_code) == (status, status)
    again = await yard.post(yard.manager, f"/listings/{listing_id}:publish", status=409)
    assert (again["code"], again["metadata"]["allowed"]) == ("INVALID_STATE", "")
    missing = await yard.post(yard.manager, "/listings", offer(new_id()), status=404)
    assert missing["code"] == "MACHINE_NOT_FOUND"
    assert await equipment.checksum() == before
