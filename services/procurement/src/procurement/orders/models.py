"""Tables of orders."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.orders.states import State


class Order(Row, table=True):
    """A purchase order (采购订单) of a buyer to a supplier for one project."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("buyer_id", "number", name="orders_number_taken"),
        CheckConstraint(one_of("state", State), name="orders_state"),
        CheckConstraint("total >= 0", name="orders_total"),
        Index("orders_buyer", "buyer_id", "id"),
        Index("orders_supplier", "supplier_id", "id"),
        Index("orders_project", "project_id", "id"),
    )

    number: str
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    state: State = Field(sa_type=text_enum(State))
    currency: str
    total: Decimal = Field(sa_type=Numeric(18, 2))
    note: str = ""
    reason: str = ""
    created_by: str
    approved_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)

    lines: list["OrderLine"] = Relationship(
        sa_relationship_kwargs={
            "lazy": "raise",
            "order_by": "OrderLine.position",
            "cascade": "all, delete-orphan",
            "passive_deletes": True,
        }
    )


class OrderLine(SQLModel, table=True):
    """One position: so much of a material at a price, and how much of it has come and been accepted."""

    __tablename__ = "order_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["order_id"], ["orders.id"], ondelete="CASCADE", name="order_lines_order"),
        ForeignKeyConstraint(
            ["material_code", "unit"],
            ["material_units.material_code", "material_units.unit"],
            name="order_lines_material",
        ),
        UniqueConstraint("order_id", "position", name="order_lines_position"),
        CheckConstraint("quantity > 0", name="order_lines_quantity"),
        CheckConstraint("unit_price >= 0", name="order_lines_price"),
        CheckConstraint("tolerance_percent BETWEEN 0 AND 100", name="order_lines_tolerance"),
        CheckConstraint("accepted >= 0 AND accepted <= delivered", name="order_lines_accepted"),
        CheckConstraint("delivered <= quantity * (1 + tolerance_percent / 100)", name="order_lines_delivered"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    order_id: UUID
    position: int
    material_code: str
    unit: str
    cost_code: str
    quantity: Decimal = Field(sa_type=Numeric(18, 6))
    unit_price: Decimal = Field(sa_type=Numeric(18, 6))
    tolerance_percent: Decimal = Field(sa_type=Numeric(5, 2))
    amount: Decimal = Field(sa_type=Numeric(18, 2))
    delivered: Decimal = Field(
        default=Decimal(0), sa_type=Numeric(18, 6), sa_column_kwargs={"server_default": text("0")}
    )
    accepted: Decimal = Field(
        default=Decimal(0), sa_type=Numeric(18, 6), sa_column_kwargs={"server_default": text("0")}
    )
