"""The REST door of quotes: bad input points at the fault, and never repeats a price."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.ids import new_id
from tests.procurement.buying import BAR, SQUARE, Buying

PRICE = "7193.48"
BAD: list[tuple[str, dict[str, Any], dict[str, Any], str, str]] = [
    ("negative price", {}, {"unit_price": "-7193.48"}, "/lines/0/unit_price", "OUT_OF_RANGE"),
    ("float", {}, {"unit_price": 7193.48}, "/lines/0/unit_price", "DECIMAL_STRING"),
    ("too precise", {}, {"unit_price": "7193.4800001"}, "/lines/0/unit_price", "TOO_PRECISE"),
    ("tax", {}, {"tax_percent": "101"}, "/lines/0/tax_percent", "OUT_OF_RANGE"),
    ("foreign line", {}, {"line_id": str(new_id())}, "/lines/0/line_id", "LINE_UNKNOWN"),
    ("unknown alternative", {}, {"material_code": "99999999"}, "/lines/0/material_code", "ALTERNATIVE_UNFIT"),
    ("no alternative", {}, {"material_code": BAR}, "/lines/0/material_code", "ALTERNATIVE_UNFIT"),
    ("expired", {"valid_until": "2026-11-22"}, {}, "/valid_until", "EXPIRES_TOO_EARLY"),
    ("freight", {"freight": "-1"}, {}, "/freight", "OUT_OF_RANGE"),
    ("what the opening could not store", {"note": "\0"}, {}, "/note", "STRING_PATTERN_MISMATCH"),
    ("nor in a line", {}, {"note": "\0"}, "/lines/0/note", "STRING_PATTERN_MISMATCH"),
]


@pytest.mark.parametrize(("name", "head", "line", "pointer", "code"), BAD, ids=[case[0] for case in BAD])
async def test_bad_input_changes_nothing(
    buying: Buying, name: str, head: dict[str, Any], line: dict[str, Any], pointer: str, code: str
) -> None:
    sourcing = await buying.published()
    body = buying.quote_body(sourcing, PRICE, None) | head
    body["lines"][0] |= line
    async with buying.same():
        answer = await buying.call(buying.sales(0), "POST", "/quotes", body)
    assert answer.status_code == 422, answer.text
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)
    assert "7193" not in answer.text


async def test_a_line_is_quoted_once(buying: Buying) -> None:
    sourcing = await buying.published()
    body = buying.quote_body(sourcing, PRICE, None)
    body["lines"] *= 2
    assert await buying.refused(buying.sales(0), "POST", "/quotes", body) == (422, "INVALID_ARGUMENT")


async def test_receipts_are_listed_newest_first(buying: Buying) -> None:
    sourcing = await buying.published()
    made = [await buying.quote(0, sourcing, price, None) for price in ("3", "2", "1")]
    found = await buying.get(buying.sales(0), f"/quotes?sourcing_id={sourcing['id']}&page_size=2")
    assert found["items"] == [made[2], made[1]]
    path = f"/quotes?sourcing_id={sourcing['id']}&page_size=2&page_token={found['next_page_token']}"
    assert (await buying.get(buying.sales(0), path))["items"] == [made[0]]


async def test_a_withdrawal_has_no_content(buying: Buying) -> None:
    sourcing = await buying.published()
    receipt = await buying.quote(0, sourcing, None, "5", note="替代可议")
    gone = await buying.post(buying.sales(0), f"/quotes/{receipt['id']}:withdraw")
    assert (gone["withdrawn"], gone["digest"]) == (True, "")
    assert (await buying.get(buying.sales(0), f"/quotes/{gone['id']}"))["content"] is None


async def test_another_material_is_offered(buying: Buying) -> None:
    """Marked as such in the comparison, and never the lowest."""
    sourcing = await buying.published()
    body = buying.quote_body(sourcing, "1", None)
    body["lines"][0]["material_code"] = SQUARE
    await buying.post(buying.sales(0), "/quotes", body)
    await buying.quote(1, sourcing, "4000", None)
    await buying.at_the_deadline(sourcing)
    [line, _] = await buying.compared(sourcing)
    shown = [(cell["material_code"], cell["alternative"], cell["lowest"]) for cell in line["cells"]]
    assert shown == [(SQUARE, True, False), (BAR, False, True)]


async def test_an_auction_takes_no_quotes(buying: Buying) -> None:
    draft = await buying.draft()
    prices = [{"line_id": line["id"], "start_price": "4000", "tax_percent": "13"} for line in draft["lines"]]
    rules = {"starts_at": "2026-11-23T04:00:00Z", "shown": "rank", "decrement": "100", "lines": prices}
    await buying.post(buying.buyer, "/auctions", {"sourcing_id": draft["id"]} | rules)
    await buying.post(buying.buyer, f"/sourcing/{draft['id']}:publish")
    body = buying.quote_body(draft, "1", None)
    assert await buying.refused(buying.sales(0), "POST", "/quotes", body) == (409, "TAKES_BIDS")
