"""Acceptance on site by quantity and quality: in parts, over a bad network, and what makes good what was missing."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import new_id
from procurement.deliveries.events import ACCEPTED
from tests.harness import key
from tests.procurement.deliveries.conftest import PATH, Yard, found, refused
from zhulian.procurement.v1.events_pb2 import DeliveryAccepted


def verdict(delivery: dict[str, Any], place: int, quantity: str, **more: str) -> dict[str, str]:
    """What the site says of one line."""
    return {"line_id": delivery["lines"][place]["id"], "quantity": quantity} | more


async def test_short_rejected_and_accepted_are_what_was_sent(yard: Yard) -> None:
    """100 t on the note, 97 came, 95 are good: 3 are short, 2 rejected; only what is good counts as delivered."""
    arrived = await yard.arrived("100")
    judged = {"lines": [verdict(arrived, 0, "95", received="97", reason="2 t are rusty")]}
    [line] = found(await yard.do(yard.site, arrived, ":accept", judged))["lines"]
    figures = [line[name] for name in ("quantity", "received", "accepted", "rejected", "shortage", "returned")]
    assert figures == ["100.000000", "97.000000", "95.000000", "2.000000", "3.000000", "0.000000"]
    assert await yard.ordered() == ("95.000000", "95.000000")
    assert await yard.costs(arrived) == ["375250.00"]


async def test_a_shortage_alone_needs_no_reason(yard: Yard) -> None:
    """Nobody on site knows why it did not come; that something is bad is for the site to say."""
    arrived = await yard.arrived("100")
    silent = {"lines": [verdict(arrived, 0, "95", received="97")]}
    assert refused(await yard.do(yard.site, arrived, ":accept", silent)) == (422, "REASON_MISSING")
    short = {"lines": [verdict(arrived, 0, "97", received="97")]}
    [line] = found(await yard.do(yard.site, arrived, ":accept", short))["lines"]
    assert (line["shortage"], line["rejected"], line["reason"]) == ("3.000000", "0.000000", "")


@pytest.mark.parametrize(
    ("more", "pointer"),
    [({"received": "100.000001"}, "/lines/0/received"), ({"received": "99.999999"}, "/lines/0/quantity")],
)
async def test_no_more_is_taken_than_came_and_no_more_came_than_was_sent(
    yard: Yard, more: dict[str, str], pointer: str
) -> None:
    arrived = await yard.arrived("100")
    before = await yard.harness.checksum()
    answer = await yard.do(yard.site, arrived, ":accept", {"lines": [verdict(arrived, 0, "100", reason="?", **more)]})
    assert refused(answer) == (422, "MORE_THAN_CAME")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert await yard.harness.checksum() == before


async def test_lines_are_judged_at_different_times_each_once(yard: Yard) -> None:
    """The cost of each comes when it is judged; what is not judged yet is neither cost nor proof."""
    arrived = await yard.several()
    first = {"partial": True, "lines": [verdict(arrived, 1, "12.5")]}
    partly = found(await yard.do(yard.site, arrived, ":accept", first))
    assert (partly["state"], [line["judged"] for line in partly["lines"]]) == ("partly_accepted", [False, True, False])
    assert await yard.costs(arrived) == ["49375.00"]
    [proof] = await yard.proofs(arrived)
    assert [line.quantity for line in proof.lines] == ["12.500000"]

    before = await yard.harness.checksum()
    again = {"partial": True, "lines": [verdict(arrived, 1, "12.5")]}
    assert refused(await yard.do(yard.site, arrived, ":accept", again)) == (409, "LINE_JUDGED")
    forgetting = {"lines": [verdict(arrived, 0, "100")]}
    assert refused(await yard.do(yard.site, arrived, ":accept", forgetting)) == (422, "LINES_MISSING")
    assert refused(await yard.do(yard.site, arrived, ":refuse", {"reason": "too late"})) == (409, "INVALID_STATE")
    assert await yard.harness.checksum() == before

    rest = {"lines": [verdict(arrived, 0, "99", reason="bent"), verdict(arrived, 2, "0.000001")]}
    whole = found(await yard.do(yard.site, arrived, ":accept", rest))
    assert (whole["state"], [line["accepted"] for line in whole["lines"]]) == (
        "accepted",
        ["99.000000", "12.500000", "0.000001"],
    )
    assert await yard.harness.audited(UUID(arrived["id"])) == [
        "deliveries.dispatch",
        "deliveries.arrive",
        "deliveries.accept_part",
        "deliveries.accept",
    ]


async def test_goods_go_back_while_other_lines_wait(yard: Yard) -> None:
    arrived = await yard.several()
    first = {"partial": True, "lines": [verdict(arrived, 0, "100")]}
    found(await yard.do(yard.site, arrived, ":accept", first))
    back = {"lines": [verdict(arrived, 0, "40", reason="cracked")]}
    returned = found(await yard.do(yard.site, arrived, ":return", back))
    assert (returned["state"], returned["lines"][0]["returned"]) == ("partly_accepted", "40.000000")
    assert [proof.lines[0].quantity for proof in await yard.proofs(arrived)] == ["100.000000", "60.000000"]
    unjudged = {"lines": [verdict(arrived, 1, "1", reason="?")]}
    assert refused(await yard.do(yard.site, arrived, ":return", unjudged)) == (422, "MORE_THAN_CAME")


async def test_an_acceptance_sent_twenty_times_is_one(yard: Yard) -> None:
    """A phone on a bad network posts it again and again, in parallel and later: one change, one cost, one answer."""
    arrived = await yard.arrived("100")
    payload = {"lines": [verdict(arrived, 0, "98", reason="rusty")]}
    headers = key()
    answers = await asyncio.gather(
        *(yard.do(yard.site, arrived, ":accept", payload, **headers) for _ in range(20)),
    )
    later = await yard.do(yard.site, arrived, ":accept", payload, **headers)
    taken = [answer for answer in answers if answer.status_code == 200]
    assert taken
    assert {refused(answer) for answer in answers if answer.status_code != 200} <= {(409, "IDEMPOTENCY_KEY_IN_USE")}
    assert {answer.text for answer in (*taken, later)} == {later.text}
    assert later.headers["idempotency-replayed"] == "true"
    assert await yard.ordered() == ("98.000000", "98.000000")
    assert len(await yard.harness.events(ACCEPTED, UUID(arrived["id"]), DeliveryAccepted)) == 1
    assert len(await yard.proofs(arrived)) == 1
    assert (await yard.harness.audited(UUID(arrived["id"]))).count("deliveries.accept") == 1


async def test_two_engineers_accept_at_once_and_one_does(yard: Yard) -> None:
    """Each with a key of its own: the other is told that it has been done."""
    arrived = await yard.arrived("100")
    answers = await asyncio.gather(*(yard.judge(arrived, "accept", "100") for _ in range(5)))
    assert sorted(answer.status_code for answer in answers) == [200, 409, 409, 409, 409]
    assert {refused(answer) for answer in answers if answer.status_code == 409} == {(409, "INVALID_STATE")}
    assert await yard.costs(arrived) == ["395000.00"]


def instead(yard: Yard, quantity: str, replaces: str) -> dict[str, Any]:
    """Lines of a note that make good an earlier line."""
    return {"lines": [{"line_id": yard.line_id, "quantity": quantity, "replaces": replaces}]}


async def test_a_replacement_makes_good_what_was_missing_and_no_more(yard: Yard) -> None:
    """3 t short, 2 rejected, later 5 returned: 10 in all, over as many lorries as it takes."""
    arrived = await yard.arrived("50")
    line_id = arrived["lines"][0]["id"]
    judged = {"lines": [verdict(arrived, 0, "45", received="47", reason="rusty")]}
    found(await yard.do(yard.site, arrived, ":accept", judged))
    answer = await yard.send("0", **instead(yard, "5.000001", line_id))
    assert (answer.status_code, answer.json()["code"]) == (409, "REPLACES_TOO_MUCH")
    assert answer.json()["metadata"]["most"] == "5.000000"
    first = found(await yard.send("0", **instead(yard, "4", line_id)), 201)
    assert first["lines"][0]["replaces"] == line_id
    found(await yard.judge(arrived, "return", "5", "cracked"))
    answer = await yard.send("0", **instead(yard, "6.000001", line_id))
    assert (answer.status_code, answer.json()["code"]) == (409, "REPLACES_TOO_MUCH")
    found(await yard.send("0", **instead(yard, "6", line_id)), 201)
    assert await yard.ordered() == ("50.000000", "40.000000")


async def test_a_replacement_is_for_what_is_missing_of_its_own_line(yard: Yard) -> None:
    """Not for what is good, not for a line that nobody has judged, not for another line, not for nobody's."""
    good, waiting = await yard.arrived("10"), await yard.arrived("10")
    found(await yard.judge(good, "accept", "10"))
    elsewhere = await yard.several()
    before = await yard.harness.checksum()
    for line_id in (good["lines"][0]["id"], waiting["lines"][0]["id"]):
        answer = await yard.send("0", **instead(yard, "1", line_id))
        assert (answer.status_code, answer.json()["code"]) == (409, "REPLACES_TOO_MUCH")
        assert answer.json()["metadata"]["most"] == "0.000000"
    for line_id in (elsewhere["lines"][0]["id"], str(new_id())):  # another order's, nobody's
        answer = await yard.send("0", **instead(yard, "1", line_id))
        assert refused(answer) == (422, "REPLACED_LINE_UNKNOWN")
    assert await yard.harness.checksum() == before


