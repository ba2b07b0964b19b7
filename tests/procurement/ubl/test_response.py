"""A UBL OrderResponse: accepted, rejected, and what has no counterpart here."""

from __future__ import annotations

from uuid import UUID

import httpx
import pytest

from procurement.ubl.document import CAC, CBC, namespace, parsed
from procurement.ubl.rules import first
from tests.harness import Harness
from tests.procurement.conftest import Orders
from tests.procurement.ubl.test_endpoints import UBL, document, post

WHY = "<cbc:Note>no capacity</cbc:Note><cbc:Note>before February</cbc:Note>"


def response(order_id: UUID, code: str, notes: str = "", lines: str = "") -> bytes:
    """As another system would write it."""
    return (
        f'<OrderResponse xmlns="{namespace("OrderResponse")}" xmlns:cac="{CAC}" xmlns:cbc="{CBC}">'
        f"<cbc:ID>R-1</cbc:ID><cbc:IssueDate>2026-11-23</cbc:IssueDate>"
        f"<cbc:OrderResponseCode>{code}</cbc:OrderResponseCode>{notes}"
        f"<cac:OrderReference><cbc:ID>x</cbc:ID><cbc:UUID>{order_id}</cbc:UUID></cac:OrderReference>"
        f"<cac:SellerSupplierParty/><cac:BuyerCustomerParty/>{lines}</OrderResponse>"
    ).encode()


def line(position: str, content: str = "", more: str = "") -> str:
    """An order line that says so much."""
    item = f"<cac:LineItem><cbc:ID>{position}</cbc:ID>{content}<cac:Item/></cac:LineItem>"
    return f"<cac:OrderLine>{item}{more}</cac:OrderLine>"


def priced(quantity: str, price: str, unit: str = "TNE") -> str:
    """Quantity and price of a line."""
    return (
        f'<cbc:Quantity unitCode="{unit}">{quantity}</cbc:Quantity>'
        f'<cac:Price><cbc:PriceAmount currencyID="CNY">{price}</cbc:PriceAmount></cac:Price>'
    )


async def sent(harness: Harness, orders: Orders, content: bytes) -> httpx.Response:
    async with harness.client(orders.sales) as client:
        return await post(client, "order-responses", content)


async def test_rejected_declines_with_the_notes_and_can_be_read_back(orders: Orders, procurement: Harness) -> None:
    order_id = await orders.approved()
    answer = await sent(procurement, orders, response(order_id, "RE", WHY))
    assert answer.status_code == 200, answer.text
    assert (answer.json()["state"], answer.json()["reason"]) == ("declined", "no capacity\nbefore February")
    async with procurement.client(orders.buyer) as client:
        root = parsed(await document(client, f"order-responses/{order_id}", "OrderResponse"), "OrderResponse")
    assert first(root, "cbc:OrderResponseCode") == "RE"
    assert first(root, "cbc:Note") == "no capacity\nbefore February"


async def test_what_was_rejected_goes_out_and_comes_in_the_same(orders: Orders, procurement: Harness) -> None:
    model, order_id = await orders.approved(), await orders.approved()
    await sent(procurement, orders, response(model, "RE", WHY))
    async with procurement.client(orders.sales) as client:
        content = await document(client, f"order-responses/{model}", "OrderResponse")
        answer = await post(client, "order-responses", content.replace(str(model).encode(), str(order_id).encode()))
        twice = await post(client, "order-responses", content)
    assert (answer.status_code, answer.json()["reason"]) == (200, "no capacity\nbefore February")
    assert (twice.status_code, twice.json()["code"]) == (409, "INVALID_STATE")


@pytest.mark.parametrize(
    ("code", "notes", "lines", "pointer", "fault"),
    [
        ("RE", "", "", "/reason", "TOO_SHORT"),
        ("CA", WHY, "", "OrderResponseCode", "UBL_AMENDMENT_NOT_OFFERED"),
        ("CA", "", line("1", priced("50", "1.00")), "OrderResponseCode", "UBL_AMENDMENT_NOT_OFFERED"),
        ("AB", "", "", "OrderResponseCode", "UBL_VALUE_UNKNOWN"),
        ("", "", "", "OrderResponseCode", "UBL_VALUE_UNKNOWN"),
        ("AP", "", line("1", priced("99", "3950.00")), "/lines/0", "UBL_AMENDMENT_NOT_OFFERED"),
        ("AP", "", line("1", priced("100", "3950.01")), "/lines/0", "UBL_AMENDMENT_NOT_OFFERED"),
        ("AP", "", line("1", priced("100", "3950", "KGM")), "/lines/0", "UBL_AMENDMENT_NOT_OFFERED"),
        ("AP", "", line("1") + line("9"), "/lines/1", "UBL_AMENDMENT_NOT_OFFERED"),
        (
            "AP",
            "",
            line(
                "1",
                more=f"<cac:SellerSubstitutedLineItem>{'<cbc:ID>1</cbc:ID><cac:Item/>'}</cac:SellerSubstitutedLineItem>",
            ),
            "/lines/0",
            "UBL_AMENDMENT_NOT_OFFERED",
        ),
    ],
)
async def test_what_is_no_answer_here_says_so_and_changes_nothing(
    orders: Orders, procurement: Harness, code: str, notes: str, lines: str, pointer: str, fault: str
) -> None:
    order_id = await orders.approved()
    before = await procurement.checksum()
    answer = await sent(procurement, orders, response(order_id, code, notes, lines))
    assert answer.status_code == 422, answer.text
    [one] = answer.json()["errors"]
    assert (one["pointer"], one["code"]) == (pointer, fault)
    assert await procurement.checksum() == before


async def test_accepted_may_repeat_the_lines_as_they_are(orders: Orders, procurement: Harness) -> None:
    """A line is the order's by its reference, before its own number; one that says nothing changes nothing."""
    order_id = await orders.approved()
    referred = "<cac:OrderLineReference><cbc:LineID>1</cbc:LineID></cac:OrderLineReference>"
    lines = line("7", priced("100.0", "3950"), referred) + line("2")
    answer = await sent(procurement, orders, response(order_id, "AP", "", lines))
    assert (answer.status_code, answer.json()["state"]) == (200, "confirmed"), answer.text


async def test_there_is_no_response_before_the_supplier_has_answered(orders: Orders, procurement: Harness) -> None:
    order_id = await orders.approved()
    async with procurement.client(orders.sales) as client:
        answer = await client.get(f"{UBL}/order-responses/{order_id}")
    assert (answer.status_code, answer.json()["code"]) == (409, "ORDER_NOT_CONFIRMED")
