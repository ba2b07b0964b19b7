"""UBL through the REST door: out, valid, in again, the same."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from lxml import etree

from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.ubl.document import CBC, LARGEST, NAMES, parsed
from tests.harness import Harness, key, organisation
from tests.procurement.conftest import Orders, Site, body

UBL = "/procurement/v1/ubl"
XML = {"Content-Type": "application/xml"}

NOBODY = "01920000-0000-7000-8000-00000000dead"


async def post(client: httpx.AsyncClient, path: str, content: bytes) -> httpx.Response:
    return await client.post(f"{UBL}/{path}", content=content, headers=key() | XML)


async def document(client: httpx.AsyncClient, path: str, name: str) -> bytes:
    answer = await client.get(f"{UBL}/{path}")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/xml"), answer.text
    assert parsed(answer.content, name) is not None
    return answer.content


def changed(content: bytes, path: str, text: str) -> bytes:
    """The document with another text at a place."""
    root = etree.fromstring(content)
    [element] = root.xpath(path, namespaces=NAMES)
    element.text = text
    return etree.tostring(root)  # type: ignore[no-any-return]


def lines(order: dict[str, Any]) -> list[dict[str, Any]]:
    """An order's lines without what is made anew."""
    return [{name: value for name, value in line.items() if name != "id"} for line in order["lines"]]


async def test_an_order_goes_out_comes_in_and_is_the_same(procurement: Harness, orders: Orders, site: Site) -> None:
    [line, *_] = body(site)["lines"]
    given = [
        line | {"tax_percent": "13.00", "needed_by": "2026-12-24", "tolerance_percent": "2.50"},
        line | {"quantity": "0.000001", "unit_price": "1234.567891", "cost_code": "02-FRAME"},
    ]
    order_id = await orders.draft(lines=given, note='<b>&"前门" #1')
    number = f"AGAIN-{new_id()}"
    async with procurement.client(orders.buyer) as client:
        content = await document(client, f"orders/{order_id}", "Order")
        twice = await post(client, "orders", content)
        taken = await post(client, "orders", changed(content, "/*/cbc:ID", number))
        before = (await client.get(f"/procurement/v1/orders/{order_id}")).json()
    assert (twice.status_code, twice.json()["code"]) == (409, "ORDER_NUMBER_TAKEN")
    assert taken.status_code == 201, taken.text
    after = taken.json()
    assert lines(after) == lines(before)
    for name in ("project_id", "buyer_id", "supplier_id", "currency", "total", "note"):
        assert after[name] == before[name]
    assert (after["number"], after["state"]) == (number, "draft")


async def test_a_response_confirms_and_can_be_read_back(procurement: Harness, orders: Orders) -> None:
    model, order_id = await orders.confirmed(), await orders.approved()
    async with procurement.client(orders.sales) as client:
        early = await client.get(f"{UBL}/order-responses/{order_id}")
        content = await document(client, f"order-responses/{model}", "OrderResponse")
        response = changed(content, "/*/cac:OrderReference/cbc:UUID", str(order_id))
        taken = await post(client, "order-responses", response)
        await document(client, f"order-responses/{order_id}", "OrderResponse")
    assert (early.status_code, early.json()["code"]) == (409, "ORDER_NOT_CONFIRMED")
    assert (taken.status_code, taken.json()["state"]) == (200, "confirmed")


async def test_a_despatch_advice_becomes_a_delivery_and_goes_out_the_same(
    procurement: Harness, orders: Orders, site: Site
) -> None:
    order_id = await orders.confirmed(lines=body(site)["lines"][:2])
    line = (await orders.read(order_id)).lines[1]
    note = {
        "order_id": str(order_id),
        "note_number": f"DN-{new_id()}",
        "vehicle": "粤B12345",
        "certificate_number": "QC-1",
        "certificate_sha256": "a" * 64,
        "lines": [{"line_id": str(line.id), "quantity": "2.5", "heat_numbers": ["H26-1107", "H26-1108"]}],
    }
    async with procurement.client(orders.sales) as client:
        made = (await client.post("/procurement/v1/deliveries", json=note, headers=key())).json()
        content = await document(client, f"despatch-advices/{made['id']}", "DespatchAdvice")
        twice = await post(client, "despatch-advices", content)
        taken = await post(client, "despatch-advices", changed(content, "/*/cbc:ID", f"DN-{new_id()}"))
        unit = content.replace(b'unitCode="TNE"', b'unitCode="KGM"')
        wrong = await post(client, "despatch-advices", changed(unit, "/*/cbc:ID", f"DN-{new_id()}"))
        strange = changed(content, "//cac:OrderLineReference/cbc:LineID", "9")
        unknown = await post(client, "despatch-advices", changed(strange, "/*/cbc:ID", f"DN-{new_id()}"))
    assert (twice.status_code, twice.json()["code"]) == (409, "DELIVERY_NOTE_TAKEN")
    assert taken.status_code == 201, taken.text
    for name in ("order_id", "vehicle", "certificate_number", "certificate_sha256"):
        assert taken.json()[name] == made[name]
    for name in ("order_line_id", "quantity", "heat_numbers"):
        assert [one[name] for one in taken.json()["lines"]] == [one[name] for one in made["lines"]]
    assert wrong.json()["errors"][0]["pointer"] == "/lines/0/quantity"
    assert unknown.json()["errors"][0]["pointer"] == "/lines/0/line_id"


