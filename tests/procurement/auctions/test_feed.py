"""Server-sent events: every watcher sees what it may, resumes, and costs nothing when it is gone."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from chassis.http.feed import Feed, Pace
from chassis.identity import Principal, Role
from chassis.tokens import LEEWAY
from procurement.auctions.endpoints import LIVE, READER
from procurement.auctions.rules import Snapshot
from tests.chassis.token_corpus import LIFETIME
from tests.harness import Harness
from tests.procurement.auctions.bidding import START, bid, live, running
from tests.procurement.buying import API, Buying


async def _watch(harness: Harness, who: Principal, auction: dict[str, Any], seen: str = "") -> list[tuple[str, Any]]:
    """(id, content) of all events of one stream, which lasts for a second in these tests."""
    async with harness.client(who) as client:
        headers = {"Last-Event-ID": seen} if seen else {}
        answer = await client.get(f"{API}/auctions/{auction['id']}/stream", headers=headers)
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = []
    for block in answer.text.split("\n\n"):
        fields = dict(line.split(": ", 1) for line in block.splitlines() if not line.startswith(":"))
        if "data" in fields:
            assert fields["event"] == "auction"
            events.append((fields["id"], json.loads(fields["data"])))
    return events


async def _until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110 - a feed says nothing to who does not watch
            await asyncio.sleep(0.005)


def _told(feed: Feed[Snapshot], text: str = "") -> bool:
    """Whether a watcher has been told something in which this stands."""
    views = [view for channel in feed._channels.values() for _, view in channel.views.values()]
    return any(text.encode() in view for view in views)


@contextmanager
def _lasting(buying: Buying) -> Iterator[Feed[Snapshot]]:
    """A feed whose streams end when their auction does, however slow the machine is."""
    clients = buying.harness.runtime.clients
    usual = clients["auctions"]
    pace = Pace(tell=0.01, poll=0.05, beat=60.0, last=60.0)
    feed = clients["auctions"] = Feed(buying.harness.runtime.works, LIVE, READER, pace)
    try:
        yield feed
    finally:
        clients["auctions"] = usual


async def test_several_watchers_each_see_their_own(buying: Buying) -> None:
    """Five of each side: all see a bid that comes while they watch, the buyer masked, rivals their rank alone."""
    _, auction = await running(buying)
    await bid(buying, 1, auction, "56000")
    watchers = [buying.buyer] * 5 + [buying.sales(0)] * 5 + [buying.sales(1)] * 5

    async def late_bid() -> None:
        await asyncio.sleep(0.1)
        await bid(buying, 0, auction, "50123.45")

    bidding = asyncio.create_task(late_bid())
    streams = await asyncio.gather(*(_watch(buying.harness, who, auction) for who in watchers))
    await bidding
    for who, events in zip(watchers, streams, strict=True):
        last = events[-1][1]
        if who.organisation_id == buying.site.contractor.id:
            assert [one["bidder"] for one in last["standings"]] == [2, 1]
        elif who.organisation_id == buying.suppliers[0].id:
            assert (last["own_rank"], last["own_price"]) == (1, "50123.45")
        else:
            assert (last["own_rank"], last["own_price"]) == (2, "56000.00")
            assert "50123.45" not in json.dumps(events)
        assert not [one for one in buying.suppliers if str(one.id) in json.dumps(events)]


async def test_a_watcher_resumes(buying: Buying) -> None:
    """With the id of what it saw last it is told nothing twice, and at once what has changed meanwhile."""
    _, auction = await running(buying)
    [(seen, first)] = await _watch(buying.harness, buying.sales(0), auction)
    assert first == await live(buying, 0, auction)
    assert await _watch(buying.harness, buying.sales(0), auction, seen) == []
    await bid(buying, 0, auction, START)
    [(_, after)] = await _watch(buying.harness, buying.sales(0), auction, seen)
    assert after["own_rank"] == 1


async def test_a_bid_that_changes_nothing_for_a_watcher_is_not_noticed(buying: Buying) -> None:
    """The second of two may not learn from the traffic that the first has bid again."""
    _, auction = await running(buying)
    await bid(buying, 0, auction, "50000")
    await bid(buying, 1, auction, "56000")

    async def bids() -> None:
        for price in ("49000", "48000"):
            await asyncio.sleep(0.06)
            await bid(buying, 0, auction, price)

    events, _ = await asyncio.gather(_watch(buying.harness, buying.sales(1), auction), bids())
    assert len(events) == 1


async def test_the_end_ends_the_stream(buying: Buying) -> None:
    """The last event says closed, and names the bidders to the buyer."""
    sourcing, auction = await running(buying)
    await bid(buying, 0, auction, START)

    who = buying.site.contractor.as_(Role.BUYER)
    with _lasting(buying) as feed:

        async def close() -> None:
            await _until(lambda: _told(feed))
            await buying.at_the_deadline(sourcing)

        events, _ = await asyncio.gather(_watch(buying.harness, who, auction), close())
    assert [event["state"] for _, event in events] == ["open", "closed"]
    assert events[-1][1]["standings"][0]["supplier_id"] == str(buying.suppliers[0].id)


async def test_a_bid_of_another_process_is_found_by_the_poll(buying: Buying) -> None:
    """A feed that nobody wakes."""
    sourcing, auction = await running(buying)
    with _lasting(buying) as deaf:
        deaf.wake = lambda key: None  # type: ignore[method-assign] # the bid is committed elsewhere

        async def late_bid() -> None:
            await _until(lambda: _told(deaf))
            await bid(buying, 0, auction, START)
            await _until(lambda: _told(deaf, f'"own_price":"{START}"'))
            await buying.at_the_deadline(sourcing)

        events, _ = await asyncio.gather(_watch(buying.harness, buying.sales(0), auction), late_bid())
    seen = [(event["state"], event["own_price"]) for _, event in events]
    assert seen == [("open", None), ("open", START), ("closed", START)]


async def test_the_stream_ends_with_the_token(buying: Buying) -> None:
    """As if nothing more came; the old token is refused then, and with a new one the watcher goes on where it was."""
    _, auction = await running(buying)
    runtime, path = buying.harness.runtime, f"{API}/auctions/{auction['id']}/stream"
    usual = runtime.clients["auctions"]
    runtime.clients["auctions"] = Feed(runtime.works, LIVE, READER, Pace(last=60.0))
    try:
        async with buying.harness.client(buying.sales(0)) as client:
            buying.harness.clock.advance(timedelta(seconds=LIFETIME) + LEEWAY - timedelta(seconds=0.3))
            async with asyncio.timeout(10):
                answer = await client.get(path)
            buying.harness.clock.advance(timedelta(seconds=0.3))
            expired = await client.get(path)
    finally:
        runtime.clients["auctions"] = usual
    assert (expired.status_code, expired.json()["code"]) == (401, "TOKEN_EXPIRED")
    [seen] = re.findall("id: (.*)\n", answer.text)
    await bid(buying, 1, auction, START)
    assert await _watch(buying.harness, buying.sales(0), auction, seen) == []
    await bid(buying, 0, auction, START)
    [(_, after)] = await _watch(buying.harness, buying.sales(0), auction, seen)
    assert after["own_price"] == START


def test_the_pause_grows_with_the_watchers() -> None:
    """Few are told sooner than many; a thousand still hear of a bid well within a quarter of a second."""
    pauses = [Pace().pause(watchers) for watchers in (0, 100, 500, 1000, 100_000)]
    assert pauses == sorted(pauses)
    assert pauses[0] < pauses[2] <= pauses[-1] <= 0.125


async def test_nobody_watching_nothing_running(buying: Buying) -> None:
    """With its last watcher an auction's reader ends, also when the watcher just goes away."""
    _, auction = await running(buying)
    with _lasting(buying) as feed:
        watching = asyncio.create_task(_watch(buying.harness, buying.buyer, auction))
        await _until(lambda: feed.watched == 1)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await _until(lambda: feed.watched == 0)
