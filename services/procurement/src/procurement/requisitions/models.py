"""Tables of requisitions."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import (
    CheckConstraint,
    Column,
    ForeignKeyConstraint,
    Index,
    Numeric,
    String,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.requisitions.states import State


class Requisition(Row, table=True):
    """A site's material plan (材料需求计划 / 请购单) for one project of one organisation.

    `total` is an estimate in CNY with tax; by it approval goes. `authors`: who wrote, revised or submitted it, and so
    may not approve it.
    """

    __tablename__ = "requisitions"
    __table_args__ = (
        UniqueConstraint("organisation_id", "number", name="requisitions_number_taken"),
        CheckConstraint(one_of("state", State), name="requisitions_state"),
        CheckConstraint("total >= 0", name="requisitions_total"),
        Index("requisitions_organisation", "organisation_id", "id"),
        Index("requisitions_project", "project_id", "id"),
    )

    number: str
    organisation_id: UUID
    project_id: UUID
    state: State = Field(sa_type=text_enum(State))
    total: Decimal = Field(sa_type=Numeric(18, 2))
    note: str = ""
    reason: str = ""
    created_by: str
    authors: list[str] = Field(sa_column=Column(ARRAY(String), nullable=False))
    approved_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)

    lines: list["RequisitionLine"] = Relationship(
        back_populates="requisition",
        sa_relationship_kwargs={
            "lazy": "raise",
            "order_by": "RequisitionLine.position",
            "cascade": "all, delete-orphan",
            "passive_deletes": True,
        },
    )


class RequisitionLine(SQLModel, table=True):
    """So much of a material by a day, and what has become of it.

    A quantity is in one place only: `sourced` while an inquiry or auction is about it, `ordered` from an order's draft
    on; what is in neither is left to buy. `delivered` counts what has come for it (returns off), tolerance included.
    """

    __tablename__ = "requisition_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(
            ["requisition_id"], ["requisitions.id"], ondelete="CASCADE", name="requisition_lines_requisition"
        ),
        ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="requisition_lines_material",
        ),
        UniqueConstraint("requisition_id", "position", name="requisition_lines_position"),
        CheckConstraint("quantity > 0", name="requisition_lines_quantity"),
        CheckConstraint("estimated_price > 0", name="requisition_lines_price"),
        CheckConstraint("sourced >= 0", name="requisition_lines_sourced"),
        CheckConstraint("ordered >= 0", name="requisition_lines_ordered"),
        CheckConstraint("sourced + ordered <= quantity", name="requisition_lines_nothing_twice"),
        CheckConstraint("delivered >= 0", name="requisition_lines_delivered"),
        Index(
            "requisition_lines_open",
            "needed_by",
            "id",
            postgresql_where=text("sourced + ordered < quantity"),
        ),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    requisition_id: UUID
    position: int
    material_code: str
    unit: str
    specification: str = ""
    quantity: Decimal = Field(sa_type=Numeric(18, 6))
    needed_by: date
    cost_code: str
    wbs_uid: int | None = None
    wbs_name: str = ""
    estimated_price: Decimal = Field(sa_type=Numeric(18, 6))
    amount: Decimal = Field(sa_type=Numeric(18, 2))
    sourced: Decimal = Field(
        default=Decimal("0.000000"), sa_type=Numeric(18, 6), sa_column_kwargs={"server_default": text("0")}
    )
    ordered: Decimal = Field(
        default=Decimal("0.000000"), sa_type=Numeric(18, 6), sa_column_kwargs={"server_default": text("0")}
    )
    delivered: Decimal = Field(
        default=Decimal("0.000000"), sa_type=Numeric(18, 6), sa_column_kwargs={"server_default": text("0")}
    )

    requisition: Requisition = Relationship(back_populates="lines", sa_relationship_kwargs={"lazy": "raise"})

    @property
    def left(self) -> Decimal:
        """What is still to be bought."""
        return self.quantity - self.sourced - self.ordered
