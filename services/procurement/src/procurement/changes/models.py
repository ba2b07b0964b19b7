"""Tables of changes."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.changes.states import State


class OrderChange(Row, table=True):
    """A change of an approved order (订单变更); `number` counts those of the order from 1.

    `adds` is what it costs more than before, per cost code, as decimal texts: the budget that is held for it from its
    approval until the supplier has answered. `reason` is the buyer's, `answer` why it was rejected or declined.
    """

    __tablename__ = "order_changes"
    __table_args__ = (
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="order_changes_order"),
        UniqueConstraint("order_id", "number", name="order_changes_number"),
        CheckConstraint(one_of("state", State), name="order_changes_state"),
        CheckConstraint(
            "state NOT IN ('offered', 'accepted', 'declined') OR offered_at IS NOT NULL", name="order_changes_offered"
        ),
        Index(
            "order_changes_one_open", "order_id", unique=True, postgresql_where=text("state IN ('proposed', 'offered')")
        ),
    )

    order_id: UUID
    number: int
    state: State = Field(sa_type=text_enum(State))
    reason: str
    answer: str = ""
    adds: dict[str, str] = Field(sa_type=JSONB)
    proposed_by: str
    offered_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    decided_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)

    lines: list["OrderChangeLine"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "OrderChangeLine.position", "cascade": "all"}
    )


class OrderChangeLine(SQLModel, table=True):
    """A line as it shall be, and as it was when the change was proposed (`before_…`, None for a line that is added)."""

    __tablename__ = "order_change_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["change_id"], ["order_changes.id"], ondelete="CASCADE", name="order_change_lines_change"),
        UniqueConstraint("change_id", "line_id", name="order_change_lines_once"),
        CheckConstraint("quantity > 0", name="order_change_lines_quantity"),
        CheckConstraint("unit_price >= 0", name="order_change_lines_price"),
        CheckConstraint("(before_quantity IS NULL) = (before_unit_price IS NULL)", name="order_change_lines_before"),
        Index("order_change_lines_line", "line_id"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    change_id: UUID
    position: int
    line_id: UUID
    material_code: str
    unit: str
    cost_code: str
    quantity: Decimal = Field(sa_type=Numeric(18, 6))
    unit_price: Decimal = Field(sa_type=Numeric(18, 6))
    tolerance_percent: Decimal = Field(sa_type=Numeric(5, 2))
    tax_percent: Decimal | None = Field(default=None, sa_type=Numeric(5, 2))
    needed_by: date | None = None
    closes: bool
    before_quantity: Decimal | None = Field(default=None, sa_type=Numeric(18, 6))
    before_unit_price: Decimal | None = Field(default=None, sa_type=Numeric(18, 6))
    before_needed_by: date | None = None

    @property
    def is_new(self) -> bool:
        """Whether the change adds this line to the order."""
        return self.before_quantity is None
