"""The only SQL of auctions. Who may see the sourcing may see its auction; of bids a supplier sees its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import CTE, ColumnElement, Insert, Update, bindparam, exists, func, literal_column, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.database import table_of
from chassis.hot import HotStatement, parameters
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import Work
from procurement.auctions import errors
from procurement.auctions.models import Auction, Bid, Bidder
from procurement.auctions.rules import NewBid
from procurement.sourcing.models import Sourcing
from procurement.sourcing.repository import visible_to as sourcing_visible_to


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """Its buyer, and once it is published its guests."""
    return col(Auction.sourcing_id).in_(select(col(Sourcing.id)).where(sourcing_visible_to(principal)))


async def get(session: AsyncSession, principal: Principal, auction_id: UUID) -> Auction:
    """NotFound AUCTION_NOT_FOUND when the caller may not see it."""
    found = await session.scalar(select(Auction).where(visible_to(principal), col(Auction.id) == auction_id))
    if found is None:
        raise errors.auction_not_found(auction_id)
    return found


async def page(
    session: AsyncSession, principal: Principal, sourcing_id: UUID | None, request: PageRequest
) -> Page[Auction]:
    """Auctions that the caller may see, newest first."""
    statement = select(Auction).where(visible_to(principal))
    if sourcing_id is not None:
        statement = statement.where(col(Auction.sourcing_id) == sourcing_id)
    return await paginate(session, statement, keys=(Auction.id,), request=request, descending=True)


async def bids(session: AsyncSession, principal: Principal, auction_id: UUID, request: PageRequest) -> Page[Bid]:
    """Bids, newest first: all to the buyer, to a supplier its own."""
    auction = await get(session, principal, auction_id)
    statement = select(Bid).where(col(Bid.auction_id) == auction.id)
    if auction.buyer_id != principal.organisation_id:
        statement = statement.where(col(Bid.supplier_id) == principal.organisation_id)
    return await paginate(session, statement, keys=(Bid.id,), request=request, descending=True)


LOCK = """
SELECT auction.state, auction.shown, auction.start_price, auction.decrement, auction.starts_at, auction.ends_at,
    auction.within_minutes, auction.extension_minutes, auction.most_extensions, auction.extensions, auction.bids,
    auction.bidders, auction.best_price, auction.last_bid_at, sourcing.state AS sourcing_state, guest.excluded,
    own.number AS own_number, own.price AS own_price, (SELECT bids FROM auctions WHERE id = $1) AS bids_before
FROM auctions AS auction
JOIN sourcings AS sourcing ON sourcing.id = auction.sourcing_id
JOIN sourcing_guests AS guest ON guest.sourcing_id = sourcing.id AND guest.supplier_id = $2
LEFT JOIN auction_bidders AS own ON own.auction_id = auction.id AND own.supplier_id = guest.supplier_id
WHERE auction.id = $1 AND sourcing.published_at IS NOT NULL
FOR UPDATE OF auction
"""
OWN = "SELECT number, price FROM auction_bidders WHERE auction_id = $1 AND supplier_id = $2"
BID_COLUMNS = ("id", "auction_id", "supplier_id", "number", "price", "at", "sequence")
BIDDER_COLUMNS = ("auction_id", "supplier_id", "number", "price", "at", "sequence")


def _rows(claim: CTE) -> list[Insert | Update]:
    bid = insert(Bid).from_select(
        BID_COLUMNS, select(*parameters(Bid, BID_COLUMNS, "bid")).select_from(claim), include_defaults=False
    )
    bidder = insert(Bidder).from_select(
        BIDDER_COLUMNS, select(*parameters(Bid, BIDDER_COLUMNS, "bid")).select_from(claim), include_defaults=False
    )
    best = bidder.on_conflict_do_update(
        index_elements=("auction_id", "supplier_id"),
        set_={name: bidder.excluded[name] for name in ("price", "at", "sequence")},
    )
    auction = table_of(Auction).c
    number, price, at, sequence = parameters(Bid, ("number", "price", "at", "sequence"), "bid")
    ends_at, extensions = parameters(Auction, ("ends_at", "extensions"), "auction")
    moved = (
        update(table_of(Auction))
        .where(auction.id == bindparam("bid_auction_id", type_=auction.id.type), exists(select(claim.c.key)))
        .values(
            bids=sequence,
            bidders=func.greatest(auction.bidders, number),
            best_price=func.least(auction.best_price, price),
            last_bid_at=at,
            ends_at=ends_at,
            extensions=extensions,
            version=auction.version + literal_column("1"),
            updated_at=at,
        )
    )
    return [bid, best, moved]


PLACE = HotStatement(_rows, fact=False)


@dataclass(frozen=True, slots=True)
class Locked:
    """A guest's auction as it is now under its lock, with the number and price of the guest's own best bid, if any."""

    auction: asyncpg.Record
    own_number: int | None
    own_price: Decimal | None


async def lock(connection: asyncpg.Connection[Any], principal: Principal, auction_id: UUID) -> Locked:
    """NotFound AUCTION_NOT_FOUND.

    A hot path: bids come by the hundred a second, one after the other under this lock. Whoever waits for a row's lock
    gets that row anew, but the rows beside it as they were before: then the own bid is asked for again.
    """
    row = await connection.fetchrow(LOCK, auction_id, principal.organisation_id)
    if row is None:
        raise errors.auction_not_found(auction_id)
    if row["bids"] == row["bids_before"]:
        return Locked(row, row["own_number"], row["own_price"])
    own = await connection.fetchrow(OWN, auction_id, principal.organisation_id)
    return Locked(row, *(own or (None, None)))


async def place(work: Work, bid: NewBid) -> None:
    """Write a bid, its audit row and the answer under the lock, in one statement."""
    values: dict[str, Any] = {f"bid_{name}": getattr(bid, name) for name in BID_COLUMNS}
    values |= {"auction_ends_at": bid.ends_at, "auction_extensions": bid.extensions}
    await work.once(PLACE, values, bid)


async def of_sourcing(session: AsyncSession, sourcing_id: UUID) -> Auction:
    """For the closing job: the auction of a sourcing, locked."""
    statement = select(Auction).where(col(Auction.sourcing_id) == sourcing_id).with_for_update()
    return (await session.scalars(statement.execution_options(populate_existing=True))).one()


@dataclass(frozen=True, slots=True)
class Live:
    """The moving part of an auction."""

    state: str
    ends_at: datetime
    extensions: int
    bids: int


LIVE = "SELECT state, ends_at, extensions, bids FROM auctions WHERE id = $1"
STANDINGS = """
SELECT supplier_id, number, price, at, sequence FROM auction_bidders WHERE auction_id = $1 ORDER BY price, sequence
"""


async def live(connection: asyncpg.Connection[Any], auction_id: UUID) -> Live:
    """Where the auction stands, for whoever has been let in."""
    [row] = await connection.fetch(LIVE, auction_id)
    return Live(*row)


async def standings(connection: asyncpg.Connection[Any], auction_id: UUID) -> Sequence[asyncpg.Record]:
    """The best bid of each bidder, best first."""
    return await connection.fetch(STANDINGS, auction_id)
