"""The REST door of auctions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import organisation
from tests.procurement.auctions.bidding import START, running
from tests.procurement.buying import Buying

BAD: list[tuple[str, str, str]] = [
    ("0", "/price", "OUT_OF_RANGE"),
    ("-1", "/price", "OUT_OF_RANGE"),
    ("1.001", "/price", "TOO_PRECISE"),
    ("NaN", "/price", "FINITE_NUMBER"),
]


@pytest.mark.parametrize(("price", "pointer", "code"), BAD)
async def test_a_bad_bid_changes_nothing(buying: Buying, price: str, pointer: str, code: str) -> None:
    _, auction = await running(buying)
    async with buying.same():
        answer = await buying.call(buying.sales(0), "POST", f"/auctions/{auction['id']}/bids", {"price": price})
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


@pytest.mark.parametrize(("spelt", "status"), [(str.upper, 404), (lambda _: "x", 422)], ids=["capitals", "no id"])
async def test_an_id_in_another_spelling_is_judged_as_everywhere(
    buying: Buying, spelt: Callable[[str], str], status: int
) -> None:
    """A hot route reads ids as everybody writes them; all others go FastAPI's way."""
    path = f"/auctions/{spelt(str(new_id()))}/bids"
    answer = await buying.call(buying.sales(0), "POST", path, {"price": START})
    assert answer.status_code == status
    if status == 422:
        assert answer.json()["errors"][0]["pointer"] == "path:auction_id"


RULES: list[tuple[str, dict[str, Any], str, str]] = [
    ("decrement", {"decrement": "0"}, "/decrement", "OUT_OF_RANGE"),
    ("shown", {"shown": "names"}, "/shown", "ENUM"),
    ("no line", {"lines": []}, "/lines", "TOO_SHORT"),
    ("begins at its end", {"starts_at": "2027-01-01T00:00:00Z"}, "/starts_at", "BEGINS_TOO_LATE"),
]


@pytest.mark.parametrize(("name", "change", "pointer", "code"), RULES, ids=[case[0] for case in RULES])
async def test_bad_rules_change_nothing(
    buying: Buying, name: str, change: dict[str, Any], pointer: str, code: str
) -> None:
    draft = await buying.draft("1")
    lines = [{"line_id": draft["lines"][0]["id"], "start_price": "4000", "tax_percent": "13"}]
    body = {
        "sourcing_id": draft["id"],
        "starts_at": "2026-11-23T04:00:00Z",
        "shown": "rank",
        "decrement": "1",
        "lines": lines,
    }
    async with buying.same():
        answer = await buying.call(buying.buyer, "POST", "/auctions", body | change)
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == (pointer, code)


async def test_every_line_has_one_start_price(buying: Buying) -> None:
    draft = await buying.draft()
    price = {"line_id": draft["lines"][0]["id"], "start_price": "4000", "tax_percent": "13"}
    for lines in ([price], [price, price], [price, price | {"line_id": str(new_id())}]):
        body = {"sourcing_id": draft["id"], "starts_at": "2026-11-23T04:00:00Z", "shown": "rank", "decrement": "1"}
        answer = await buying.refused(buying.buyer, "POST", "/auctions", body | {"lines": lines})
        assert answer == (422, "INVALID_ARGUMENT")


async def test_others_auctions_are_not_there(buying: Buying) -> None:
    """For a supplier that is no guest, and for another buyer, alike for an id that nobody has."""
    _, auction = await running(buying)
    for stranger in (organisation(Kind.SUPPLIER), organisation(Kind.CONTRACTOR)):
        for one in (auction["id"], new_id()):
            for path in ("", "/bids", "/stream"):
                answer = await buying.refused(stranger.as_(*Role), "GET", f"/auctions/{one}{path}")
                assert answer == (404, "AUCTION_NOT_FOUND")
        assert (await buying.get(stranger.as_(*Role), "/auctions"))["items"] == []
    supplier = organisation(Kind.SUPPLIER).as_(Role.SALES)
    answer = await buying.refused(supplier, "POST", f"/auctions/{auction['id']}/bids", {"price": START})
    assert answer == (404, "AUCTION_NOT_FOUND")


async def test_a_draft_auction_is_not_there_for_its_guests(buying: Buying) -> None:
    draft = await buying.draft("1")
    lines = [{"line_id": draft["lines"][0]["id"], "start_price": "4000", "tax_percent": "13"}]
    body = {"sourcing_id": draft["id"], "starts_at": "2026-11-23T04:00:00Z", "shown": "rank", "decrement": "1"}
    auction = await buying.post(buying.buyer, "/auctions", body | {"lines": lines})
    assert await buying.refused(buying.sales(0), "GET", f"/auctions/{auction['id']}") == (404, "AUCTION_NOT_FOUND")
    assert (await buying.get(buying.sales(0), "/auctions"))["items"] == []
