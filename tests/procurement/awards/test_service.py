"""Awards: by line and by quantity, with reasons, once, and the orders that follow."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from procurement.awards.events import AWARDED
from procurement.sourcing.events import ENDED
from tests.procurement.buying import Buying, line_ids
from tests.procurement.requisitions.conftest import Requisitions
from tests.procurement.suppliers.conftest import Dealing
from zhulian.procurement.v1.sourcing_events_pb2 import Awarded, SourcingEnded


def award_body(sourcing: dict[str, Any], *lines: tuple[str, str] | tuple[str, str, str]) -> dict[str, Any]:
    """A decision; lines are (offer line, quantity, reason)."""
    wanted = [dict(zip(("offer_line_id", "quantity", "reason"), line, strict=False)) for line in lines]
    return {"sourcing_id": sourcing["id"], "lines": wanted}


async def test_a_split_award_becomes_orders_by_supplier(buying: Buying) -> None:
    """10 t go to two suppliers, 4 t to the cheaper one: two draft orders whose lines name award line and need."""
    sourcing = await buying.opened(("4000", "4100"), ("3990", None))
    ids = await buying.offered(sourcing)
    wanted = ((ids[1, 0], "7"), (ids[0, 0], "3", "It delivers earlier."), (ids[0, 1], "4"))
    award = await buying.post(buying.buyer, "/awards", award_body(sourcing, *wanted))
    assert award["total"] == "56330.00"  # 7 × 3,990 + 3 × 4,000 + 4 × 4,100
    orders = [await buying.get(buying.buyer, f"/orders/{one}") for one in award["order_ids"]]
    assert {(one["supplier_id"], one["total"]) for one in orders} == {
        (str(buying.suppliers[0].id), "28400.00"),
        (str(buying.suppliers[1].id), "27930.00"),
    }
    for order in orders:
        assert (order["state"], order["origin"], order["origin_id"]) == ("draft", "award", award["id"])
    lines = [line for order in orders for line in order["lines"]]
    assert {line["origin_line_id"] for line in lines} == {line["id"] for line in award["lines"]}
    assert {(line["tax_percent"], line["needed_by"], line["cost_code"]) for line in lines} == {
        ("13.00", "2026-12-20", "01-STEEL")
    }
    assert await buying.get(buying.buyer, f"/awards/{award['id']}") == award | {"order_ids": sorted(award["order_ids"])}


async def test_projects_get_orders_of_their_own_and_the_urgent_need_first(buying: Buying) -> None:
    """One line for two needs of a project: a part award serves the earlier day; the requisition line goes along."""
    body = buying.body("10")
    part = body["lines"][0]["parts"][0]
    planned = Requisitions(buying.harness, buying.site)
    early, late = [str((await planned.line(await planned.approved())).id) for _ in range(2)]
    body["lines"][0]["parts"] = [
        part | {"quantity": "6", "needed_by": "2027-01-10", "requisition_line_id": late},
        part | {"quantity": "4", "needed_by": "2026-12-10", "requisition_line_id": early},
    ]
    made = await buying.post(buying.buyer, "/sourcing", body)
    sourcing = await buying.post(buying.buyer, f"/sourcing/{made['id']}:publish")
    await buying.quote(0, sourcing, "4000")
    await buying.at_the_deadline(sourcing)
    ids = await buying.offered(sourcing)
    given = []
    for quantity in ("5", "5"):
        award = await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[0, 0], quantity)))
        [order] = [await buying.get(buying.buyer, f"/orders/{one}") for one in award["order_ids"]]
        given.append([(line["requisition_line_id"], line["quantity"]) for line in order["lines"]])
    assert given == [[(early, "4.000000"), (late, "1.000000")], [(late, "5.000000")]]


async def test_the_landed_price_is_ordered(buying: Buying) -> None:
    """Freight is in the price of the order, in proportion however a line is split."""
    sourcing = await buying.published("10")
    await buying.quote(0, sourcing, "4000", freight="150.00")
    await buying.at_the_deadline(sourcing)
    ids = await buying.offered(sourcing)
    award = await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[0, 0], "4"), (ids[0, 0], "6")))
    [order] = [await buying.get(buying.buyer, f"/orders/{one}") for one in award["order_ids"]]
    assert [line["unit_price"] for line in order["lines"]] == ["4015.000000"] * 2
    assert Decimal(order["total"]) == Decimal("40150.00")


async def test_what_is_not_the_lowest_needs_a_reason(buying: Buying) -> None:
    """By landed price: low goods with high freight are not the lowest."""
    sourcing = await buying.published("10")
    await buying.quote(0, sourcing, "3990", freight="500")
    await buying.quote(1, sourcing, "4000")
    await buying.at_the_deadline(sourcing)
    ids = await buying.offered(sourcing)
    async with buying.same():
        answer = await buying.call(buying.buyer, "POST", "/awards", award_body(sourcing, (ids[0, 0], "10")))
    [fault] = answer.json()["errors"]
    assert (fault["pointer"], fault["code"]) == ("/lines/0/reason", "REASON_MISSING")
    blank = award_body(sourcing, (ids[0, 0], "10", "  "))
    assert await buying.refused(buying.buyer, "POST", "/awards", blank) == (422, "INVALID_ARGUMENT")
    award = await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[0, 0], "10", "On stock.")))
    assert [(line["lowest"], line["reason"]) for line in award["lines"]] == [(False, "On stock.")]


async def test_never_more_than_the_line(buying: Buying) -> None:
    """At once or in turns: the millionth too much is refused, and names what is left."""
    sourcing = await buying.opened(("4000", None), ("4000", None))
    ids = await buying.offered(sourcing)
    over = award_body(sourcing, (ids[0, 0], "6"), (ids[1, 0], "4.000001"))
    async with buying.same():
        answer = await buying.call(buying.buyer, "POST", "/awards", over)
    assert (answer.status_code, answer.json()["code"]) == (409, "LINE_EXHAUSTED")
    assert [fault["pointer"] for fault in answer.json()["errors"]] == ["/lines/1/quantity"]
    assert answer.json()["metadata"]["left"] == "4.000000"
    await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[0, 0], "6"), (ids[1, 0], "4")))
    again = award_body(sourcing, (ids[0, 0], "0.000001"))
    assert await buying.refused(buying.buyer, "POST", "/awards", again) == (409, "LINE_EXHAUSTED")


async def test_two_buyers_award_the_same_line_at_once(buying: Buying) -> None:
    """Exactly one of ten; the others find nothing left, and there is one order."""
    sourcing = await buying.opened(("4000", "4100"))
    ids = await buying.offered(sourcing)
    body = award_body(sourcing, (ids[0, 0], "10"))
    answers = await asyncio.gather(*(buying.call(buying.buyer, "POST", "/awards", body) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [201] + [409] * 9
    assert {answer.json()["code"] for answer in answers if answer.status_code == 409} == {"LINE_EXHAUSTED"}
    awards = (await buying.get(buying.buyer, f"/awards?sourcing_id={sourcing['id']}"))["items"]
    assert len(awards) == 1
    found = await buying.get(buying.buyer, f"/sourcing/{sourcing['id']}")
    assert [line["awarded"] for line in found["lines"]] == ["10.000000", "0.000000"]


async def test_a_decision_waits_for_the_one_before_it(buying: Buying) -> None:
    """It reads what is left once it has the lock, and is told so; a CHECK that breaks would be no answer."""
    sourcing = await buying.opened(("4000", "4100"))
    ids = await buying.offered(sourcing)
    async with buying.harness.sql() as connection, connection.transaction():
        await connection.execute("SELECT 1 FROM sourcings WHERE id = $1 FOR UPDATE", UUID(sourcing["id"]))
        waiting = asyncio.create_task(
            buying.call(buying.buyer, "POST", "/awards", award_body(sourcing, (ids[0, 0], "10")))
        )
        while not await connection.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):
            assert not waiting.done()
            await asyncio.sleep(0.02)
        line = line_ids(sourcing)[0]
        await connection.execute("UPDATE sourcing_lines SET awarded = quantity WHERE id = $1", line)
        await connection.execute("UPDATE sourcing_parts SET awarded = quantity WHERE line_id = $1", line)
    answer = await waiting
    assert (answer.status_code, answer.json()["code"]) == (409, "LINE_EXHAUSTED")


async def test_if_match_tells_two_buyers_apart(buying: Buying) -> None:
    """Parts of one line would fit, but the second decision was made on another state of things."""
    sourcing = await buying.opened(("4000", "4100"))
    ids = await buying.offered(sourcing)
    body = award_body(sourcing, (ids[0, 0], "1"))
    match = {"If-Match": f'"{sourcing["version"]}"'}
    first = await buying.call(buying.buyer, "POST", "/awards", body, **match)
    second = await buying.call(buying.buyer, "POST", "/awards", body, **match)
    assert (first.status_code, second.status_code, second.json()["code"]) == (201, 412, "VERSION_MISMATCH")


async def test_an_excluded_suppliers_offer_is_not_awardable(buying: Buying) -> None:
    """Blacklisted after the opening: its offer is no offer, and the next one is the lowest."""
    sourcing = await buying.opened(("3000", "3000"), ("4000", "4000"))
    ids = await buying.offered(sourcing)
    who = {"supplier_id": str(buying.suppliers[0].id), "reason": "blacklisted"}
    await buying.post(buying.buyer, f"/sourcing/{sourcing['id']}:exclude", who)
    async with buying.same():
        answer = await buying.call(buying.buyer, "POST", "/awards", award_body(sourcing, (ids[0, 0], "10")))
    assert [fault["code"] for fault in answer.json()["errors"]] == ["OFFER_NOT_AWARDABLE"]
    award = await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[1, 0], "10")))
    assert award["lines"][0]["lowest"] is True


async def test_a_withdrawn_suppliers_quote_is_not_awardable(buying: Buying) -> None:
    """It was never opened, so there is nothing to award; who offered beside it can be."""
    sourcing = await buying.published()
    gone = await buying.quote(0, sourcing, "1", "1")
    await buying.quote(1, sourcing, "4000", None)
    await buying.post(buying.sales(0), f"/quotes/{gone['id']}:withdraw")
    await buying.at_the_deadline(sourcing)
    assert set(await buying.offered(sourcing)) == {(1, 0)}
    for wrong in (gone["id"], str(new_id())):
        body = award_body(sourcing, (wrong, "1"))
        assert await buying.refused(buying.buyer, "POST", "/awards", body) == (422, "INVALID_ARGUMENT")


async def test_an_expired_offer_is_not_awardable(buying: Buying) -> None:
    sourcing = await buying.published()
    await buying.quote(0, sourcing, "4000", None, valid_until="2026-11-23")
    await buying.at_the_deadline(sourcing)
    ids = await buying.offered(sourcing)
    buying.harness.clock.advance(timedelta(days=1))
    body = award_body(sourcing, (ids[0, 0], "1"))
    assert await buying.refused(buying.buyer, "POST", "/awards", body) == (422, "INVALID_ARGUMENT")


async def test_another_sourcings_offer_is_not_awardable(buying: Buying) -> None:
    one, other = await buying.opened(("4000", None)), await buying.opened(("1", None))
    ids = await buying.offered(other)
    body = award_body(one, (ids[0, 0], "1"))
    assert await buying.refused(buying.buyer, "POST", "/awards", body) == (422, "INVALID_ARGUMENT")


async def test_nothing_is_awarded_before_the_opening(buying: Buying) -> None:
    sourcing = await buying.published()
    body = award_body(sourcing, (str(new_id()), "1"))
    assert await buying.refused(buying.buyer, "POST", "/awards", body) == (409, "INVALID_STATE")


async def _won(buying: Buying, award: dict[str, Any]) -> Sequence[Awarded]:
    return await buying.harness.events(AWARDED, UUID(award["id"]), Awarded)


async def test_a_fact_tells_each_winner_its_own_alone(buying: Buying) -> None:
    """One per supplier; no loser is in any, and no winner in another's."""
    sourcing = await buying.opened(("4000", "4100"), ("4000", "4200"), ("7777", "7777"))
    ids = await buying.offered(sourcing)
    lines = ((ids[0, 0], "5"), (ids[1, 0], "5"), (ids[0, 1], "4"))
    award = await buying.post(buying.buyer, "/awards", award_body(sourcing, *lines))
    facts = await _won(buying, award)
    assert {fact.supplier_id: len(fact.lines) for fact in facts} == {
        str(buying.suppliers[0].id): 2,
        str(buying.suppliers[1].id): 1,
    }
    assert {fact.supplier_id: fact.total.amount for fact in facts} == {
        str(buying.suppliers[0].id): "36400.00",
        str(buying.suppliers[1].id): "20000.00",
    }
    assert "7777" not in str(facts)
    [ended] = await buying.harness.events(ENDED, UUID(sourcing["id"]), SourcingEnded)
    assert ended.sourcing.state == "awarded"