@pytest.mark.parametrize(
    ("path", "text", "pointer"),
    [
        ("//cac:OrderLine[1]//cbc:Quantity", "-1", "/lines/0/quantity"),
        ("//cac:OrderLine[1]//cbc:Quantity", "0", "/lines/0/quantity"),
        ("//cac:OrderLine[2]//cbc:PriceAmount", "0.0000001", "/lines/1/unit_price"),
        ("//cac:OrderLine[1]//cbc:PriceType", "net", "/lines/0/unit_price"),
        ("//cac:OrderLine[3]//cbc:ItemClassificationCode", "nine", "/lines/2/material_code"),
        ("//cac:OrderLine[1]//cbc:ItemClassificationCode", "99999999", "/lines/0/material_code"),
        ("/*/cac:ProjectReference/cbc:UUID", "P-1", "/project_id"),
        ("/*/cac:BuyerCustomerParty//cbc:ID[@schemeID='zhulian']", NOBODY, "BuyerCustomerParty"),
        ("/*/cac:SellerSupplierParty//cbc:ID[@schemeID='zhulian']", "somebody", "/supplier_id"),
        ("/*/cbc:DocumentCurrencyCode", "yuan", "/currency"),
    ],
)
async def test_a_valid_document_with_a_bad_value_says_where(
    procurement: Harness, orders: Orders, path: str, text: str, pointer: str
) -> None:
    order_id = await orders.draft()
    async with procurement.client(orders.buyer) as client:
        content = await document(client, f"orders/{order_id}", "Order")
        before = await procurement.checksum()
        numbered = changed(content, "/*/cbc:ID", f"N-{new_id()}")
        answer = await post(client, "orders", changed(numbered, path, text))
    assert (answer.status_code, [one["pointer"] for one in answer.json()["errors"]]) == (422, [pointer]), answer.text
    assert await procurement.checksum() == before


async def test_entities_wrong_roots_other_types_and_huge_files_change_nothing(
    procurement: Harness, orders: Orders
) -> None:
    order_id = await orders.draft()
    before = await procurement.checksum()
    async with procurement.client(orders.buyer) as client:
        content = await document(client, f"orders/{order_id}", "Order")
        bomb = b'<!DOCTYPE x [<!ENTITY a "b">]>' + content.partition(b"?>")[2]
        assert (await post(client, "orders", bomb)).json()["code"] == "XML_UNREADABLE"
        assert (await post(client, "orders", content[:-20])).json()["code"] == "XML_UNREADABLE"
        assert (await post(client, "orders", b"<Order/>")).json()["code"] == "UBL_DOCUMENT_UNKNOWN"
        huge = await post(client, "orders", content + b" " * LARGEST)
        plain = await client.post(f"{UBL}/orders", json={}, headers=key())
    assert (huge.status_code, plain.status_code) == (413, 415)
    assert await procurement.checksum() == before


async def test_who_may_not_see_an_order_gets_no_document_and_sends_nothing_to_it(
    procurement: Harness, orders: Orders
) -> None:
    confirmed, approved = await orders.confirmed(), await orders.approved()
    async with procurement.client(orders.sales) as client:
        content = await document(client, f"order-responses/{confirmed}", "OrderResponse")
    stranger = organisation(Kind.SUPPLIER)
    foreign = changed(content, "/*/cac:OrderReference/cbc:UUID", str(approved))
    own = changed(foreign, "/*/cac:SellerSupplierParty//cbc:ID[@schemeID='zhulian']", str(stranger.id))
    before = await procurement.checksum()
    async with procurement.client(stranger.as_(Role.SALES)) as client:
        for path in (f"orders/{approved}", f"order-responses/{confirmed}"):
            assert (await client.get(f"{UBL}/{path}")).json()["code"] == "ORDER_NOT_FOUND"
        assert (await post(client, "order-responses", foreign)).json()["errors"][0]["code"] == "UBL_OTHER_PARTY"
        assert (await post(client, "order-responses", own)).json()["code"] == "ORDER_NOT_FOUND"
    assert await procurement.checksum() == before


async def test_units_and_codes_are_those_of_the_standards(procurement: Harness, orders: Orders) -> None:
    order_id = await orders.draft()
    async with procurement.client(orders.buyer) as client:
        root = parsed(await document(client, f"orders/{order_id}", "Order"), "Order")
    quantities = root.iter(f"{{{CBC}}}Quantity")
    assert {one.get("unitCode") for one in quantities} == {"TNE"}
    [code, *_] = root.iter(f"{{{CBC}}}ItemClassificationCode")
    assert (code.text, code.get("listID")) == ("01090001", "GB/T 50851")
