"""The only SQL of auctions. Who may see the sourcing may see its auction; of bids a supplier sees its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from procurement.auctions import errors
from procurement.auctions.models import Auction, Bid
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
SELECT auction.*, sourcing.state AS sourcing_state, guest.excluded
FROM auctions AS auction
JOIN sourcings AS sourcing ON sourcing.id = auction.sourcing_id
JOIN sourcing_guests AS guest ON guest.sourcing_id = sourcing.id AND guest.supplier_id = $2
WHERE auction.id = $1 AND sourcing.published_at IS NOT NULL
FOR UPDATE OF auction
"""
OWN = "SELECT number, price FROM auction_bidders WHERE auction_id = $1 AND supplier_id = $2"
PLACE = """
WITH bidder AS (
    INSERT INTO auction_bidders (auction_id, supplier_id, number, price, at, sequence)
    VALUES ($1, $2, $3, $4, $5, $6)
    ON CONFLICT (auction_id, supplier_id)
    DO UPDATE SET price = excluded.price, at = excluded.at, sequence = excluded.sequence
), bid AS (
    INSERT INTO auction_bids (id, auction_id, supplier_id, number, price, at, sequence)
    VALUES ($7, $1, $2, $3, $4, $5, $6)
)
UPDATE auctions
SET bids = $6, bidders = greatest(bidders, $3), best_price = least(best_price, $4), last_bid_at = $5, ends_at = $8,
    extensions = $9, version = version + 1, updated_at = $5
WHERE id = $1
"""


async def lock(
    connection: asyncpg.Connection[Any], principal: Principal, auction_id: UUID
) -> tuple[asyncpg.Record, asyncpg.Record | None]:
    """A guest's auction, locked and as it is now, and its own best bid; NotFound AUCTION_NOT_FOUND.

    The driver's own statements: bids come by the hundred a second, one after the other under this lock.
    """
    row = await connection.fetchrow(LOCK, auction_id, principal.organisation_id)
    if row is None:
        raise errors.auction_not_found(auction_id)
    return row, await connection.fetchrow(OWN, auction_id, principal.organisation_id)


async def place(connection: asyncpg.Connection[Any], bid: Bid, *, ends_at: datetime, extensions: int) -> None:
    """Write a bid under the lock."""
    await connection.execute(
        PLACE, bid.auction_id, bid.supplier_id, bid.number, bid.price, bid.at, bid.sequence, bid.id, ends_at, extensions
    )


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


def price_of(row: asyncpg.Record | None) -> Decimal | None:
    """The price of a bidder that may not have bid yet."""
    return None if row is None else row["price"]
