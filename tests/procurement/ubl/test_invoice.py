"""Invoices as UBL: out, valid, in again, the same; what is no commercial invoice is refused."""

from __future__ import annotations

from typing import Any

import httpx
import pytest

from chassis.identity import Kind, Role
from procurement.ubl.document import parsed
from tests.harness import Harness, organisation
from tests.procurement.conftest import Orders, Site
from tests.procurement.settling import Desk, number
from tests.procurement.ubl.test_endpoints import UBL, changed, document, post

NEW = ("id", "version", "number", "created_at", "updated_at", "entered_by", "lines", "state", "reasons")
NEW_OF_LINE = ("id", "reasons")


@pytest.fixture
async def desk(procurement: Harness, orders: Orders, site: Site) -> Desk:
    return await Desk.open(procurement, orders, site)


def same(one: dict[str, Any]) -> dict[str, Any]:
    """An invoice without what is made anew."""
    lines = [{name: value for name, value in line.items() if name not in NEW_OF_LINE} for line in one["lines"]]
    return {name: value for name, value in one.items() if name not in NEW} | {"lines": lines}


async def taken(desk: Desk, content: bytes) -> httpx.Response:
    async with desk.harness.client(desk.sales) as client:
        return await post(client, "invoices", content)


async def test_an_invoice_goes_out_comes_in_and_is_the_same(desk: Desk) -> None:
    await desk.accepted("40", "12.5")
    made = await desk.entered(desk.billed(0, "30"), desk.billed(1, "12.5", "3950.00"))
    async with desk.harness.client(desk.accountant) as client:
        content = await document(client, f"invoices/{made['id']}", "Invoice")
    twice = await taken(desk, content)
    await desk.done(desk.sales, f"/invoices/{made['id']}:cancel", {"reason": "to be sent as UBL"})
    again = await taken(desk, content)
    assert (twice.status_code, twice.json()["code"]) == (409, "INVOICE_NUMBER_TAKEN")
    assert again.status_code == 201, again.text
    assert same(again.json()) == same(made)


async def test_a_line_of_an_agreed_statement_is_billed_as_such(desk: Desk) -> None:
    await desk.accepted("40")
    statement = await desk.agreed(await desk.proposed(), 0)
    line = desk.billed(0, "40") | {"statement_line_id": statement["lines"][0]["id"]}
    line.pop("order_line_id")
    made = await desk.entered(line)
    async with desk.harness.client(desk.sales) as client:
        content = await document(client, f"invoices/{made['id']}", "Invoice")
    await desk.done(desk.sales, f"/invoices/{made['id']}:cancel", {"reason": "to be sent as UBL"})
    again = await taken(desk, content)
    assert again.status_code == 201, again.text
    assert again.json()["lines"][0]["statement_line_id"] == statement["lines"][0]["id"]


@pytest.mark.parametrize(
    ("path", "text", "pointer"),
    [
        ("/*/cbc:InvoiceTypeCode", "381", "InvoiceTypeCode"),
        ("/*/cac:TaxTotal/cbc:TaxAmount", "1.00", "/tax"),
        ("/*/cbc:ID", "INV-1", "/number"),
        ("//cac:AccountingSupplierParty//cbc:ID[@schemeID='USCC']", "1", "/seller_uscc"),
        ("//cac:AccountingSupplierParty//cbc:ID[@schemeID='zhulian']", "somebody", "AccountingSupplierParty"),
    ],
)
async def test_a_bad_value_says_where_and_nothing_is_entered(desk: Desk, path: str, text: str, pointer: str) -> None:
    await desk.accepted("40")
    made = await desk.entered(desk.billed(0, "30"))
    async with desk.harness.client(desk.sales) as client:
        content = await document(client, f"invoices/{made['id']}", "Invoice")
    before = await desk.harness.checksum()
    answer = await taken(desk, changed(changed(content, "/*/cbc:ID", number()), path, text))
    assert answer.status_code == 422, answer.text
    assert pointer in [one["pointer"] for one in answer.json()["errors"]]
    assert await desk.harness.checksum() == before


async def test_a_stranger_sees_no_invoice(desk: Desk) -> None:
    await desk.accepted("40")
    made = await desk.entered(desk.billed(0, "30"))
    async with desk.harness.client(organisation(Kind.CONTRACTOR).as_(Role.ACCOUNTANT)) as client:
        assert (await client.get(f"{UBL}/invoices/{made['id']}")).status_code == 404


async def test_an_invoice_names_both_codes_and_the_total(desk: Desk) -> None:
    await desk.accepted("40")
    made = await desk.entered(desk.billed(0, "30"))
    async with desk.harness.client(desk.accountant) as client:
        root = parsed(await document(client, f"invoices/{made['id']}", "Invoice"), "Invoice")
    texts = [str(one.text) for one in root.iter()]
    for wanted in (made["seller_uscc"], made["buyer_uscc"], made["gross"], made["number"]):
        assert wanted in texts
