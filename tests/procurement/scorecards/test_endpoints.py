"""The REST door of scorecards."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.scorecards.rules import Figure
from tests.harness import organisation
from tests.procurement.conftest import Orders
from tests.procurement.deliveries.test_service import dispatched, judged
from tests.procurement.suppliers.conftest import PATH, Dealing


async def test_a_figure_opens_into_its_rows(dealing: Dealing, orders: Orders) -> None:
    """Exact decimals; the row names the delivery behind it."""
    file_id = await dealing.joined()
    delivery = await judged(orders, await dispatched(orders, await orders.confirmed(), "3"), "1")
    card = await dealing.good(dealing.buyer, "GET", f"{PATH}/{file_id}/scorecard")
    figures = {one["figure"]: one for one in card["figures"]}
    assert list(figures) == list(Figure)
    assert figures["rejected"] == {
        "figure": "rejected",
        "numerator": "7900.00",
        "denominator": "11850.00",
        "percent": "66.67",
    }
    assert figures["in_full"]["percent"] is None
    assert (card["first_day"], card["last_day"], card["currency"]) == ("2025-11-24", "2026-11-23", "CNY")
    rows = await dealing.good(dealing.buyer, "GET", f"{PATH}/{file_id}/scorecard/rejected/rows")
    assert rows == {
        "items": [
            {
                "id": str(delivery.lines[0].id),
                "order_id": str(delivery.order_id),
                "delivery_id": str(delivery.id),
                "invoice_id": None,
                "material_code": "01090001",
                "unit": "t",
                "day": "2026-11-23",
                "numerator": "7900.00",
                "denominator": "11850.00",
            }
        ],
        "next_page_token": "",
    }
    for narrower in (
        {"currency": "USD"},
        {"last_day": "2026-11-22"},
        {"first_day": "2026-11-24", "last_day": "2027-01-01"},
    ):
        found = await dealing.good(dealing.buyer, "GET", f"{PATH}/{file_id}/scorecard/rejected/rows", params=narrower)
        assert found["items"] == []


@pytest.mark.parametrize("path", ["scorecard", "scorecard/rejected/rows"])
async def test_nobody_else_reads_it(dealing: Dealing, path: str) -> None:
    """Neither another buyer nor the supplier itself."""
    file_id = await dealing.joined()
    rival = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    unseen = await dealing.call(rival, "GET", f"{PATH}/{file_id}/{path}")
    missing = await dealing.call(dealing.buyer, "GET", f"{PATH}/{new_id()}/{path}")
    denied = await dealing.call(dealing.supplier.as_(*Role), "GET", f"{PATH}/{file_id}/{path}")
    assert unseen.json()["code"] == missing.json()["code"] == "SUPPLIER_FILE_NOT_FOUND"
    assert denied.json()["code"] == "ROLE_MISSING"


@pytest.mark.parametrize(
    ("path", "filters", "pointer"),
    [
        ("", {"first_day": "2026-11-24", "last_day": "2026-11-23"}, "query:last_day"),
        ("", {"first_day": "yesterday"}, "query:first_day"),
        ("", {"last_day": "0001-01-01"}, "query:last_day"),
        ("", {"currency": "yuan"}, "query:currency"),
        ("", {"figure": "in_full"}, "query:figure"),
        ("/niceness/rows", {}, "path:figure"),
    ],
)
async def test_an_odd_question_is_refused(dealing: Dealing, path: str, filters: dict[str, str], pointer: str) -> None:
    file_id = await dealing.joined()
    answer = await dealing.call(dealing.buyer, "GET", f"{PATH}/{file_id}/scorecard{path}", params=filters)
    assert answer.status_code == 422, answer.text
    assert [fault["pointer"] for fault in answer.json()["errors"]] == [pointer]


async def test_a_made_up_token_is_refused(dealing: Dealing) -> None:
    file_id = await dealing.joined()
    path = f"{PATH}/{file_id}/scorecard/in_full/rows"
    answer = await dealing.call(dealing.buyer, "GET", path, params={"page_token": "W10"})
    assert (answer.status_code, answer.json()["code"]) == (400, "PAGE_TOKEN_INVALID")