async def test_losers_learn_that_they_lost_and_their_rank_only_if_shown(buying: Buying) -> None:
    """Never a name or a price of a rival; a partial offer has no rank; who was silent is told so."""
    for show_rank in (True, False):
        sourcing = await buying.opened(("4000", "4100"), ("4010", "4100"), ("1", None), show_rank=show_rank)
        ids = await buying.offered(sourcing)
        lines = ((ids[0, 0], "10", "Whole in one hand."), (ids[0, 1], "4"))
        path = f"/sourcing/{sourcing['id']}/outcome"
        assert await buying.refused(buying.sales(1), "GET", path) == (409, "NOT_DECIDED")
        await buying.post(buying.buyer, "/awards", award_body(sourcing, *lines))
        won, lost, partial = [await buying.get(buying.sales(number), path) for number in range(3)]
        assert (won["result"], [line["line_id"] for line in won["won"]]) == (
            "won",
            [str(one) for one in line_ids(sourcing)],
        )
        ranks = (1, 2, None) if show_rank else (None, None, None)
        assert (won["rank"], lost["rank"], partial["rank"]) == ranks
        assert lost == {"sourcing_id": sourcing["id"], "result": "lost", "rank": ranks[1], "won": []}


async def test_who_was_silent_is_told_so(buying: Buying) -> None:
    sourcing = await buying.opened(("4000", "4100"))
    ids = await buying.offered(sourcing)
    await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[0, 0], "10"), (ids[0, 1], "4")))
    found = await buying.get(buying.sales(2), f"/sourcing/{sourcing['id']}/outcome")
    assert (found["result"], found["rank"], found["won"]) == ("not_offered", None, [])


