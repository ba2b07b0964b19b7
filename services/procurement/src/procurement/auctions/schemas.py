"""What comes in and goes out about auctions. Rivals are masked here: nobody is named before the end."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chassis.http.schemas import In, Out
from chassis.values import Amount, Instant, Percent, Price
from procurement.auctions import rules
from procurement.auctions.models import Auction
from procurement.auctions.rules import Clockwork, NewBid, Snapshot
from procurement.auctions.service import SeenBid, Terms
from procurement.auctions.states import Shown, State
from procurement.sourcing.schemas import SourcingIn


def _positive(value: Decimal) -> Decimal:
    if value <= 0:
        raise PydanticCustomError("OUT_OF_RANGE", "must be greater than 0")
    return value


PositiveAmount = Annotated[Amount, AfterValidator(_positive)]
PositivePrice = Annotated[Price, AfterValidator(_positive)]


class StartPriceIn(In):
    """The unit price from which a line starts."""

    line_id: UUID
    start_price: PositivePrice = Field(description="Tax included (含税单价).")
    tax_percent: Percent = Field(examples=["13.00"])


class AuctionTermsIn(In):
    """How bids are taken."""

    starts_at: Instant
    shown: Shown = Field(description="What a bidder sees of its rivals: its own rank, or the best price.")
    decrement: PositiveAmount = Field(description="By how much a bid undercuts: the best price, or one's own last one.")
    within_minutes: int = Field(default=5, ge=0, le=60, description="A bid in the last so many minutes extends it,")
    extension_minutes: int = Field(default=5, ge=1, le=60, description="so that it goes on for so many minutes,")
    most_extensions: int = Field(default=10, ge=0, le=100, description="and so many times at most.")

    def terms(self) -> Terms:
        """As the use cases take it."""
        clockwork = Clockwork(self.within_minutes, self.extension_minutes, self.most_extensions)
        return Terms(self.starts_at, self.shown, self.decrement, clockwork)


class AuctionIn(AuctionTermsIn):
    """Make a reverse auction of a draft sourcing. Bids are on the total of all lines, which fall by the same ratio."""

    sourcing_id: UUID
    lines: Annotated[list[StartPriceIn], Field(min_length=1, max_length=500)]


class LinePriceIn(In):
    """The unit price from which the line at the same place starts."""

    start_price: PositivePrice = Field(description="Tax included (含税单价).")
    tax_percent: Percent = Field(examples=["13.00"])


class ReviseAuctionIn(SourcingIn, AuctionTermsIn):
    """All that the draft of an auction says: what is wanted, and the terms of its bids."""

    start_prices: Annotated[
        list[LinePriceIn], Field(min_length=1, max_length=500, description="One per line, in their order.")
    ]


class BidIn(In):
    """A bid on the total of all lines, tax and freight included."""

    price: PositiveAmount


class PlacedOut(Out):
    """A bid as it was taken; `ends_at` is the end of the auction after it."""

    id: UUID
    auction_id: UUID
    price: Amount
    at: Instant
    ends_at: Instant

    @classmethod
    def of(cls, bid: NewBid) -> PlacedOut:
        """From its values, which are valid."""
        return cls.model_construct(
            id=bid.id, auction_id=bid.auction_id, price=bid.price, at=bid.at, ends_at=bid.ends_at
        )


class BidOut(Out):
    """A bid. `bidder` (a pseudonym) and `sequence` are for the buyer; `supplier_id` is null until the end for it."""

    id: UUID
    price: Amount
    at: Instant
    bidder: int | None
    sequence: int | None
    supplier_id: UUID | None

    @classmethod
    def of(cls, seen: SeenBid) -> BidOut:
        """What its viewer may know."""
        bid = seen.bid
        return cls(
            id=bid.id,
            price=bid.price,
            at=bid.at,
            bidder=bid.number if seen.buys else None,
            sequence=bid.sequence if seen.buys else None,
            supplier_id=bid.supplier_id if seen.named else None,
        )


class StandingOut(Out):
    """A bidder's best bid, for the buyer; `supplier_id` is null until the end."""

    rank: int
    bidder: int
    price: Amount
    at: Instant
    supplier_id: UUID | None


class LiveOut(Out):
    """Where an auction stands, for one viewer.

    The buyer sees `bids` and `standings`. A supplier sees `own_price`, what the buyer chose to show (`own_rank` or
    `best_price`), and `highest`, the highest bid that would be taken from it now.
    """

    auction_id: UUID
    state: State
    ends_at: Instant
    extensions: int
    bids: int | None
    best_price: Amount | None
    own_price: Amount | None
    own_rank: int | None
    highest: Amount | None
    standings: list[StandingOut]

    @classmethod
    def seen_by(cls, snapshot: Snapshot, viewer: UUID) -> LiveOut:
        """What this organisation may know."""
        if viewer == snapshot.buyer_id:
            return _for_the_buyer(snapshot)
        place = snapshot.places.get(viewer)
        own = None if place is None else snapshot.standings[place - 1].price
        best = snapshot.standings[0].price if snapshot.standings else None
        shows_best = snapshot.shown is Shown.BEST
        highest = rules.ceiling(snapshot.start_price, snapshot.decrement, best if shows_best else own)
        return cls.model_construct(
            auction_id=snapshot.auction_id,
            state=snapshot.state,
            ends_at=snapshot.ends_at,
            extensions=snapshot.extensions,
            bids=None,
            best_price=best if shows_best else None,
            own_price=own,
            own_rank=None if shows_best else place,
            highest=max(highest, Decimal("0.00")),
            standings=[],
        )


def _for_the_buyer(snapshot: Snapshot) -> LiveOut:
    closed = snapshot.state is State.CLOSED
    standings = [
        StandingOut.model_construct(
            rank=rank,
            bidder=one.number,
            price=one.price,
            at=one.at,
            supplier_id=one.supplier_id if closed else None,
        )
        for rank, one in enumerate(snapshot.standings, start=1)
    ]
    return LiveOut.model_construct(
        auction_id=snapshot.auction_id,
        state=snapshot.state,
        ends_at=snapshot.ends_at,
        extensions=snapshot.extensions,
        bids=snapshot.bids,
        best_price=snapshot.standings[0].price if snapshot.standings else None,
        own_price=None,
        own_rank=None,
        highest=None,
        standings=standings,
    )


class AuctionSummary(Out):
    """The rules of an auction."""

    id: UUID
    sourcing_id: UUID
    buyer_id: UUID
    shown: Shown
    start_price: Amount
    decrement: Amount
    starts_at: Instant
    within_minutes: int
    extension_minutes: int
    most_extensions: int
    created_at: Instant


class AuctionLineOut(Out):
    """The unit price from which a line starts."""

    line_id: UUID
    start_price: Price
    tax_percent: Percent


class AuctionOut(AuctionSummary):
    """An auction and where it stands, as its viewer may see it."""

    lines: list[AuctionLineOut]
    live: LiveOut

    @classmethod
    def seen_by(cls, found: tuple[Auction, Snapshot], viewer: UUID) -> AuctionOut:
        """From the rows."""
        auction, snapshot = found
        return cls.model_construct(
            **AuctionSummary.model_validate(auction).model_dump(),
            lines=[AuctionLineOut.model_validate(line) for line in auction.lines],
            live=LiveOut.seen_by(snapshot, viewer),
        )
