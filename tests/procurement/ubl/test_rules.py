"""Rows → UBL → values, without a service."""

from __future__ import annotations

from decimal import Decimal

import pytest

from procurement.ubl import rules
from procurement.ubl.document import parsed, written
from tests.procurement.paper.test_rules import AROUND, order


def test_an_order_is_read_as_it_was_written() -> None:
    row = order(note="a\x01b <&>")
    root = parsed(written(rules.order_document(row, AROUND)), "Order")
    read = rules.read_order(root)
    assert read.buyer == "b"
    assert rules.prices_without_tax(root) == []
    assert read.body == {
        "number": "PO-1",
        "project_id": str(row.project_id),
        "supplier_id": "s",
        "currency": "CNY",
        "note": "a\ufffdb <&>",
        "lines": [
            {
                "material_code": "01090001",
                "unit": "t",
                "cost_code": "01",
                "quantity": "12.500000",
                "unit_price": "3950.125000",
                "tolerance_percent": "0.00",
                "tax_percent": "13.00",
                "needed_by": "2026-12-24",
            }
        ],
    }


def test_what_was_not_agreed_is_left_out_and_read_as_nothing() -> None:
    row = order()
    row.lines[0].tax_percent = row.lines[0].needed_by = None
    [line] = rules.read_order(parsed(written(rules.order_document(row, AROUND)), "Order")).body["lines"]
    assert "tax_percent" not in line
    assert "needed_by" not in line


@pytest.mark.parametrize(("unit", "code"), [("t", "TNE"), ("m²", "MTK"), ("m2", "MTK"), ("台班", "台班")])
def test_units_have_codes_of_recommendation_20_where_it_knows_them(unit: str, code: str) -> None:
    row = order()
    row.lines[0].unit = unit
    content = written(rules.order_document(row, AROUND)).decode()
    assert f'unitCode="{code}"' in content
    [line] = rules.read_order(parsed(content.encode(), "Order")).body["lines"]
    assert rules.same_unit(line["unit"], unit)


def test_a_price_that_is_not_said_to_include_tax_is_found() -> None:
    content = written(rules.order_document(order(), AROUND))
    net = parsed(content.replace(b"tax-inclusive", b"net"), "Order")
    assert rules.prices_without_tax(net) == [0]


def test_the_total_is_the_orders_own() -> None:
    row = order(total=Decimal("49376.56"))
    total = rules.first(rules.order_document(row, AROUND), "cac:AnticipatedMonetaryTotal/cbc:PayableAmount")
    assert total == "49376.56"
