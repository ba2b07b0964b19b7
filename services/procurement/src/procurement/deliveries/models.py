"""Tables of deliveries."""

# No postponed annotations here: SQLModel reads a Relationship's target from the annotation itself.

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field, Relationship, SQLModel

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from chassis.ids import new_id
from procurement.deliveries.states import State

ZERO = {"server_default": text("0")}


class Delivery(Row, table=True):
    """A delivery note (送货单) against one order, with the product certificate (产品合格证) that it came with."""

    __tablename__ = "deliveries"
    __table_args__ = (
        ForeignKeyConstraint(["order_id"], ["orders.id"], name="deliveries_order"),
        UniqueConstraint("supplier_id", "note_number", name="deliveries_note_taken"),
        CheckConstraint(one_of("state", State), name="deliveries_state"),
        CheckConstraint("certificate_sha256 ~ '^[0-9a-f]{64}$'", name="deliveries_certificate"),
        Index("deliveries_buyer", "buyer_id", "id"),
        Index("deliveries_supplier", "supplier_id", "id"),
        Index("deliveries_of_order", "order_id"),
    )

    note_number: str
    order_id: UUID
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    state: State = Field(sa_type=text_enum(State))
    vehicle: str = ""
    certificate_number: str
    certificate_sha256: str
    reason: str = ""
    accepted_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    accepted_by: str = ""

    lines: list["DeliveryLine"] = Relationship(
        sa_relationship_kwargs={"lazy": "raise", "order_by": "DeliveryLine.position", "cascade": "all"}
    )


class DeliveryLine(SQLModel, table=True):
    """So much of an order line, what the site took of it and what it sent back later."""

    __tablename__ = "delivery_lines"
    __table_args__: ClassVar = (
        ForeignKeyConstraint(["delivery_id"], ["deliveries.id"], ondelete="CASCADE", name="delivery_lines_delivery"),
        ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name="delivery_lines_order_line"),
        UniqueConstraint("delivery_id", "order_line_id", name="delivery_lines_once"),
        CheckConstraint("quantity > 0", name="delivery_lines_quantity"),
        CheckConstraint("accepted >= 0 AND accepted <= quantity", name="delivery_lines_accepted"),
        CheckConstraint("returned >= 0 AND returned <= accepted", name="delivery_lines_returned"),
        CheckConstraint("accepted = quantity OR reason <> '' OR NOT judged", name="delivery_lines_reason"),
    )

    id: UUID = Field(default_factory=new_id, primary_key=True)
    delivery_id: UUID
    order_line_id: UUID
    position: int
    quantity: Decimal = Field(sa_type=Numeric(18, 6))
    accepted: Decimal = Field(default=Decimal(0), sa_type=Numeric(18, 6), sa_column_kwargs=ZERO)
    returned: Decimal = Field(default=Decimal(0), sa_type=Numeric(18, 6), sa_column_kwargs=ZERO)
    judged: bool = False
    reason: str = ""
