"""What is printed of a row."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from chassis.ids import new_id
from chassis.typesetting import PrintedOrganisation
from procurement.agreements.models import AgreementItem
from procurement.agreements.states import PriceKind
from procurement.agreements.states import State as AgreementState
from procurement.orders.models import Order, OrderLine
from procurement.orders.states import State
from procurement.paper import rules
from procurement.paper.rules import Around, Named, order_paper
from procurement.supplements.states import State as SupplementState

AROUND = Around(
    PrintedOrganisation("b"),
    PrintedOrganisation("s", "鹏城钢材"),
    "P-1",
    Named("示范项目", ""),
    {"01090001": Named("圆钢", "round bar", "φ8")},
)


def order(**changes: Any) -> Order:
    """An order of one line, made when it was Tuesday in London and Wednesday in Shanghai."""
    line = OrderLine(
        order_id=new_id(),
        position=1,
        material_code="01090001",
        unit="t",
        cost_code="01",
        quantity=Decimal("12.500000"),
        unit_price=Decimal("3950.125000"),
        tolerance_percent=Decimal("0.00"),
        amount=Decimal("49376.56"),
        tax_percent=Decimal("13.00"),
        needed_by=date(2026, 12, 24),
    )
    fields: dict[str, Any] = {
        "number": "PO-1",
        "project_id": new_id(),
        "buyer_id": new_id(),
        "supplier_id": new_id(),
        "state": State.APPROVED,
        "currency": "CNY",
        "total": Decimal("1049376.56"),
        "created_by": "x",
        "created_at": datetime(2026, 11, 24, 17, 0, tzinfo=UTC),
        "lines": [line],
    }
    return Order(**(fields | changes))


def test_numbers_are_printed_as_people_write_them() -> None:
    paper = order_paper(order(), AROUND, "zh-CN")
    [line] = paper.lines
    assert (line.quantity, line.price, line.tax, line.amount) == ("12.5", "3,950.125", "13", "49,376.56")
    assert (paper.total, line.needed_by) == ("1,049,376.56", "2026-12-24")


@pytest.mark.parametrize(
    ("price", "printed"), [("3950", "3,950.00"), ("0.000001", "0.000001"), ("0", "0.00"), ("1234567.1", "1,234,567.10")]
)
def test_a_price_has_two_decimals_at_least_and_all_that_it_has(price: str, printed: str) -> None:
    line = order().lines[0]
    line.unit_price = Decimal(price)
    assert order_paper(order(lines=[line]), AROUND, "en").lines[0].price == printed


def test_days_are_those_of_shanghai() -> None:
    assert order_paper(order(), AROUND, "en").day == "2026-11-25"


@pytest.mark.parametrize("state", State)
def test_whatever_does_not_bind_is_marked(state: State) -> None:
    mark = order_paper(order(state=state), AROUND, "en").mark
    binding = {State.APPROVED, State.CONFIRMED, State.IN_DELIVERY, State.COMPLETED}
    assert (mark == "") == (state in binding)
    assert (mark == "draft") == (state in {State.DRAFT, State.SUBMITTED})


def test_agreements_and_supplements_are_marked_until_they_are_signed() -> None:
    assert set(AgreementState) - set(rules.AGREEMENT_MARKS) == {AgreementState.ACTIVE}
    assert set(SupplementState) - set(rules.SUPPLEMENT_MARKS) == {SupplementState.SIGNED}


def test_names_come_in_the_language_and_in_chinese_without_one() -> None:
    english = order_paper(order(), AROUND, "en")
    assert (english.lines[0].material, english.project) == ("round bar φ8", "P-1 示范项目")
    assert order_paper(order(), AROUND, "zh-CN").lines[0].material == "圆钢 φ8"


@pytest.mark.parametrize(
    ("percent", "amount", "printed"),
    [("2.00", "0", "信息价 440300 − 2%"), ("-1.50", "0", "信息价 440300 + 1.5%"), ("0", "30", "信息价 440300 − 30")],
)
def test_a_formula_is_printed_as_it_is_computed(percent: str, amount: str, printed: str) -> None:
    item = AgreementItem(
        agreement_id=new_id(),
        position=1,
        material_code="01090001",
        unit="t",
        price_kind=PriceKind.PUBLISHED,
        region="440300",
        discount_percent=Decimal(percent),
        discount_amount=Decimal(amount),
        tolerance_percent=Decimal(0),
    )
    assert rules._agreed_price(item, "zh-CN") == printed
