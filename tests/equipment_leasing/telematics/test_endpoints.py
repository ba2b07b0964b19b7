"""The REST door of telematics: feeds, pages, units, readings, hours."""

from __future__ import annotations

import gzip
from datetime import timedelta
from uuid import UUID

import pytest

from chassis.identity import Kind, Principal, Role
from equipment_leasing.telematics.endpoints import LARGEST_PAGE
from equipment_leasing.telematics.reader import read_page
from tests.equipment_leasing.conftest import BASE, DATA, Yard
from tests.equipment_leasing.feeds import MORNING, XML, open_feed, send, take, tie
from tests.equipment_leasing.telematics.pages import JCMA, fleet, machine
from tests.harness import NOON, Harness, key, organisation

ISO_PAGE = (DATA / "dialect-iso.xml").read_bytes()
JCMA_PAGE = (DATA / "dialect-jcma.xml").read_bytes()


@pytest.mark.parametrize("page", [ISO_PAGE, JCMA_PAGE], ids=["iso", "jcma"])
async def test_a_real_page_is_taken_in_twice_and_counts_once(yard: Yard, equipment: Harness, page: bytes) -> None:
    """A row per machine in its order; the second time everything is a duplicate and nothing changes."""
    feed_id = await open_feed(yard)
    machines = read_page(page)
    known = machines[5]
    assert known.equipment_id is not None
    machine_id = await yard.machine(serial_number=known.serial_number)
    first = (await send(yard, feed_id, page)).json()
    assert [row["equipment_id"] for row in first["rows"]] == [one.equipment_id for one in machines]
    assert [row["row"] for row in first["rows"] if row["match"] == "matched"] == [5]
    assert first["rows"][5]["machine_id"] == str(machine_id)
    assert {row["reading"] for row in first["rows"]} <= {"counted", "no_reading"}
    nameless = [row for row in first["rows"] if not row["serial_number"] and not row["pin"]]
    assert {row["match"] for row in nameless} <= {"no_serial"}
    again = (await send(yard, feed_id, page)).json()
    assert {row["reading"] for row in again["rows"]} <= {"duplicate", "no_reading"}
    assert [row["match"] for row in again["rows"]] == [row["match"] for row in first["rows"]]
    units = (await yard.get(yard.manager, "/telematics/units", feed_id=feed_id, page_size=500)).json()["items"]
    assert len(units) == len(machines)
    assert len((await yard.get(yard.manager, "/telematics/units", feed_id=feed_id, matched=True)).json()["items"]) == 1
    assert await equipment.audited(feed_id) == [
        "telematics.open-feed",
        "telematics.take-page",
        "telematics.take-page",
    ]


async def test_what_became_of_each_reading(yard: Yard) -> None:
    """Late, double, contradicting, gone back, in the future, without hours, without a name."""
    feed_id = await open_feed(yard)
    await take(yard, feed_id, machine("E", at=MORNING, hours="10"))
    await take(yard, feed_id, machine("E", at=MORNING + timedelta(hours=4), hours="14"))
    page = await take(
        yard,
        feed_id,
        machine("E", at=MORNING + timedelta(hours=2), hours="12"),
        machine("E", at=MORNING, hours="10"),
        machine("E", at=MORNING, hours="11"),
        machine("E", at=MORNING + timedelta(hours=5), hours="3"),
        machine("E", at=NOON + timedelta(days=2), hours="99"),
        machine("E"),
        machine("E", at="0001-01-01T00:00:00Z", hours="1"),
        machine("E", at=MORNING, hours="-1"),
        machine(None, at=MORNING, hours="1"),
    )
    assert [(row["match"], row["reading"]) for row in page["rows"]] == [
        ("no_serial", "late"),
        ("no_serial", "duplicate"),
        ("no_serial", "contradicts"),
        ("no_serial", "counter_went_back"),
        ("no_serial", "ahead_of_time"),
        ("no_serial", "no_reading"),
        ("no_serial", "invalid_time"),
        ("no_serial", "invalid_hours"),
        ("unidentified", "no_reading"),
    ]
    [unit] = (await yard.get(yard.manager, "/telematics/units", feed_id=feed_id)).json()["items"]
    kept = (await yard.get(yard.manager, f"/telematics/units/{unit['id']}/readings")).json()["items"]
    assert [(one["hours"], one["counted"]) for one in kept] == [
        ("3.00", False),
        ("14.00", True),
        ("12.00", True),
        ("10.00", True),
    ]
    uncounted = await yard.get(yard.manager, f"/telematics/units/{unit['id']}/readings", counted=False)
    assert [one["hours"] for one in uncounted.json()["items"]] == ["3.00"]