async def test_an_award_is_audited_with_its_orders(buying: Buying) -> None:
    sourcing = await buying.opened(("4000", None))
    ids = await buying.offered(sourcing)
    award = await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[0, 0], "10")))
    assert await buying.harness.audited(UUID(award["id"])) == ["awards.give"]
    assert [await buying.harness.audited(UUID(one)) for one in award["order_ids"]] == [["orders.create"]]
    assert (await buying.harness.audited(UUID(sourcing["id"])))[-2:] == ["sourcing.open", "sourcing.award"]


async def test_a_blacklisted_suppliers_quote_is_not_awardable(buying: Buying) -> None:
    """Barred in its file with this buyer after the opening: it gets no award, whatever it has offered."""
    dealing = Dealing(buying.harness, buying.site.contractor, buying.suppliers[0])
    file_id = await dealing.joined()
    sourcing = await buying.opened(("3000", None), ("4000", None))
    ids = await buying.offered(sourcing)
    await dealing.bar(file_id, "blacklist", until="2027-12-15")
    body = award_body(sourcing, (ids[0, 0], "10"))
    assert await buying.refused(buying.buyer, "POST", "/awards", body) == (409, "SUPPLIER_BLACKLISTED")
    await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[1, 0], "10", "The cheaper one is barred.")))
