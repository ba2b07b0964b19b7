"""Tables of orders."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, ForeignKeyConstraint, Index, Numeric, String, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.orders.rules import line_state
from procurement.orders.states import LineState, Origin, State

ORDER_WORDS = "(number || ' ') || note"
"""What a search (搜索) looks at; the index holds its pairs of characters."""


class Order(Row, table=True):
    """A purchase order (采购订单) of a buyer to a supplier for one project.

    `origin_id` names the award or agreement it comes from; a direct purchase has `direct_reason` instead.
    Who wrote it (`created_by`) or revised it (`revised_by`) does not approve it.
    `open_change_id` is the change (订单变更) that waits for an answer; there is one at a time.
    """

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("buyer_id", "number", name="orders_number_taken"),
        CheckConstraint(one_of("state", State), name="orders_state"),
        CheckConstraint("total >= 0", name="orders_total"),
        CheckConstraint(one_of("origin", Origin), name="orders_origin"),
        CheckConstraint("(origin = 'direct') = (origin_id IS NULL)", name="orders_origin_named"),
        Index("orders_buyer", "buyer_id", "id"),
        Index("orders_search", text(f"search_bigrams({ORDER_WORDS})"), postgresql_using="gin"),
        Index("orders_supplier", "supplier_id", "id"),
        Index("orders_project", "project_id", "id"),
        Index("orders_origin_id", "origin_id", postgresql_where=text("origin_id IS NOT NULL")),
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
    origin: Origin = Field(
        default=Origin.DIRECT, sa_type=text_enum(Origin), sa_column_kwargs={"server_default": text("'direct'")}
    )
    origin_id: UUID | None = None
    direct_reason: str = Field(default="", sa_column_kwargs={"server_default": text("''")})
    open_change_id: UUID | None = None
    created_by: str
    revised_by: list[str] = Field(
        default_factory=list, sa_column=Column(ARRAY(String), nullable=False, server_default=text("'{}'"))
    )
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
    """One position: so much of a material at a price, and how much of it has come and been accepted.

    `unit_price` includes tax (含税单价) at `tax_percent`, None while no rate is agreed. `needed_by` is the day on which
    it must be on site, `origin_line_id` the line of the award or agreement, `requisition_line_id` the need it serves,
    `published_price` what was published (信息价) for one unit in the project's city when the order was approved.
    A `closed` line takes no more deliveries: it was completed or the rest of it called off.
    """

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
        CheckConstraint("tax_percent BETWEEN 0 AND 100", name="order_lines_tax"),
        Index("order_lines_bought", "material_code", "unit", "id"),
        Index("order_lines_origin", "origin_line_id", postgresql_where=text("origin_line_id IS NOT NULL")),
        Index(
            "order_lines_requisition", "requisition_line_id", postgresql_where=text("requisition_line_id IS NOT NULL")
        ),
        CheckConstraint("accepted >= 0 AND accepted <= delivered", name="order_lines_accepted"),
        Index(
            "order_lines_awaited",
            "needed_by",
            "order_id",
            postgresql_where=text("needed_by IS NOT NULL AND NOT closed AND delivered < quantity"),
        ),
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
    tax_percent: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    needed_by: date | None = None
    origin_line_id: UUID | None = None
    requisition_line_id: UUID | None = None
    published_price: Decimal | None = Field(default=None, sa_type=Numeric(18, 6))
    delivered: Decimal = Field(
        default=Decimal(0), sa_type=Numeric(18, 6), sa_column_kwargs={"server_default": text("0")}
    )
    accepted: Decimal = Field(
        default=Decimal(0), sa_type=Numeric(18, 6), sa_column_kwargs={"server_default": text("0")}
    )
    closed: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})

    @property
    def state(self) -> LineState:
        """Open, partly delivered, delivered, closed or cancelled."""
        return line_state(self.quantity, self.delivered, closed=self.closed)
