"""Tables of statements."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import Row, one_of, text_enum
from chassis.ids import new_id
from procurement.statements.states import Side, State, View

OPEN = {"server_default": text("'open'")}


class Statement(Row, table=True):
    """A reconciliation (对账单) of one buyer and one supplier for one project and month, drawn up by either.

    `period` is the first day of the month; `total` the sum of the lines, tax included, in `currency`.
    """

    __tablename__ = "statements"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="statements_state"),
        CheckConstraint(one_of("drafted_by", Side), name="statements_drafted_by"),
        CheckConstraint("extract(day FROM period) = 1", name="statements_period"),
        Index("statements_buyer", "buyer_id", "id"),
        Index("statements_supplier", "supplier_id", "id"),
        Index("statements_project", "project_id", "id"),
    )

    number: str
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    period: date
    currency: str
    state: State = Field(sa_type=text_enum(State))
    drafted_by: Side = Field(sa_type=text_enum(Side))
    total: Decimal = Field(sa_type=Numeric(18, 2))
    reason: str = ""

    lines: list["StatementLine"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "StatementLine.position", "cascade": "all"}
    )


class StatementLine(SQLModel, table=True):
    """What was accepted (or, negative, returned) of one line of a delivery since the statement before.

    `recorded` is what the site booked, `quantity` and `unit_price` (含税单价) what the line says now. `part` counts the
    statements that a delivery's line stands on, None once this one was withdrawn: that the pair is unique keeps a piece
    from standing on two. A side that disputes the line leaves its own figures in `claimed_*`.
    """

    __tablename__ = "statement_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["statement_id"], ["statements.id"], ondelete="CASCADE", name="statement_lines_statement"),
        ForeignKeyConstraint(["delivery_line_id"], ["delivery_lines.id"], name="statement_lines_delivery_line"),
        ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name="statement_lines_order_line"),
        UniqueConstraint("statement_id", "position", name="statement_lines_position"),
        UniqueConstraint("delivery_line_id", "part", name="statement_lines_once"),
        CheckConstraint(one_of("buyer_view", View), name="statement_lines_buyer_view"),
        CheckConstraint(one_of("supplier_view", View), name="statement_lines_supplier_view"),
        CheckConstraint(one_of("claimed_by", Side), name="statement_lines_claimed_by"),
        CheckConstraint(
            "(recorded > 0 AND quantity BETWEEN 0 AND recorded) OR (recorded < 0 AND quantity BETWEEN recorded AND 0)",
            name="statement_lines_quantity",
        ),
        CheckConstraint("unit_price >= 0", name="statement_lines_price"),
        CheckConstraint("'disputed' NOT IN (buyer_view, supplier_view) OR reason <> ''", name="statement_lines_reason"),
        Index("statement_lines_order_line", "order_line_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    statement_id: UUID
    position: int
    delivery_line_id: UUID
    part: int | None
    order_id: UUID
    order_line_id: UUID
    material_code: str
    unit: str
    recorded: Decimal = Field(sa_type=Numeric(18, 6))
    quantity: Decimal = Field(sa_type=Numeric(18, 6))
    unit_price: Decimal = Field(sa_type=Numeric(18, 6))
    amount: Decimal = Field(sa_type=Numeric(18, 2))
    buyer_view: View = Field(default=View.OPEN, sa_type=text_enum(View), sa_column_kwargs=OPEN)
    supplier_view: View = Field(default=View.OPEN, sa_type=text_enum(View), sa_column_kwargs=OPEN)
    claimed_by: Side | None = Field(default=None, sa_type=text_enum(Side))
    claimed_quantity: Decimal | None = Field(default=None, sa_type=Numeric(18, 6))
    claimed_unit_price: Decimal | None = Field(default=None, sa_type=Numeric(18, 6))
    reason: str = ""

    @property
    def settled(self) -> bool:
        """Whether both sides have agreed; then nothing of the line changes any more and it can be invoiced."""
        return self.buyer_view is View.AGREED and self.supplier_view is View.AGREED
