"""Tables of sourcing."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date, datetime
from decimal import Decimal
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.sourcing.states import Kind, State

QUANTITY: Any = Numeric(18, 6)


def _owned(order_by: str) -> dict[str, Any]:
    return {"lazy": "raise", "order_by": order_by, "cascade": "all, delete-orphan", "passive_deletes": True}


class Sourcing(Row, table=True):
    """What a buyer wants offers for, from whom, and until when.

    `deadline` is the instant at which nothing more is taken: what comes exactly then is late. `show_rank`: losers
    are told their rank after the award.
    """

    __tablename__ = "sourcings"
    __table_args__ = (
        CheckConstraint(one_of("kind", Kind), name="sourcings_kind"),
        CheckConstraint(one_of("state", State), name="sourcings_state"),
        Index("sourcings_buyer", "buyer_id", "id"),
    )

    buyer_id: UUID
    kind: Kind = Field(sa_type=text_enum(Kind))
    state: State = Field(sa_type=text_enum(State))
    title: str
    note: str = ""
    currency: str
    deadline: datetime = Field(sa_type=TIMESTAMPTZ)
    show_rank: bool
    reason: str = ""
    created_by: str
    published_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    opened_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)

    lines: list["SourcingLine"] = Relationship(sa_relationship_kwargs=_owned("SourcingLine.position"))
    guests: list["Guest"] = Relationship(sa_relationship_kwargs=_owned("Guest.supplier_id"))


class SourcingLine(SQLModel, table=True):
    """A material in all the quantity that is wanted of it, how much of that is awarded, and held by awards that wait.

    `specification` (规格型号) narrows the catalogue's; empty when that says enough.
    """

    __tablename__ = "sourcing_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["sourcing_id"], ["sourcings.id"], ondelete="CASCADE", name="sourcing_lines_sourcing"),
        ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="sourcing_lines_material",
        ),
        UniqueConstraint("sourcing_id", "position", name="sourcing_lines_position"),
        CheckConstraint("quantity > 0", name="sourcing_lines_quantity"),
        CheckConstraint("awarded BETWEEN 0 AND quantity", name="sourcing_lines_awarded"),
        CheckConstraint("held >= 0 AND awarded + held <= quantity", name="sourcing_lines_held"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    sourcing_id: UUID
    position: int
    material_code: str
    unit: str
    specification: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    quantity: Decimal = Field(sa_type=QUANTITY)
    awarded: Decimal = Field(
        default=Decimal("0.000000"), sa_type=QUANTITY, sa_column_kwargs={"server_default": text("0")}
    )
    held: Decimal = Field(default=Decimal("0.000000"), sa_type=QUANTITY, sa_column_kwargs={"server_default": text("0")})

    parts: list["Part"] = Relationship(sa_relationship_kwargs=_owned("Part.position"))


class Part(SQLModel, table=True):
    """The share of one project in a line: merged needs (合并采购) stay apart for the orders that follow."""

    __tablename__ = "sourcing_parts"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["line_id"], ["sourcing_lines.id"], ondelete="CASCADE", name="sourcing_parts_line"),
        UniqueConstraint("line_id", "position", name="sourcing_parts_position"),
        CheckConstraint("quantity > 0", name="sourcing_parts_quantity"),
        CheckConstraint("awarded BETWEEN 0 AND quantity", name="sourcing_parts_awarded"),
        Index(
            "sourcing_parts_requisition",
            "requisition_line_id",
            postgresql_where=text("requisition_line_id IS NOT NULL"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    line_id: UUID
    position: int
    project_id: UUID
    cost_code: str
    needed_by: date | None = None
    quantity: Decimal = Field(sa_type=QUANTITY)
    awarded: Decimal = Field(
        default=Decimal("0.000000"), sa_type=QUANTITY, sa_column_kwargs={"server_default": text("0")}
    )
    requisition_line_id: UUID | None = None


class Guest(SQLModel, table=True):
    """An invited supplier (受邀供应商); `excluded` says why its offer no longer counts, empty while it does."""

    __tablename__ = "sourcing_guests"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["sourcing_id"], ["sourcings.id"], ondelete="CASCADE", name="sourcing_guests_sourcing"),
        Index("sourcing_guests_supplier", "supplier_id", "sourcing_id"),
    )

    sourcing_id: UUID = Field(primary_key=True)
    supplier_id: UUID = Field(primary_key=True)
    excluded: str = Field(default="", sa_column_kwargs={"server_default": text("''")})


class Question(Row, table=True):
    """A supplier's question (澄清) and the buyer's answer to all; who asked is shown to nobody but itself."""

    __tablename__ = "sourcing_questions"
    __table_args__ = (
        ForeignKeyConstraint(["sourcing_id"], ["sourcings.id"], ondelete="CASCADE", name="sourcing_questions_sourcing"),
        Index("sourcing_questions_sourcing_id", "sourcing_id", "id"),
    )

    sourcing_id: UUID
    supplier_id: UUID
    text: str
    answer: str = ""
    answered_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
