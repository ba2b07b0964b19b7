"""Tables of offers."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, one_of, text_enum
from chassis.ids import new_id
from procurement.offers.rules import Origin


class Offer(SQLModel, table=True):
    """What one supplier offers in a sourcing; written once, at the opening, and never changed."""

    __tablename__ = "offers"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(
            ["sourcing_id", "supplier_id"],
            ["sourcing_guests.sourcing_id", "sourcing_guests.supplier_id"],
            ondelete="CASCADE",
            name="offers_guest",
        ),
        UniqueConstraint("sourcing_id", "supplier_id", name="offers_once"),
        CheckConstraint(one_of("origin", Origin), name="offers_origin"),
        Index("offers_buyer", "buyer_id", "id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    sourcing_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    origin: Origin = Field(sa_type=text_enum(Origin))
    origin_id: UUID
    currency: str
    freight: Decimal = Field(sa_type=Numeric(18, 2))
    total: Decimal = Field(sa_type=Numeric(18, 2))
    complete: bool
    valid_until: date | None = None
    note: str = ""
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)

    lines: list["OfferLine"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "OfferLine.position", "passive_deletes": True}
    )


class OfferLine(SQLModel, table=True):
    """An offer for one line. `landed` is the amount with its share of the freight (到场价), `landed_price` that for
    one unit, which is what an order is written for."""

    __tablename__ = "offer_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["offer_id"], ["offers.id"], ondelete="CASCADE", name="offer_lines_offer"),
        ForeignKeyConstraint(["line_id"], ["sourcing_lines.id"], ondelete="CASCADE", name="offer_lines_line"),
        UniqueConstraint("line_id", "offer_id", name="offer_lines_once"),
        Index("offer_lines_offer_id", "offer_id"),
        CheckConstraint("landed = amount + freight", name="offer_lines_landed"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    offer_id: UUID
    line_id: UUID
    supplier_id: UUID
    position: int
    material_code: str
    alternative: bool
    unit_price: Decimal = Field(sa_type=Numeric(18, 6))
    tax_percent: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    delivery_on: date | None = None
    note: str = ""
    amount: Decimal = Field(sa_type=Numeric(18, 2))
    freight: Decimal = Field(sa_type=Numeric(18, 2))
    landed: Decimal = Field(sa_type=Numeric(18, 2))
    landed_price: Decimal = Field(sa_type=Numeric(18, 6))
