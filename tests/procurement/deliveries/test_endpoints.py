"""Deliveries through the REST door: what is sent, taken, sent back, and what it costs."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.clients.projects import Party
from procurement.deliveries.events import ACCEPTED
from tests.harness import key, organisation
from tests.procurement.conftest import Site, body
from tests.procurement.deliveries.conftest import PATH, Yard
from zhulian.procurement.v1.events_pb2 import DeliveryAccepted


async def test_98_of_100_are_taken_and_two_come_again(yard: Yard) -> None:
    """What is not accepted does not count as delivered, so it may be sent again; cost follows to the cent."""
    sent = await yard.send("100")
    assert sent.status_code == 201, sent.text
    silent = await yard.judge(sent.json(), "accept", "98")
    assert (silent.status_code, silent.json()["errors"][0]["code"]) == (422, "REASON_MISSING")
    taken = await yard.judge(sent.json(), "accept", "98", "two bundles are rusty")
    assert taken.status_code == 200, taken.text
    line = (await yard.orders.read(yard.order_id)).lines[0]
    assert (str(line.delivered), str(line.accepted)) == ("98.000000", "98.000000")
    again = await yard.send("2")
    assert again.status_code == 201, again.text
    assert await yard.costs(sent.json()) == ["387100.00"]
    [fact] = await yard.harness.events(ACCEPTED, UUID(sent.json()["id"]), DeliveryAccepted)
    assert (fact.certificate_number, fact.certificate_sha256) == ("QC-1", "a" * 64)


@pytest.mark.parametrize("quantity", ["100.002", "100.000001"])
async def test_nothing_over_the_quantity(yard: Yard, quantity: str) -> None:
    """100.002 does not pass at 0 %; the refusal says how much would."""
    before = await yard.harness.checksum()
    answer = await yard.send(quantity)
    assert (answer.status_code, answer.json()["code"]) == (409, "OVER_QUANTITY")
    assert answer.json()["metadata"]["most"] == "100.000000"
    assert await yard.harness.checksum() == before


async def test_the_edge_of_a_tolerance_is_exact(yard: Yard, site: Site) -> None:
    """At 2.5 % an order of 100 t takes 102.5 and not a millionth more, over several lorries, also after a return."""
    line = body(site)["lines"][0] | {"tolerance_percent": "2.50"}
    order_id = await yard.orders.confirmed(lines=[line])
    line_id = str((await yard.orders.read(order_id)).lines[0].id)

    async def send(quantity: str) -> httpx.Response:
        return await yard.send("0", order_id=str(order_id), lines=[{"line_id": line_id, "quantity": quantity}])

    assert (await send("102.500001")).json()["code"] == "OVER_QUANTITY"
    first = (await send("60.25")).json()
    before = await yard.harness.checksum()
    refused = await send("42.250001")
    assert (refused.json()["code"], refused.json()["metadata"]["most"]) == ("OVER_QUANTITY", "42.250000")
    assert await yard.harness.checksum() == before
    assert (await send("42.25")).status_code == 201
    await yard.judge(first, "accept", "60.25")
    assert (await send("0.000001")).json()["code"] == "OVER_QUANTITY"
    await yard.judge(first, "return", "0.25", "cracked")
    assert (await send("0.250001")).json()["code"] == "OVER_QUANTITY"
    assert (await send("0.25")).status_code == 201


async def test_ten_lorries_at_once_do_not_bring_more_than_ordered(yard: Yard) -> None:
    """Each with 30 t: three pass."""
    answers = await asyncio.gather(*(yard.send("30") for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] * 3 + [409] * 7
    assert str((await yard.orders.read(yard.order_id)).lines[0].delivered) == "90.000000"


async def test_a_return_takes_quantity_and_cost_back(yard: Yard) -> None:
    """A return says why, never exceeds what was accepted, and its fact is negative and no quality proof."""
    sent = (await yard.send("100")).json()
    await yard.judge(sent, "accept", "100")
    too_much = await yard.judge(sent, "return", "100.5", "all of it")
    back = await yard.judge(sent, "return", "0.5", "cracked")
    assert (too_much.status_code, too_much.json()["errors"][0]["code"]) == (422, "MORE_THAN_CAME")
    assert back.status_code == 200, back.text
    assert await yard.costs(sent) == ["395000.00", "-1975.00"]
    facts = await yard.harness.events(ACCEPTED, UUID(sent["id"]), DeliveryAccepted)
    assert facts[1].certificate_number == ""
    line = (await yard.orders.read(yard.order_id)).lines[0]
    assert (str(line.delivered), str(line.accepted)) == ("99.500000", "99.500000")


async def test_refused_and_withdrawn_goods_may_come_again(yard: Yard) -> None:
    """Both give the quantity back; neither costs anything; a judged delivery cannot be judged again."""
    refused, withdrawn = (await yard.send("50")).json(), (await yard.send("50")).json()
    reason = {"reason": "wrong heat"}
    first = await yard.site.post(f"{PATH}/{refused['id']}:refuse", json=reason, headers=key())
    second = await yard.supplier.post(f"{PATH}/{withdrawn['id']}:withdraw", json=reason, headers=key())
    twice = await yard.judge(refused, "accept", "50")
    assert (first.json()["state"], second.json()["state"]) == ("refused", "withdrawn")
    assert (twice.status_code, twice.json()["code"]) == (409, "INVALID_STATE")
    assert str((await yard.orders.read(yard.order_id)).lines[0].delivered) == "0.000000"
    assert await yard.harness.events(ACCEPTED, UUID(refused["id"]), DeliveryAccepted) == []


async def test_who_may_do_what(yard: Yard, site: Site) -> None:
    """The supplier does not accept its own goods; a stranger sees no delivery; refusals change nothing."""
    sent = (await yard.send("10")).json()
    before = await yard.harness.checksum()
    lines = {"lines": [{"line_id": sent["lines"][0]["id"], "quantity": "10"}]}
    strangers = [organisation(Kind.SUPPLIER).as_(Role.SALES), organisation(Kind.CONTRACTOR).as_(Role.SITE_ENGINEER)]
    own = await yard.supplier.post(f"{PATH}/{sent['id']}:accept", json=lines, headers=key())
    assert (own.status_code, own.json()["code"]) == (403, "ROLE_MISSING")
    for stranger in strangers:
        async with yard.harness.client(stranger) as client:
            assert (await client.get(f"{PATH}/{sent['id']}")).status_code == 404
            assert (await client.get(PATH)).json()["items"] == []
    foreign = await yard.site.post(f"{PATH}/{new_id()}:accept", json=lines, headers=key())
    assert foreign.status_code == 404
    assert await yard.harness.checksum() == before


async def test_nothing_is_accepted_on_a_closed_project(yard: Yard, site: Site) -> None:
    """project-mgmt is asked, not the replica."""
    sent = (await yard.send("10")).json()
    yard.orders.projects.parties[site.project_id, site.contractor.id] = Party(frozenset({"owner"}), "archived")
    answer = await yard.judge(sent, "accept", "10")
    assert (answer.status_code, answer.json()["code"]) == (409, "PROJECT_NOT_OPEN")


BAD: list[tuple[str, dict[str, Any], str]] = [
    ("certificate hash", {"certificate_sha256": "A" * 64}, "/certificate_sha256"),
    ("certificate missing", {"certificate_number": ""}, "/certificate_number"),
    ("no lines", {"lines": []}, "/lines"),
    ("foreign line", {"lines": [{"line_id": str(new_id()), "quantity": "1"}]}, "/lines/0/line_id"),
    ("zero", {"lines": [{"line_id": str(new_id()), "quantity": "0"}]}, "/lines/0/quantity"),
]


@pytest.mark.parametrize(("name", "change", "pointer"), BAD, ids=[case[0] for case in BAD])
async def test_bad_notes_change_nothing(yard: Yard, name: str, change: dict[str, Any], pointer: str) -> None:
    before = await yard.harness.checksum()
    answer = await yard.send("1", **change)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]
    assert await yard.harness.checksum() == before
