"""How an auction is run, over plain values; exact decimals throughout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from functools import cached_property
from uuid import UUID

from procurement.auctions.states import Shown, State
from procurement.orders.rules import STEP


@dataclass(frozen=True, slots=True)
class Clockwork:
    """How an auction's end moves: a bid within the last minutes adds minutes, so many times at most."""

    within_minutes: int
    extension_minutes: int
    most_extensions: int


def ceiling(start_price: Decimal, decrement: Decimal, reference: Decimal | None) -> Decimal:
    """The highest bid that is taken: the start price, or what undercuts the reference by the decrement.

    The reference is the best price where bidders are shown it, and the bidder's own last one where they see their rank.
    """
    return start_price if reference is None else reference - decrement


def end_after(ends_at: datetime, now: datetime, extensions: int, clockwork: Clockwork) -> tuple[datetime, int]:
    """The end and the number of extensions after a bid at `now`, which is before the end.

    The new end is counted from the bid, and never before the old one.
    """
    near = ends_at - now <= timedelta(minutes=clockwork.within_minutes)
    if not near or extensions >= clockwork.most_extensions:
        return ends_at, extensions
    later = max(ends_at, now + timedelta(minutes=clockwork.extension_minutes))
    return (later, extensions + 1) if later > ends_at else (ends_at, extensions)


@dataclass(frozen=True, slots=True)
class NewBid:
    """A bid as it is taken; `ends_at` and `extensions` are the auction's after it."""

    id: UUID
    auction_id: UUID
    supplier_id: UUID
    number: int
    price: Decimal
    at: datetime
    sequence: int
    ends_at: datetime
    extensions: int


def line_price(start: Decimal, bid: Decimal, start_total: Decimal) -> Decimal:
    """The unit price of a line under a bid on the total: every line falls by the same ratio (同比下浮).

    Cut to six places, so that the lines never cost more than the ratio says.
    """
    return (start * bid / start_total).quantize(STEP, ROUND_FLOOR)


@dataclass(frozen=True, slots=True)
class Standing:
    """A bidder's best bid. `number` is its pseudonym in this auction; `sequence` orders bids once for all."""

    supplier_id: UUID
    number: int
    price: Decimal
    at: datetime
    sequence: int


@dataclass(frozen=True)
class Snapshot:
    """An auction at one moment; `standings` best first: by price, then by who bid it first."""

    auction_id: UUID
    buyer_id: UUID
    state: State
    shown: Shown
    start_price: Decimal
    decrement: Decimal
    ends_at: datetime
    extensions: int
    bids: int
    standings: Sequence[Standing]

    @cached_property
    def places(self) -> dict[UUID, int]:
        """Rank by supplier, from 1; made once for all who watch."""
        return {one.supplier_id: place for place, one in enumerate(self.standings, start=1)}

    @property
    def mark(self) -> tuple[State, datetime, int]:
        """Another one says that something has changed."""
        return self.state, self.ends_at, self.bids
