"""At the gate: what is expected today, what has come, what the weighbridge says."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Kind, Role
from procurement.deliveries.events import ARRIVED, DISPATCHED
from tests.chassis.files.samples import JPEG, upload
from tests.harness import NOON, Organisation, key, organisation
from tests.procurement.conftest import body
from tests.procurement.deliveries.conftest import PATH, Yard, found, refused
from zhulian.procurement.v1.deliveries_events_pb2 import DeliveryArrived, DeliveryDispatched


def window(begins: str, ends: str) -> dict[str, str]:
    """When a lorry is expected."""
    return {"expected_from": begins, "expected_to": ends}


async def test_expected_today_is_a_day_in_shanghai(yard: Yard) -> None:
    """In the order in which they come; a window over midnight counts on both days, one that ends before it does not."""
    windows = {
        "afternoon": window("2026-11-23T14:00:00+08:00", "2026-11-23T16:00:00+08:00"),
        "over midnight": window("2026-11-22T23:00:00+08:00", "2026-11-23T01:00:00+08:00"),
        "the day before": window("2026-11-22T22:00:00+08:00", "2026-11-22T23:59:59+08:00"),
        "first minute of tomorrow": window("2026-11-23T16:00:00Z", "2026-11-23T17:00:00Z"),
        "last minute of today": window("2026-11-23T15:59:00Z", "2026-11-23T17:00:00Z"),
    }
    names = {(await yard.sent("1", **times))["id"]: name for name, times in windows.items()}
    await yard.sent("1")  # nobody knows when

    async def listed(day: str, **more: Any) -> list[str]:
        query = {"project_id": str(yard.orders.site.project_id), "expected_on": day} | more
        return [names[one["id"]] for one in found(await yard.gate.get(PATH, params=query))["items"]]

    assert await listed("2026-11-23") == ["over midnight", "afternoon", "last minute of today"]
    assert await listed("2026-11-24") == ["last minute of today", "first minute of tomorrow"]
    assert await listed("2026-11-25") == []
    assert await listed("2026-11-23", project_id=str(UUID(int=1))) == []
    first = found(await yard.gate.get(PATH, params={"expected_on": "2026-11-23", "page_size": 2}))
    rest = {"expected_on": "2026-11-23", "page_size": 2, "page_token": first["next_page_token"]}
    second = found(await yard.gate.get(PATH, params=rest))
    assert [names[one["id"]] for one in (*first["items"], *second["items"])] == await listed("2026-11-23")


async def test_a_lorry_arrives_once_with_its_weight(yard: Yard) -> None:
    """65.4 t less 15.4 t are 50 t, as the note says."""
    sent = await yard.sent("50", vehicle="粤B12345", driver="王师傅")
    reading = {"unit": "t", "gross": "65.4", "tare": "15.4"}
    headers = key()
    photo = found(await upload(yard.gate, JPEG, "scale.jpg", "image/jpeg"), 201)
    payload = {"weighing": reading, "vehicle": "粤B99999", "photos": [photo["id"]]}
    arrived = found(await yard.do(yard.gate, sent, ":arrive", payload, **headers))
    assert (arrived["state"], arrived["vehicle"], arrived["driver"]) == ("arrived", "粤B99999", "王师傅")
    assert arrived["arrived_at"] == NOON.isoformat().replace("+00:00", "Z")
    assert (arrived["net"], arrived["expected_weight"], arrived["weight_deviates"]) == ("50.000000", "50.000000", False)
    assert [one["file_id"] for one in arrived["photos"]] == [photo["id"]]
    again = await yard.do(yard.gate, sent, ":arrive", payload, **headers)
    assert (again.json(), again.headers["idempotency-replayed"]) == (arrived, "true")
    assert refused(await yard.do(yard.gate, sent, ":arrive", {})) == (409, "INVALID_STATE")
    assert await yard.harness.audited(UUID(sent["id"])) == ["deliveries.dispatch", "deliveries.arrive"]
    [fact] = await yard.harness.events(ARRIVED, UUID(sent["id"]), DeliveryArrived)
    assert (fact.weighing.net, fact.weighing.deviates, fact.note.vehicle) == ("50.000000", False, "粤B99999")
    [told] = await yard.harness.events(DISPATCHED, UUID(sent["id"]), DeliveryDispatched)
    assert [(line.material_code, line.unit, line.quantity) for line in told.lines] == [("01090001", "t", "50.000000")]


@pytest.mark.parametrize(
    ("unit", "gross", "tare", "deviates"),
    [
        ("t", "65.55", "15.4", False),  # 0.15 t of 50 t are the 0.30 % that the rule of the day allows
        ("t", "65.550001", "15.4", True),
        ("t", "65.249999", "15.4", True),
        ("kg", "65550", "15400", False),
        ("kg", "65551", "15400", True),
    ],
)
async def test_a_weight_that_is_off_is_flagged_not_refused(
    yard: Yard, unit: str, gross: str, tare: str, deviates: bool
) -> None:
    sent = await yard.sent("50")
    reading = {"weighing": {"unit": unit, "gross": gross, "tare": tare}}
    arrived = found(await yard.do(yard.gate, sent, ":arrive", reading))
    assert arrived["weight_deviates"] == deviates
    assert found(await yard.judge(arrived, "accept", "50"))["weight_deviates"] == deviates


async def test_a_tolerance_counts_from_its_day_and_changes_nothing_before(yard: Yard) -> None:
    """One from tomorrow on does not count today; one from today on leaves alone what was weighed."""

    async def weighed() -> dict[str, Any]:
        reading = {"weighing": {"unit": "t", "gross": "20.1", "tare": "10"}}
        return found(await yard.do(yard.gate, await yard.sent("10"), ":arrive", reading))

    today = NOON.date()
    found_off = [await weighed()]
    async with yard.harness.sql() as connection:
        try:
            for begins in (today + timedelta(days=1), today):
                await connection.execute("INSERT INTO weighing_tolerances VALUES ($1, 5, 'a test')", begins)
                found_off.append(await weighed())
        finally:
            await connection.execute("DELETE FROM weighing_tolerances WHERE source = 'a test'")
    assert [one["weight_deviates"] for one in found_off] == [True, True, False]
    assert found(await yard.site.get(f"{PATH}/{found_off[0]['id']}"))["weight_deviates"] is True


async def test_what_is_counted_in_pieces_is_weighed_without_a_verdict(yard: Yard) -> None:
    async with yard.harness.sql() as connection:
        await connection.execute(
            "INSERT INTO material_units (id, material_code, unit) VALUES (gen_random_uuid(), '01090001', '根') "
            "ON CONFLICT DO NOTHING"
        )
    line = body(yard.orders.site)["lines"][0] | {"unit": "根"}
    order_id = await yard.orders.confirmed(lines=[line])
    line_id = str((await yard.orders.read(order_id)).lines[0].id)
    sent = await yard.sent(order_id=str(order_id), lines=[{"line_id": line_id, "quantity": "9"}])
    reading = {"weighing": {"unit": "t", "gross": "20", "tare": "10"}}
    arrived = found(await yard.do(yard.gate, sent, ":arrive", reading))
    assert (arrived["expected_weight"], arrived["weight_deviates"], arrived["net"]) == (None, False, "10.000000")


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("empty is heavier", {"weighing": {"unit": "t", "gross": "10", "tare": "10"}}, "/weighing"),
    ("pounds", {"weighing": {"unit": "lb", "gross": "10", "tare": "1"}}, "/weighing/unit"),
    ("negative", {"weighing": {"unit": "t", "gross": "10", "tare": "-1"}}, "/weighing/tare"),
    ("no tare", {"weighing": {"unit": "t", "gross": "10"}}, "/weighing/tare"),
    ("a foreign photo", {"photos": [str(UUID(int=7))]}, "/photos/0"),
]


@pytest.mark.parametrize(("case", "payload", "pointer"), BAD, ids=[case[0] for case in BAD])
async def test_a_bad_reading_changes_nothing(yard: Yard, case: str, payload: dict[str, Any], pointer: str) -> None:
    sent = await yard.sent("1")
    before = await yard.harness.checksum()
    answer = await yard.do(yard.gate, sent, ":arrive", payload)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert await yard.harness.checksum() == before


@pytest.mark.parametrize(
    "times", [{"expected_from": "2026-11-23T08:00:00Z"}, window("2026-11-23T09:00:00Z", "2026-11-23T08:00:00Z")]
)
async def test_a_window_has_two_ends_in_their_order(yard: Yard, times: dict[str, str]) -> None:
    before = await yard.harness.checksum()
    assert refused(await yard.send("1", **times)) == (422, "WINDOW")
    assert await yard.harness.checksum() == before


async def test_a_seller_that_builds_elsewhere_does_not_judge_its_own_goods(yard: Yard) -> None:
    """It has the roles, but it is not the side that receives."""
    sent, arrived = await yard.sent("10"), await yard.arrived("10")
    line_id = arrived["lines"][0]["id"]
    judged = {"lines": [{"line_id": line_id, "quantity": "10", "reason": "mine"}]}
    before = await yard.harness.checksum()
    both = Organisation(frozenset({Kind.SUPPLIER, Kind.CONTRACTOR}), yard.orders.site.supplier.id)
    async with yard.harness.client(both.as_(*Role)) as seller:
        for delivery, verb, payload in (
            (sent, ":arrive", {}),
            (arrived, ":accept", judged),
            (arrived, ":refuse", {"reason": "mine"}),
            (arrived, "/samples", {"line_id": line_id, "number": "JZ-1", "laboratory": "mine"}),
        ):
            assert refused(await yard.do(seller, delivery, verb, payload)) == (403, "OTHER_SIDE")
    assert await yard.harness.checksum() == before


async def test_the_gate_only_opens(yard: Yard) -> None:
    """A device neither accepts nor refuses; the supplier and another contractor's gate register nothing."""
    sent = await yard.sent("10")
    before = await yard.harness.checksum()
    lines = {"lines": [{"line_id": sent["lines"][0]["id"], "quantity": "10"}]}
    assert refused(await yard.do(yard.gate, sent, ":accept", lines)) == (403, "ROLE_MISSING")
    assert refused(await yard.do(yard.gate, sent, ":refuse", {"reason": "no"})) == (403, "ROLE_MISSING")
    assert refused(await yard.do(yard.supplier, sent, ":arrive", {})) == (403, "ROLE_MISSING")
    async with yard.harness.client(organisation(Kind.CONTRACTOR).as_(Role.GATE_DEVICE)) as other:
        assert refused(await yard.do(other, sent, ":arrive", {})) == (404, "DELIVERY_NOT_FOUND")
        assert found(await other.get(PATH, params={"expected_on": "2026-11-23"}))["items"] == []
    assert await yard.harness.checksum() == before
