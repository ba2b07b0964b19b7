"""Brings auctions to a state through the public doors."""

from __future__ import annotations

from typing import Any

from httpx import Response

from chassis.identity import Role
from tests.procurement.buying import Buying

START = "57000.00"
"""10 t at 4,100 and 4 t at 4,000."""


async def running(
    buying: Buying, *, supplier_ids: list[str] | None = None, **rules: Any
) -> tuple[dict[str, Any], dict[str, Any]]:
    """(sourcing, auction) that has begun and lasts for an hour."""
    draft = await buying.draft(supplier_ids=supplier_ids or [str(one.id) for one in buying.suppliers])
    prices = [
        {"line_id": line["id"], "start_price": price, "tax_percent": "13"}
        for line, price in zip(draft["lines"], ("4100", "4000"), strict=True)
    ]
    now = buying.harness.clock.now().isoformat()
    body = {"sourcing_id": draft["id"], "starts_at": now, "shown": "rank", "decrement": "100", "lines": prices}
    auction = await buying.post(buying.buyer, "/auctions", body | rules)
    sourcing = await buying.post(buying.buyer, f"/sourcing/{draft['id']}:publish")
    return sourcing, auction


async def bid(buying: Buying, number: int, auction: dict[str, Any], price: str) -> Response:
    """What a supplier is answered."""
    return await buying.call(buying.sales(number), "POST", f"/auctions/{auction['id']}/bids", {"price": price})


async def live(buying: Buying, number: int | None, auction: dict[str, Any]) -> dict[str, Any]:
    """Where it stands for a supplier, or for the buyer (None)."""
    who = buying.buyer if number is None else buying.suppliers[number].as_(*Role)
    found: dict[str, Any] = (await buying.get(who, f"/auctions/{auction['id']}"))["live"]
    return found
