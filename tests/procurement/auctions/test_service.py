"""Bids: ordered once for all, judged by server time, masked; the end moves and comes by its job."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from uuid import UUID

from procurement.auctions.events import CLOSED
from tests.procurement.auctions.bidding import START, bid, live, running
from tests.procurement.awards.test_service import award_body
from tests.procurement.buying import Buying
from zhulian.procurement.v1.sourcing_events_pb2 import AuctionClosed


async def test_bids_in_one_millisecond_are_ordered_once_for_all(buying: Buying) -> None:
    """Thirty at once while the clock stands still: one sequence without gaps; of equal prices the first is better."""
    _, auction = await running(buying)
    prices = [str(Decimal(START) - 1000 * step) for step in range(10)]
    calls = [bid(buying, number, auction, price) for price in prices for number in range(3)]
    answers = await asyncio.gather(*calls)
    taken = [answer.json() for answer in answers if answer.status_code == 201]
    assert {answer.json()["code"] for answer in answers if answer.status_code != 201} <= {"BID_TOO_HIGH"}
    bids = (await buying.get(buying.buyer, f"/auctions/{auction['id']}/bids?page_size=100"))["items"]
    ordered = sorted(bids, key=lambda one: one["sequence"])
    assert [one["sequence"] for one in ordered] == list(range(1, len(taken) + 1))
    assert len({one["at"] for one in ordered}) == 1
    best: dict[int, tuple[Decimal, int]] = {one["bidder"]: (Decimal(one["price"]), one["sequence"]) for one in ordered}
    standings = (await live(buying, None, auction))["standings"]
    assert [one["bidder"] for one in standings] == sorted(best, key=lambda bidder: best[bidder])


async def test_time_does_not_run_backwards_in_an_auction(buying: Buying) -> None:
    """A process whose clock is behind cannot put its bid before one that was taken already."""
    _, auction = await running(buying)
    buying.harness.clock.advance(timedelta(minutes=1))
    first = (await bid(buying, 0, auction, START)).json()
    buying.harness.clock.advance(timedelta(seconds=-2))
    second = (await bid(buying, 1, auction, START)).json()
    assert second["at"] == first["at"]
    assert [one["bidder"] for one in (await live(buying, None, auction))["standings"]] == [1, 2]


async def test_a_bid_that_waits_is_judged_by_what_it_waited_for(buying: Buying) -> None:
    """Twice the same bid of one supplier while another transaction holds the auction: the second does not undercut."""
    _, auction = await running(buying)
    async with buying.harness.sql() as connection:
        async with connection.transaction():
            await connection.execute("SELECT FROM auctions WHERE id = $1 FOR UPDATE", UUID(auction["id"]))
            both = asyncio.gather(*(bid(buying, 0, auction, "56000.00") for _ in range(2)))
            waiting = "SELECT count(*) FROM pg_locks WHERE NOT granted"
            async with asyncio.timeout(5):
                while await connection.fetchval(waiting) < 2:  # noqa: ASYNC110 - another session
                    await asyncio.sleep(0.01)
        answers = await both
    assert sorted(answer.status_code for answer in answers) == [201, 409]
    [refused] = [answer.json() for answer in answers if answer.status_code == 409]
    assert (refused["code"], refused["metadata"]["highest"]) == ("BID_TOO_HIGH", "55900.00")


async def test_a_bid_is_taken_once_under_its_key(buying: Buying) -> None:
    """The same again is answered the same, though it would be too high by now; another price is refused."""
    _, auction = await running(buying)
    path, who, key = f"/auctions/{auction['id']}/bids", buying.sales(0), {"Idempotency-Key": "bid-once"}
    first = await buying.call(who, "POST", path, {"price": "56000.00"}, **key)
    async with buying.same():
        again = await buying.call(who, "POST", path, {"price": "56000.00"}, **key)
        other = await buying.call(who, "POST", path, {"price": "50000.00"}, **key)
    assert (first.status_code, again.status_code, again.content) == (201, 201, first.content)
    assert (first.headers.get("idempotency-replayed"), again.headers["idempotency-replayed"]) == (None, "true")
    assert (other.status_code, other.json()["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")


async def test_a_bid_is_audited(buying: Buying) -> None:
    _, auction = await running(buying)
    made = (await bid(buying, 1, auction, "56000.00")).json()
    async with buying.harness.sql() as connection:
        [row] = await connection.fetch("SELECT * FROM audit WHERE entity_id = $1", UUID(made["id"]))
    assert (row["verb"], row["organisation_id"]) == ("auctions.bid", buying.suppliers[1].id)
    assert row["after"] == {"auction_id": auction["id"], "price": "56000.00", "sequence": 1}


async def test_server_time_decides(buying: Buying) -> None:
    """Before the start, at the end and after it no bid is taken, whether the job has run or not."""
    begins = (buying.harness.clock.now() + timedelta(minutes=10)).isoformat()
    sourcing, auction = await running(buying, starts_at=begins, within_minutes=0)
    path, body = f"/auctions/{auction['id']}/bids", {"price": START}
    refused = (409, "AUCTION_NOT_RUNNING")
    assert await buying.refused(buying.sales(0), "POST", path, body) == refused
    buying.harness.clock.advance(timedelta(minutes=10))
    assert (await bid(buying, 0, auction, START)).status_code == 201
    buying.harness.clock.advance(timedelta(minutes=50))
    assert await buying.refused(buying.sales(1), "POST", path, body) == refused
    await buying.at_the_deadline(sourcing)
    assert await buying.refused(buying.sales(1), "POST", path, body) == refused


async def test_a_late_bid_extends_and_the_job_waits(buying: Buying) -> None:
    """Twice at most here; the job of the first end puts itself back, and then closes once."""
    sourcing, auction = await running(buying, within_minutes=5, extension_minutes=10, most_extensions=2)
    clock = buying.harness.clock
    ends = []
    for step in range(4):
        clock.advance(timedelta(minutes=58) if step == 0 else timedelta(minutes=7))
        answer = await bid(buying, step % 3, auction, str(Decimal(START) - 1000 * step))
        if answer.status_code == 201:
            ends.append(answer.json()["ends_at"])
    shown = await live(buying, None, auction)
    assert shown["extensions"] == 2
    assert len(set(ends)) == 2
    assert shown["ends_at"] == ends[-1]
    clock.advance(timedelta(minutes=-10))
    await buying.run_the_job(sourcing)
    assert [job for job, _ in await buying.jobs(sourcing)] == ["auctions.close", "auctions.close"]
    assert (await live(buying, None, auction))["state"] == "open"
    clock.advance(timedelta(hours=1))
    await buying.run_the_job(sourcing)
    async with buying.same():
        await buying.run_the_job(sourcing)
    [fact] = await buying.harness.events(CLOSED, UUID(auction["id"]), AuctionClosed)
    assert (fact.bids, fact.bidders) == (shown["bids"], len(shown["standings"]))


async def test_where_rank_is_shown_the_best_price_is_not(buying: Buying) -> None:
    """A bidder undercuts itself; neither answers, nor refusals, nor the highest bid taken tell of rivals' prices."""
    _, auction = await running(buying)
    await bid(buying, 0, auction, "50123.45")
    first = await live(buying, 1, auction)
    assert (first["own_rank"], first["best_price"], first["highest"], first["bids"]) == (None, None, START, None)
    await bid(buying, 1, auction, "56000.00")
    seen = await live(buying, 1, auction)
    assert (seen["own_rank"], seen["own_price"], seen["highest"]) == (2, "56000.00", "55900.00")
    again = await bid(buying, 1, auction, "55950.00")
    assert (again.status_code, again.json()["code"]) == (409, "BID_TOO_HIGH")
    assert again.json()["metadata"]["highest"] == "55900.00"
    assert "50123.45" not in str(seen) + again.text + str(first)


