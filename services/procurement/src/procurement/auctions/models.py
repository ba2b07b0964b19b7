"""Tables of auctions."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.auctions.states import Shown, State


class Auction(Row, table=True):
    """How bids on the total of a sourcing are taken, and where it stands.

    `ends_at` moves with late bids. `bids` numbers them under the row's lock: that order is the order of the auction.
    """

    __tablename__ = "auctions"
    __table_args__ = (
        ForeignKeyConstraint(["sourcing_id"], ["sourcings.id"], ondelete="CASCADE", name="auctions_sourcing"),
        UniqueConstraint("sourcing_id", name="auctions_once"),
        CheckConstraint(one_of("state", State), name="auctions_state"),
        CheckConstraint(one_of("shown", Shown), name="auctions_shown"),
        CheckConstraint("start_price > 0 AND decrement > 0", name="auctions_prices"),
        CheckConstraint("starts_at < ends_at", name="auctions_times"),
        CheckConstraint("extensions <= most_extensions", name="auctions_extensions"),
    )

    sourcing_id: UUID
    buyer_id: UUID
    state: State = Field(sa_type=text_enum(State))
    shown: Shown = Field(sa_type=text_enum(Shown))
    start_price: Decimal = Field(sa_type=Numeric(18, 2))
    decrement: Decimal = Field(sa_type=Numeric(18, 2))
    starts_at: datetime = Field(sa_type=TIMESTAMPTZ)
    ends_at: datetime = Field(sa_type=TIMESTAMPTZ)
    within_minutes: int
    extension_minutes: int
    most_extensions: int
    extensions: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    bids: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    bidders: int = Field(default=0, sa_column_kwargs={"server_default": text("0")})
    best_price: Decimal | None = Field(default=None, sa_type=Numeric(18, 2))
    last_bid_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)

    lines: list["AuctionLine"] = Relationship(
        sa_relationship_kwargs={"lazy": "selectin", "cascade": "all, delete-orphan", "passive_deletes": True}
    )


class AuctionLine(SQLModel, table=True):
    """The unit price from which a line starts; all lines fall by the ratio of the bid to the start price."""

    __tablename__ = "auction_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["auction_id"], ["auctions.id"], ondelete="CASCADE", name="auction_lines_auction"),
        ForeignKeyConstraint(["line_id"], ["sourcing_lines.id"], ondelete="CASCADE", name="auction_lines_line"),
        CheckConstraint("start_price > 0", name="auction_lines_price"),
    )

    auction_id: UUID = Field(primary_key=True)
    line_id: UUID = Field(primary_key=True)
    start_price: Decimal = Field(sa_type=Numeric(18, 6))
    tax_percent: Decimal = Field(sa_type=Numeric(5, 2))


class Bidder(SQLModel, table=True):
    """A supplier's best bid; `number` is its pseudonym, in the order of the first bids."""

    __tablename__ = "auction_bidders"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["auction_id"], ["auctions.id"], ondelete="CASCADE", name="auction_bidders_auction"),
        UniqueConstraint("auction_id", "number", name="auction_bidders_number"),
    )

    auction_id: UUID = Field(primary_key=True)
    supplier_id: UUID = Field(primary_key=True)
    number: int
    price: Decimal = Field(sa_type=Numeric(18, 2))
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    sequence: int


class Bid(SQLModel, table=True):
    """One bid, ordered once for all by (instant, sequence); the sequence alone says the same."""

    __tablename__ = "auction_bids"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["auction_id"], ["auctions.id"], ondelete="CASCADE", name="auction_bids_auction"),
        UniqueConstraint("auction_id", "sequence", name="auction_bids_sequence"),
        Index("auction_bids_supplier", "supplier_id", "auction_id", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    auction_id: UUID
    supplier_id: UUID
    number: int
    price: Decimal = Field(sa_type=Numeric(18, 2))
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    sequence: int
