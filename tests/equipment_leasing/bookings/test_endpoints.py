"""The REST door of bookings."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from tests.equipment_leasing.conftest import BASE, TODAY, Yard, hold
from tests.harness import Harness, key, organisation

PATH = f"{BASE}/bookings"


async def test_a_booking_from_hold_to_return(yard: Yard, equipment: Harness) -> None:
    """Post says what get says; the second post of one key is the first one's answer."""
    listing_id = await yard.listing()
    header = key()
    async with equipment.client(yard.buyer) as client:
        held = await client.post(PATH, json=hold(yard, listing_id, 0, 9), headers=header)
        again = await client.post(PATH, json=hold(yard, listing_id, 0, 9), headers=header)
        found = await client.get(f"{PATH}/{held.json()['id']}")
    assert held.status_code == 201, held.text
    assert again.content == held.content
    assert found.json() == held.json()
    assert (held.json()["rent"], held.json()["currency"], held.json()["state"]) == ("38000.00", "CNY", "held")
    path = f"/bookings/{held.json()['id']}"
    await yard.post(yard.manager, f"{path}:confirm")
    over = await yard.post(yard.manager, f"{path}:hand-over", {"operator_worker_id": str(new_id())})
    assert over["state"] == "handed_over"
    back = await yard.post(yard.manager, f"{path}:return", {})
    assert (back["state"], back["pushed"]) == ("returned", [])
    late = await yard.post(yard.manager, f"{path}:return", {}, status=409)
    assert (late["code"], late["metadata"]["allowed"]) == ("INVALID_STATE", "")


async def test_the_answer_warns_of_pushed_bookings(yard: Yard, equipment: Harness) -> None:
    listing_id = await yard.listing()
    late = await yard.booking("handed_over", listing_id, first=0, last=2)
    behind = await yard.booking("confirmed", listing_id, first=3, last=9)
    equipment.clock.advance(timedelta(days=4))
    answer = await yard.post(yard.manager, f"/bookings/{late}:return", {})
    day = (TODAY + timedelta(days=5)).isoformat()
    [pushed] = answer["pushed"]
    assert (pushed["booking_id"], pushed["state"], pushed["first_day"]) == (str(behind), "confirmed", day)


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("backwards", {"first_day": "2026-11-24", "last_day": "2026-11-23"}, "", "DATES_BACKWARDS"),
    ("long ago", {"first_day": "2026-08-24"}, "/first_day", "TOO_LATE"),
    ("too long", {"last_day": "2036-11-23"}, "/last_day", "TOO_LONG"),
    ("an instant", {"first_day": "2026-11-23T00:00:00Z"}, "/first_day", "DATE_STRING"),
    ("no id", {"listing_id": "x"}, "/listing_id", "UUID_PARSING"),
    ("basis", {"rent_basis": "hour"}, "/rent_basis", "ENUM"),
    ("somebody else", {"lessee_id": str(new_id())}, "/lessee_id", "EXTRA_FORBIDDEN"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_input_changes_nothing(
    yard: Yard, equipment: Harness, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    listing_id = await yard.listing()
    before = await equipment.checksum()
    answer = await yard.post(yard.buyer, "/bookings", hold(yard, listing_id, 0, 9) | change, status=422)
    assert [(fault["pointer"], fault["code"]) for fault in answer["errors"]] == [(pointer, code)]
    assert await equipment.checksum() == before


VERBS: list[tuple[str, dict[str, Any] | None, str]] = [
    (":confirm", None, "held"),
    (":release", {"reason": "r"}, "held"),
    (":cancel", {"reason": "r"}, "confirmed"),
    (":hand-over", {"operator_worker_id": str(new_id())}, "confirmed"),
    (":return", {}, "handed_over"),
]


@pytest.mark.parametrize(("verb", "body", "state"), VERBS, ids=[case[0] for case in VERBS])
async def test_who_may_not(yard: Yard, equipment: Harness, verb: str, body: dict[str, Any] | None, state: str) -> None:
    """No token 401, no role 403, the other side 403, strangers 404, a stale version 412; nothing changes."""
    booking_id = await yard.booking(state)
    lessee_verb = verb == ":release"
    stranger = organisation(Kind.LESSOR).as_(Role.FLEET_MANAGER)
    if lessee_verb:
        stranger = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    cases: list[tuple[Principal | None, int, dict[str, str]]] = [
        (None, 401, {}),
        (yard.lessor.as_(Role.VIEWER), 403, {}),
        (yard.contractor.as_(Role.VIEWER), 403, {}),
        (stranger, 404, {}),
        (yard.buyer if lessee_verb else yard.manager, 412, {"If-Match": '"9"'}),
    ]
    if verb != ":cancel":
        cases.append((yard.manager if lessee_verb else yard.buyer, 403, {}))
    before = await equipment.checksum()
    for who, status, headers in cases:
        async with equipment.client(who) as client:
            answer = await client.post(f"{PATH}/{booking_id}{verb}", json=body, headers=key() | headers)
        assert answer.status_code == status, (who, answer.text)
    assert await equipment.checksum() == before


async def test_a_lessor_that_also_builds_does_not_confirm_its_own_hold(yard: Yard, equipment: Harness) -> None:
    """An organisation of both kinds has all roles; still each verb belongs to its side of this booking."""
    both = organisation(Kind.LESSOR, Kind.CONTRACTOR)
    yard.projects.parties[yard.project_id, both.id] = yard.projects.parties[yard.project_id, yard.contractor.id]
    who = both.as_(Role.BUYER, Role.FLEET_MANAGER)
    listing_id = await yard.listing()
    held = await yard.post(who, "/bookings", hold(yard, listing_id, 0, 5), status=201)
    before = await equipment.checksum()
    for verb, body in ((":confirm", None), (":hand-over", {"operator_worker_id": str(new_id())}), (":return", {})):
        refused = await yard.post(who, f"/bookings/{held['id']}{verb}", body, status=403)
        assert refused["code"] == "OTHER_SIDE"
    assert await equipment.checksum() == before


async def test_only_lessees_hold(yard: Yard, equipment: Harness) -> None:
    """A supervisor has no such role; a lessor does not rent from itself or others."""
    listing_id = await yard.listing()
    before = await equipment.checksum()
    for who in (yard.manager, yard.owner.as_(Role.PROJECT_MANAGER), organisation(Kind.SUPERVISOR).as_(Role.BUYER)):
        refused = await yard.post(who, "/bookings", hold(yard, listing_id, 0, 1), status=403)
        assert refused["code"] == "ROLE_MISSING"
    assert await equipment.checksum() == before


async def test_filters_and_pages(yard: Yard) -> None:
    listing_id = await yard.listing()
    made = [str(await yard.booking("held", listing_id, first=one * 2, last=one * 2)) for one in range(3)]
    first = (await yard.get(yard.buyer, "/bookings", page_size=2)).json()
    rest = (await yard.get(yard.buyer, "/bookings", page_size=2, page_token=first["next_page_token"])).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == list(reversed(made))
    on = (await yard.get(yard.manager, "/bookings", on=TODAY + timedelta(days=2), listing_id=listing_id)).json()
    assert [item["id"] for item in on["items"]] == [made[1]]
    none = (await yard.get(yard.manager, "/bookings", state="returned")).json()
    assert none == {"items": [], "next_page_token": ""}
