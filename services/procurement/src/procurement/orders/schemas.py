"""What comes in and goes out about orders."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Amount, Code, Currency, Instant, LongText, Percent, Price, Quantity, QuantityOrZero
from procurement.orders.commands.show import Shown
from procurement.orders.models import Order
from procurement.orders.rules import NewOrder
from procurement.orders.service import Line
from procurement.orders.states import LineState, Origin, State

MaterialCode = Annotated[str, Field(pattern=r"^[0-9]{8}$", examples=["01010005"])]
"""GB/T 50851-2013: two digits major, two sub, four serial."""

Unit = Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[^\s\x00]+$", examples=["t"])]


class LineIn(In):
    """A position of an order."""

    material_code: MaterialCode
    unit: Unit
    cost_code: Code = Field(examples=["01-STEEL"])
    quantity: Quantity
    unit_price: Price = Field(description="Tax included (含税单价).")
    tolerance_percent: Percent = Field(
        default=Decimal("0.00"), description="Over-delivery that is taken, in percent.", examples=["0.00"]
    )
    tax_percent: Percent | None = Field(default=None, description="Rate of the tax in the price, when agreed.")
    needed_by: date | None = Field(default=None, description="The day on which it must be on site.")

    def plain(self) -> Line:
        """As the use cases take it."""
        return Line(
            self.material_code,
            self.unit,
            self.cost_code,
            self.quantity,
            self.unit_price,
            self.tolerance_percent,
            tax_percent=self.tax_percent,
            needed_by=self.needed_by,
        )


class CreateOrderIn(In):
    """A new draft."""

    number: Code | None = Field(default=None, description="The buyer's own number; one is made when absent.")
    project_id: UUID
    supplier_id: UUID
    currency: Currency = "CNY"
    note: Annotated[str, Field(max_length=2000)] = ""
    direct_reason: Annotated[str, Field(max_length=2000, description="Why it is bought without competition.")] = ""
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=500)]


class ReviseOrderIn(In):
    """All that may change in a draft of a direct purchase."""

    note: Annotated[str, Field(max_length=2000)] = ""
    direct_reason: Annotated[str, Field(max_length=2000)] | None = Field(
        default=None, description="Why it is bought without competition; as it was when absent."
    )
    lines: Annotated[list[LineIn], Field(min_length=1, max_length=500)]


class ReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["The price is above the framework agreement."])


class CancelRestIn(ReasonIn):
    """Which lines get no more deliveries, and why."""

    line_ids: Annotated[list[UUID], Field(max_length=500, description="All open lines when empty.")] = Field(
        default_factory=list
    )


class LineOut(Out):
    """A position with what has come and been accepted."""

    id: UUID
    position: int
    material_code: str
    unit: str
    cost_code: str
    quantity: Quantity
    unit_price: Price
    tolerance_percent: Percent
    amount: Amount
    tax_percent: Percent | None
    needed_by: date | None
    origin_line_id: UUID | None
    requisition_line_id: UUID | None
    delivered: QuantityOrZero
    accepted: QuantityOrZero
    closed: bool = Field(description="No more deliveries: completed, or the rest was called off.")
    state: LineState


Late = Annotated[bool, Field(description="A line should have come before today (Asia/Shanghai), and not all has.")]


class OrderHead(Out):
    """What stands above the lines of an order."""

    id: UUID
    version: int
    number: str
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    state: State
    currency: str
    total: Amount
    note: str
    reason: str
    origin: Origin
    origin_id: UUID | None
    direct_reason: str
    created_at: Instant
    updated_at: Instant
    approved_at: datetime | None


class OrderSummary(OrderHead):
    """An order without its lines."""

    late: Late


class OrderOut(OrderHead):
    """An order with its lines."""

    lines: list[LineOut]

    @classmethod
    def of(cls, order: Order | NewOrder) -> OrderOut:
        """From the row."""
        return cls.model_validate(order)


class OrderDetail(OrderOut):
    """An order with its lines, as it stands today."""

    late: Late

    @classmethod
    def today(cls, shown: Shown) -> OrderDetail:
        """From the row and what the day adds."""
        return cls(late=shown.late, **dict(OrderOut.of(shown.order)))
