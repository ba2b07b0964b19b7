"""Tables of awards."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import Row, one_of, text_enum
from chassis.ids import new_id
from procurement.awards.states import State


class Award(Row, table=True):
    """A decision of a buyer on some or all of a sourcing; its lines are written once."""

    __tablename__ = "awards"
    __table_args__ = (
        ForeignKeyConstraint(["sourcing_id"], ["sourcings.id"], name="awards_sourcing"),
        CheckConstraint(one_of("state", State), name="awards_state"),
        Index("awards_buyer", "buyer_id", "id"),
        Index("awards_sourcing_id", "sourcing_id"),
    )

    sourcing_id: UUID
    buyer_id: UUID
    state: State = Field(sa_type=text_enum(State), sa_column_kwargs={"server_default": text("'approved'")})
    note: str
    currency: str
    total: Decimal = Field(sa_type=Numeric(18, 2))
    created_by: str

    lines: list["AwardLine"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "AwardLine.position", "passive_deletes": True}
    )


class AwardLine(SQLModel, table=True):
    """So much of a line to one supplier. `unit_price` is the landed one (含税到场价); `reason` says why it is not the
    lowest, empty when it is."""

    __tablename__ = "award_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["award_id"], ["awards.id"], ondelete="CASCADE", name="award_lines_award"),
        ForeignKeyConstraint(["line_id"], ["sourcing_lines.id"], name="award_lines_line"),
        UniqueConstraint("award_id", "position", name="award_lines_position"),
        CheckConstraint("quantity > 0", name="award_lines_quantity"),
        CheckConstraint("lowest OR reason <> ''", name="award_lines_reason"),
        Index("award_lines_supplier", "supplier_id", "award_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    award_id: UUID
    position: int
    line_id: UUID
    offer_line_id: UUID
    supplier_id: UUID
    material_code: str
    unit: str
    quantity: Decimal = Field(sa_type=Numeric(18, 6))
    unit_price: Decimal = Field(sa_type=Numeric(18, 6))
    tax_percent: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    lowest: bool
    reason: str