async def test_one_material_does_not_make_good_another(yard: Yard) -> None:
    """Lines of the same order: what was short of the first is no reason to send the second again."""
    lorry = await yard.several()
    judged = [verdict(lorry, 0, "90", received="90"), verdict(lorry, 1, "2.5", received="2.5")]
    found(await yard.do(yard.site, lorry, ":accept", {"partial": True, "lines": judged}))
    first, second = lorry["lines"][:2]
    line = {"line_id": second["order_line_id"], "quantity": "5", "replaces": first["id"]}
    before = await yard.harness.checksum()
    answer = await yard.send("0", order_id=lorry["order_id"], lines=[line])
    assert refused(answer) == (422, "REPLACED_LINE_UNKNOWN")
    assert await yard.harness.checksum() == before
    line |= {"replaces": second["id"]}
    found(await yard.send("0", order_id=lorry["order_id"], lines=[line]), 201)


async def test_a_replacement_that_was_refused_may_come_again(yard: Yard) -> None:
    """Refused goods may themselves be replaced; ten lorries at once do not make the same line good twice."""
    lorry = await yard.arrived("10")
    found(await yard.do(yard.site, lorry, ":refuse", {"reason": "wrong heat"}))
    line_id = lorry["lines"][0]["id"]
    second = found(await yard.send("0", **instead(yard, "10", line_id)), 201)
    full = await yard.send("0", **instead(yard, "1", line_id))
    assert (full.status_code, full.json()["code"]) == (409, "REPLACES_TOO_MUCH")
    found(await yard.do(yard.site, second, ":refuse", {"reason": "wrong again"}))
    answers = await asyncio.gather(*(yard.send("0", **instead(yard, "4", line_id)) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201, 201] + [409] * 8
    listed = found(await yard.supplier.get(PATH, params={"order_id": str(yard.order_id), "state": "dispatched"}))
    assert len(listed["items"]) == 2