async def test_where_the_best_price_is_shown_a_bid_beats_it(buying: Buying) -> None:
    """By the decrement; ranks are not shown, and still nobody is named."""
    _, auction = await running(buying, shown="best")
    await bid(buying, 0, auction, "56000.00")
    refused = await bid(buying, 1, auction, "55900.01")
    assert (refused.status_code, refused.json()["metadata"]["highest"]) == (409, "55900.00")
    assert (await bid(buying, 1, auction, "55900.00")).status_code == 201
    seen = await live(buying, 0, auction)
    assert (seen["best_price"], seen["own_price"], seen["own_rank"]) == ("55900.00", "56000.00", None)
    assert str(buying.suppliers[1].id) not in str(seen)


async def test_rivals_are_masked_to_the_buyer_until_the_end(buying: Buying) -> None:
    """The same pseudonym for the same bidder, a name after the closing; a supplier lists its own bids alone."""
    sourcing, auction = await running(buying)
    for number, price in ((2, "56000"), (0, "55000"), (2, "54000")):
        assert (await bid(buying, number, auction, price)).status_code == 201
    path = f"/auctions/{auction['id']}/bids"
    before = await buying.get(buying.buyer, path)
    assert [(one["bidder"], one["supplier_id"]) for one in before["items"]] == [(1, None), (2, None), (1, None)]
    shown = await live(buying, None, auction)
    assert not [one for one in buying.suppliers if str(one.id) in str(before) + str(shown)]
    own = (await buying.get(buying.sales(0), path))["items"]
    assert [(one["price"], one["bidder"], one["sequence"]) for one in own] == [("55000.00", None, None)]
    await buying.at_the_deadline(sourcing)
    after = await live(buying, None, auction)
    assert [one["supplier_id"] for one in after["standings"]] == [str(buying.suppliers[n].id) for n in (2, 0)]
    assert not [n for n in (1, 2) if str(buying.suppliers[n].id) in str(await live(buying, 0, auction))]