BAD: list[tuple[str, bytes, dict[str, str], int, str]] = [
    ("truncated", ISO_PAGE[:9_000], {}, 400, "XML_MALFORMED"),
    ("no XML", b"hello", {}, 400, "XML_MALFORMED"),
    ("DTD", b'<!DOCTYPE Fleet SYSTEM "http://127.0.0.1/x"><Fleet/>', {}, 422, "XML_DTD_FORBIDDEN"),
    ("another document", b"<Project/>", {}, 422, "NOT_A_FLEET"),
    ("compressed", gzip.compress(ISO_PAGE), {"Content-Encoding": "gzip"}, 415, "CONTENT_ENCODING_UNSUPPORTED"),
    ("JSON", b"{}", {"Content-Type": "application/json"}, 415, "CONTENT_TYPE_UNSUPPORTED"),
    ("huge", b"<Fleet>" + b" " * LARGEST_PAGE, {}, 413, "BODY_TOO_LARGE"),
]


@pytest.mark.parametrize(("name", "content", "headers", "status", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_pages_change_nothing(
    yard: Yard, equipment: Harness, name: str, content: bytes, headers: dict[str, str], status: int, code: str
) -> None:
    feed_id = await open_feed(yard)
    before = await equipment.checksum()
    answer = await send(yard, feed_id, content, headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (status, code), answer.text
    assert answer.json()["details"]["zh-CN"]
    assert await equipment.checksum() == before


async def test_who_may_not_send_pages(yard: Yard, equipment: Harness) -> None:
    """No token, no role, another lessor's feed; nothing changes. The other dialect's page is just as welcome."""
    feed_id = await open_feed(yard)
    page = fleet(machine(at=MORNING, hours="1"), namespace=JCMA)
    before = await equipment.checksum()
    for who, status in (
        (yard.lessor.as_(Role.VIEWER), 403),
        (yard.contractor.as_(Role.INTEGRATOR), 403),
        (organisation(Kind.LESSOR).as_(Role.TELEMATICS), 404),
    ):
        assert (await send(yard, feed_id, page, who)).status_code == status
    async with equipment.client(None) as client:
        path = f"{BASE}/telematics/feeds/{feed_id}"
        assert (await client.post(f"{path}/pages", content=page, headers=key() | XML)).status_code == 401
    assert await equipment.checksum() == before
    assert (await send(yard, feed_id, page, yard.lessor.as_(Role.INTEGRATOR))).status_code == 200


async def test_feeds_and_units_are_the_lessors_own(yard: Yard, equipment: Harness) -> None:
    """Another lessor is told that there are none; contractors and the authority have no business there."""
    feed_id = await open_feed(yard)
    machine_id = await yard.machine()
    unit = await tie(yard, feed_id, "E", machine_id)
    before = await equipment.checksum()
    rival = organisation(Kind.LESSOR).as_(Role.FLEET_MANAGER)
    paths = [f"feeds/{feed_id}", f"units/{unit['id']}", f"units/{unit['id']}/readings"]
    for path in paths:
        assert (await yard.get(yard.manager, f"/telematics/{path}")).status_code == 200
        assert (await yard.get(rival, f"/telematics/{path}")).status_code == 404
        assert (await yard.get(yard.buyer, f"/telematics/{path}")).status_code == 403
    assert (await yard.get(rival, "/telematics/feeds")).json()["items"] == []
    assert (await yard.get(rival, "/telematics/units")).json()["items"] == []
    body = {"equipment_id": "E", "machine_id": str(machine_id)}
    await yard.post(rival, f"/telematics/feeds/{feed_id}/units", body, status=404)
    foreign = await open_rival_feed(yard, rival)
    before = await equipment.checksum()
    refused = await yard.post(rival, f"/telematics/feeds/{foreign}/units", body, status=404)
    assert refused["code"] == "MACHINE_NOT_FOUND"
    await yard.post(yard.device, f"/telematics/feeds/{feed_id}/units", body, status=403)
    taken = await yard.post(yard.manager, "/telematics/feeds", {"name": "OEM"}, status=409)
    assert taken["code"] == "FEED_NAME_TAKEN"
    assert await equipment.checksum() == before


async def open_rival_feed(yard: Yard, rival: Principal) -> UUID:
    return UUID((await yard.post(rival, "/telematics/feeds", {"name": "OEM"}, status=201))["id"])
