"""Papers through the REST door: who gets which, in which language."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal

import pytest
from pypdf import PdfReader

from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.agreements.rules import Formula
from procurement.agreements.states import PriceKind
from procurement.supplements.service import Heights, ItemCaps
from tests.harness import Harness, key, organisation
from tests.procurement.agreements.conftest import Agreements, item
from tests.procurement.conftest import Orders, Site, body
from tests.procurement.settling import Desk
from tests.procurement.supplements.conftest import Supplements

ORDERS = "/procurement/v1/orders"


def text(pdf: bytes) -> str:
    return " ".join(page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages)


async def test_a_draft_order_is_a_pdf_that_says_so(procurement: Harness, orders: Orders, site: Site) -> None:
    order_id = await orders.draft(number="PO-PAPER", note="前门卸货")
    async with procurement.client(orders.buyer, language="zh-CN") as client:
        answer = await client.get(f"{ORDERS}/{order_id}/document")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    assert answer.headers["content-disposition"] == f'attachment; filename="order-{order_id}.pdf"'
    printed = text(answer.content)
    for wanted in ("采购订单", "PO-PAPER", "草稿 DRAFT", "P-1 示范项目", "圆钢 HPB300 φ8", "444,375.00", "前门卸货"):
        assert wanted in printed
    assert site.contractor.uscc in printed
    assert str(site.supplier.id) in printed


async def test_the_supplier_gets_an_approved_order_in_its_language(procurement: Harness, orders: Orders) -> None:
    order_id = await orders.approved()
    async with procurement.client(orders.sales) as client:
        english = await client.get(f"{ORDERS}/{order_id}/document")
        chinese = await client.get(f"{ORDERS}/{order_id}/document", params={"language": "zh-CN"})
    assert "Purchase order" in text(english.content)
    assert "DRAFT" not in text(english.content)
    assert "采购订单" in text(chinese.content)


async def test_a_delivery_note_names_its_order_and_has_three_places_to_sign(
    procurement: Harness, orders: Orders, site: Site
) -> None:
    order_id = await orders.confirmed(lines=body(site)["lines"][:1], number="PO-OF-NOTE")
    [line] = (await orders.read(order_id)).lines
    note = {
        "order_id": str(order_id),
        "note_number": f"DN-{new_id()}",
        "vehicle": "粤B12345",
        "certificate_number": "QC-1",
        "certificate_sha256": "a" * 64,
        "lines": [{"line_id": str(line.id), "quantity": "12.5"}],
    }
    async with procurement.client(orders.sales) as client:
        made = await client.post("/procurement/v1/deliveries", json=note, headers=key())
        assert made.status_code == 201, made.text
        answer = await client.get(f"/procurement/v1/deliveries/{made.json()['id']}/document")
    printed = text(answer.content)
    for wanted in ("Delivery note", "PO-OF-NOTE", "粤B12345", "QC-1", "12.5", "Received on site", "Witnessed"):
        assert wanted in printed


async def test_a_supplier_gets_no_paper_of_a_draft_and_a_stranger_of_nothing(
    procurement: Harness, orders: Orders
) -> None:
    draft, approved = await orders.draft(), await orders.approved()
    before = await procurement.checksum()
    stranger = organisation(Kind.SUPPLIER).as_(Role.SALES)
    for caller, order_id in ((orders.sales, draft), (stranger, approved), (stranger, new_id())):
        async with procurement.client(caller) as client:
            answer = await client.get(f"{ORDERS}/{order_id}/document")
        assert (answer.status_code, answer.json()["code"]) == (404, "ORDER_NOT_FOUND")
    assert await procurement.checksum() == before


@pytest.mark.parametrize("language", ["fr", "", "zh-CN\x00", "../en"])
async def test_an_unknown_language_is_refused(procurement: Harness, orders: Orders, language: str) -> None:
    order_id = await orders.draft()
    async with procurement.client(orders.buyer) as client:
        answer = await client.get(f"{ORDERS}/{order_id}/document", params={"language": language})
    assert answer.status_code == 422
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["query:language"]


async def test_an_agreement_shows_prices_formulas_and_its_validity(procurement: Harness, site: Site) -> None:
    formula = Formula(PriceKind.PUBLISHED, None, "440300", Decimal("2.00"), Decimal(0))
    agreements = Agreements(procurement, site, organisation(Kind.OWNER))
    made = await agreements.draft(item(hard_cap=Decimal(500)), item(formula=formula), hard_cap=Decimal("1000000.00"))
    async with procurement.client(agreements.head.as_(Role.BUYER), language="zh-CN") as client:
        answer = await client.get(f"/procurement/v1/agreements/{made.id}/document")
    assert answer.status_code == 200, answer.text
    printed = text(answer.content)
    for wanted in ("集中采购协议", made.number, "草稿", "3,900.00", "信息价 440300 − 2%", "500", "CNY 1,000,000.00"):
        assert wanted in printed
    assert "2026-11-01 – 2027-10-31" in printed
    async with procurement.client(organisation(Kind.OWNER).as_(Role.BUYER)) as client:
        assert (await client.get(f"/procurement/v1/agreements/{made.id}/document")).status_code == 404


@pytest.mark.parametrize(
    ("language", "wanted"),
    [
        ("zh-CN", ("补充协议", "草稿", "原上限", "CNY 100,000.00", "CNY 200,000.00", "三标段增加地下室")),
        ("en", ("Supplemental agreement", "DRAFT", "Cap so far", "CNY 100,000.00", "CNY 200,000.00", "Valid so far")),
    ],
)
async def test_a_supplement_shows_what_was_and_what_shall_be(
    procurement: Harness, site: Site, language: str, wanted: tuple[str, ...]
) -> None:
    """Both caps and last days, the items that change or come on top; others find nothing."""
    agreements = Agreements(procurement, site, organisation(Kind.CONTRACTOR))
    active = await agreements.active(item(hard_cap=Decimal(5)), hard_cap=Decimal("100000.00"))
    made = await Supplements(agreements).drafted(
        active,
        valid_to=date(2027, 12, 31),
        heights=Heights(None, Decimal("200000.00")),
        item_caps=(ItemCaps(active.items[0].id, None, Decimal("7.5")),),
    )
    path = f"/procurement/v1/agreements/{active.id}/supplements/{made.id}/document"
    async with procurement.client(agreements.head.as_(Role.BUYER), language=language) as client:
        answer = await client.get(path)
    assert answer.status_code == 200, answer.text
    printed = text(answer.content)
    for one in (*wanted, f"{active.number}/1", "3,900.00", "7.5", "2026-11-01 – 2027-10-31", "2026-11-01 – 2027-12-31"):
        assert one in printed
    for who in (site.supplier, site.contractor, organisation(Kind.OWNER)):
        async with procurement.client(who.as_(*Role)) as client:
            assert (await client.get(path)).status_code == 404


async def test_a_statement_shows_what_each_side_says_of_each_line(
    procurement: Harness, orders: Orders, site: Site
) -> None:
    desk = await Desk.open(procurement, orders, site)
    await desk.accepted("40", "12.5")
    statement = await desk.agreed(await desk.proposed(), 0)
    async with procurement.client(desk.sales, language="zh-CN") as client:
        answer = await client.get(f"/procurement/v1/statements/{statement['id']}/document")
    assert answer.status_code == 200, answer.text
    printed = text(answer.content)
    for wanted in ("对账单", statement["number"], "2026-11", "部分确认", "已确认", "待确认", "158,000.00", "12.5"):
        assert wanted in printed
    async with procurement.client(organisation(Kind.SUPPLIER).as_(Role.SALES)) as client:
        assert (await client.get(f"/procurement/v1/statements/{statement['id']}/document")).status_code == 404
