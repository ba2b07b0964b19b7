"""Use cases of auctions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, touch
from procurement import permissions
from procurement.auctions import errors, events, repository, rules, states
from procurement.auctions.models import Auction, AuctionLine, Bid
from procurement.auctions.repository import Locked
from procurement.auctions.rules import Clockwork, NewBid, Snapshot, Standing
from procurement.auctions.states import Action, Shown, State
from procurement.offers import service as offers
from procurement.offers.rules import NewOffer, NewOfferLine, Origin
from procurement.orders.rules import line_amount
from procurement.sourcing import service as sourcing
from procurement.sourcing.commands import drafting
from procurement.sourcing.commands.drafting import CreateSourcing
from procurement.sourcing.models import Sourcing
from procurement.sourcing.states import Kind
from procurement.sourcing.states import State as SourcingState


@dataclass(frozen=True, slots=True)
class StartPrice:
    """The unit price from which a line starts, tax at this rate included."""

    line_id: UUID
    start_price: Decimal
    tax_percent: Decimal


@dataclass(frozen=True, slots=True)
class LinePrice:
    """The same for the line at its place."""

    start_price: Decimal
    tax_percent: Decimal


@dataclass(frozen=True, slots=True)
class Terms:
    """How bids are taken."""

    starts_at: datetime
    shown: Shown
    decrement: Decimal
    clockwork: Clockwork


@dataclass(frozen=True, slots=True)
class CreateAuction:
    """The rules of an auction for a draft sourcing, whose deadline is its first end."""

    sourcing_id: UUID
    expected_version: int | None
    terms: Terms
    lines: tuple[StartPrice, ...]


@dataclass(frozen=True, slots=True)
class ReviseAuction:
    """All that the draft of an auction says; `expected_version` is that of the sourcing."""

    auction_id: UUID
    expected_version: int
    content: CreateSourcing
    terms: Terms
    prices: tuple[LinePrice, ...]


async def create(work: Work, command: CreateAuction) -> Auction:
    """Make an auction of a draft sourcing; publishing that publishes it."""
    work.require(permissions.SOURCING_RUN)
    found = await sourcing.become_auction(work, sourcing.Verb(command.sourcing_id, command.expected_version))
    auction = Auction(
        id=new_id(),
        sourcing_id=found.id,
        buyer_id=found.buyer_id,
        state=states.AUCTION.initial,
        created_at=work.now,
        updated_at=work.now,
        **_terms(found, command.terms, command.lines),
    )
    auction.lines = _lines(auction.id, command.lines)
    session = await work.writing()
    session.add(auction)
    await session.flush()
    work.audit("auctions.create", "auction", auction.id, None, audit.fields(auction, *AUDITED))
    return auction


async def revise(work: Work, command: ReviseAuction) -> tuple[Auction, Snapshot]:
    """Replace all that the draft of an auction says: what is wanted and how bids on it are taken, in one go."""
    work.require(permissions.SOURCING_RUN)
    async with work.reading() as session:
        seen = await repository.get(session, work.principal, command.auction_id)
    verb = sourcing.Verb(seen.sourcing_id, command.expected_version)
    found = await drafting.revise(work, verb, command.content, Kind.AUCTION)
    if len(command.prices) != len(found.lines):
        raise errors.unfit_lines(["/start_prices"])
    auction = await repository.of_sourcing(await work.writing(), found.id)
    before = audit.fields(auction, *AUDITED)
    pairs = zip(found.lines, command.prices, strict=True)
    prices = [StartPrice(line.id, price.start_price, price.tax_percent) for line, price in pairs]
    for name, value in _terms(found, command.terms, prices).items():
        setattr(auction, name, value)
    auction.lines = _lines(auction.id, prices)  # the old ones went with the lines that they were the prices of
    touch(auction, work)
    work.audit("auctions.revise", "auction", auction.id, before, audit.fields(auction, *AUDITED))
    return auction, _before_any_bid(auction)


AUDITED = ("shown", "start_price", "decrement", "starts_at", "ends_at", "most_extensions")


def _terms(found: Sourcing, terms: Terms, lines: Sequence[StartPrice]) -> dict[str, Any]:
    if terms.starts_at >= found.deadline:
        raise errors.begins_too_late()
    return {
        "start_price": _start_price(found, lines),
        "shown": terms.shown,
        "decrement": terms.decrement,
        "starts_at": terms.starts_at,
        "ends_at": found.deadline,
        "within_minutes": terms.clockwork.within_minutes,
        "extension_minutes": terms.clockwork.extension_minutes,
        "most_extensions": terms.clockwork.most_extensions,
    }


def _lines(auction_id: UUID, lines: Sequence[StartPrice]) -> list[AuctionLine]:
    return [
        AuctionLine(
            auction_id=auction_id, line_id=line.line_id, start_price=line.start_price, tax_percent=line.tax_percent
        )
        for line in lines
    ]


def _start_price(found: Sourcing, lines: Sequence[StartPrice]) -> Decimal:
    quantities = {line.id: line.quantity for line in found.lines}
    seen: set[UUID] = set()
    wrong = []
    for index, line in enumerate(lines):
        if line.line_id not in quantities or line.line_id in seen:
            wrong.append(f"/lines/{index}/line_id")
        seen.add(line.line_id)
    if wrong or len(seen) < len(quantities):
        raise errors.unfit_lines(wrong or ["/lines"])
    return sum((line_amount(quantities[line.line_id], line.start_price) for line in lines), Decimal("0.00"))


async def bid(work: Work, auction_id: UUID, price: Decimal) -> NewBid:
    """Take a bid. Bids stand in one queue, the lock of the auction's row; their number in it is their order.

    A bid's instant is the server's under that lock, never before that of the bid before: two in one millisecond are
    told apart by their number. FailedPrecondition AUCTION_NOT_RUNNING, BID_TOO_HIGH.
    """
    work.require(permissions.AUCTIONS_BID)
    async with work.judging() as connection:
        locked = await repository.lock(connection, work.principal, auction_id)
        placed = _judged(work, auction_id, price, locked)
        after = {"auction_id": str(auction_id), "price": str(price), "sequence": placed.sequence}
        work.audit("auctions.bid", "bid", placed.id, None, after)
        await repository.place(work, placed)
    return placed


def _judged(work: Work, auction_id: UUID, price: Decimal, locked: Locked) -> NewBid:
    auction, now = locked.auction, work.clock.now()
    if auction["excluded"]:
        raise errors.excluded(auction["excluded"])
    running = auction["state"] == State.OPEN and auction["sourcing_state"] == SourcingState.PUBLISHED
    if not running or not auction["starts_at"] <= now < auction["ends_at"]:
        raise errors.not_running()
    at = max(now, auction["last_bid_at"] or now)
    reference = auction["best_price"] if auction["shown"] == Shown.BEST else locked.own_price
    highest = rules.ceiling(auction["start_price"], auction["decrement"], reference)
    if price > highest:
        raise errors.too_high(highest)
    ends_at, extensions = rules.end_after(auction["ends_at"], at, auction["extensions"], _clockwork(auction))
    return NewBid(
        id=new_id(),
        auction_id=auction_id,
        supplier_id=work.principal.organisation_id,
        number=locked.own_number or auction["bidders"] + 1,
        price=price,
        at=at,
        sequence=auction["bids"] + 1,
        ends_at=ends_at,
        extensions=extensions,
    )


def _clockwork(row: asyncpg.Record) -> Clockwork:
    return Clockwork(row["within_minutes"], row["extension_minutes"], row["most_extensions"])


async def close(work: Work, payload: Mapping[str, str]) -> None:
    """Job of the deadline: end the auction, and put every bidder's best bid on the table.

    Safe to run twice; when bids have moved the end, it puts itself back until then.
    """
    sourcing_id = UUID(payload["sourcing_id"])
    found = await sourcing.due(work, sourcing_id, Kind.AUCTION)
    if found is None:
        return
    auction = await repository.of_sourcing(await work.writing(), sourcing_id)
    if work.clock.now() < auction.ends_at:
        await work.enqueue("auctions.close", dict(payload), due=auction.ends_at)
        return
    before = audit.fields(auction, "state")
    auction.state = states.AUCTION.apply(auction.state, Action.CLOSE)
    touch(auction, work)
    work.audit("auctions.close", "auction", auction.id, before, audit.fields(auction, "state", "bids", "bidders"))
    standings = _standings(await repository.standings(await work.driver(), auction.id))
    await offers.add(work, found, [_offer(auction, one) for one in standings])
    await sourcing.open_(work, found, offers=len(standings))
    work.emit(events.closed(auction))


def _offer(auction: Auction, standing: Standing) -> NewOffer:
    lines = tuple(
        NewOfferLine(
            line.line_id,
            None,
            rules.line_price(line.start_price, standing.price, auction.start_price),
            line.tax_percent,
            None,
            "",
        )
        for line in auction.lines
    )
    return NewOffer(standing.supplier_id, Origin.AUCTION, auction.id, Decimal("0.00"), None, "", lines)


async def get(work: Work, auction_id: UUID) -> tuple[Auction, Snapshot]:
    """One auction and where it stands."""
    work.require(permissions.SOURCING_READ)
    async with work.reading() as session:
        auction = await repository.get(session, work.principal, auction_id)
    return auction, await snapshot(work, auction)


async def page(work: Work, sourcing_id: UUID | None, request: PageRequest) -> Page[Auction]:
    """Auctions that the caller may see, newest first."""
    work.require(permissions.SOURCING_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, sourcing_id, request)


@dataclass(frozen=True, slots=True)
class SeenBid:
    """A bid and what its viewer may know: `named` when who bid is no secret any more."""

    bid: Bid
    buys: bool
    named: bool


async def bids(work: Work, auction_id: UUID, request: PageRequest) -> Page[SeenBid]:
    """Bids, newest first: all to the buyer, under pseudonyms until the end; to a supplier its own."""
    work.require(permissions.SOURCING_READ)
    async with work.reading() as session:
        auction = await repository.get(session, work.principal, auction_id)
        found = await repository.bids(session, work.principal, auction_id, request)
    buys = auction.buyer_id == work.principal.organisation_id
    return found.map(lambda bid: SeenBid(bid, buys, not buys or auction.state is State.CLOSED))


async def snapshot(work: Work, auction: Auction) -> Snapshot:
    """Where the auction stands now."""
    async with work.reading_driver() as connection:
        live = await repository.live(connection, auction.id)
        rows = await repository.standings(connection, auction.id)
    return replace(
        _before_any_bid(auction),
        state=State(live.state),
        ends_at=live.ends_at,
        extensions=live.extensions,
        bids=live.bids,
        standings=_standings(rows),
    )


def _before_any_bid(auction: Auction) -> Snapshot:
    return Snapshot(
        auction.id,
        auction.buyer_id,
        auction.state,
        auction.shown,
        auction.start_price,
        auction.decrement,
        auction.ends_at,
        0,
        0,
        [],
    )


async def again(work: Work, seen: Snapshot) -> Snapshot:
    """For the feed: where it stands now; the very same when nothing has changed."""
    work.require(permissions.AUCTIONS_FOLLOW)
    async with work.reading_driver() as connection:
        live = await repository.live(connection, seen.auction_id)
        state = State(live.state)
        if seen.mark == (state, live.ends_at, live.bids):
            return seen
        rows = await repository.standings(connection, seen.auction_id)
    standings = _standings(rows)
    return replace(
        seen, state=state, ends_at=live.ends_at, extensions=live.extensions, bids=live.bids, standings=standings
    )


def _standings(rows: Sequence[asyncpg.Record]) -> list[Standing]:
    return [Standing(*row) for row in rows]