async def test_the_last_bids_are_offers_to_award(buying: Buying) -> None:
    """Every line falls by the ratio of the bid to the start price; an award goes on as from quotes."""
    sourcing, auction = await running(buying)
    await bid(buying, 0, auction, "51300.00")  # 90 %
    await bid(buying, 1, auction, "54150.00")
    await buying.at_the_deadline(sourcing)
    lines = await buying.compared(sourcing)
    assert [line["cells"][0]["landed_price"] for line in lines] == ["3690.000000", "3600.000000"]
    ids = await buying.offered(sourcing)
    award = await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[0, 0], "10"), (ids[0, 1], "4")))
    assert award["total"] == "51300.00"


async def test_an_auction_without_bids_has_failed(buying: Buying) -> None:
    sourcing, auction = await running(buying)
    await buying.at_the_deadline(sourcing)
    assert (await buying.get(buying.buyer, f"/sourcing/{sourcing['id']}"))["state"] == "failed"
    assert (await live(buying, None, auction))["state"] == "closed"


async def test_an_excluded_supplier_does_not_bid(buying: Buying) -> None:
    sourcing, auction = await running(buying)
    who = {"supplier_id": str(buying.suppliers[0].id), "reason": "blacklisted"}
    await buying.post(buying.buyer, f"/sourcing/{sourcing['id']}:exclude", who)
    path = f"/auctions/{auction['id']}/bids"
    assert await buying.refused(buying.sales(0), "POST", path, {"price": START}) == (409, "SUPPLIER_EXCLUDED")


async def test_a_called_off_auction_takes_no_bids(buying: Buying) -> None:
    sourcing, auction = await running(buying)
    await buying.post(buying.buyer, f"/sourcing/{sourcing['id']}:cancel", {"reason": "stopped"})
    path = f"/auctions/{auction['id']}/bids"
    assert await buying.refused(buying.sales(0), "POST", path, {"price": START}) == (409, "AUCTION_NOT_RUNNING")
