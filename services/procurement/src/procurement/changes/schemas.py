"""What comes in and goes out about changes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Amount, Instant, LongText, Percent, Price, Quantity
from procurement.changes.models import OrderChange
from procurement.changes.rules import Edit
from procurement.changes.states import State
from procurement.orders.schemas import LineIn


class EditIn(In):
    """What shall change in a line; what is absent stays."""

    line_id: UUID
    quantity: Quantity | None = None
    unit_price: Price | None = None
    needed_by: date | None = None
    close: bool = Field(default=False, description="What is left of this line does not come.")

    def plain(self) -> Edit:
        """As the use case takes it."""
        return Edit(self.line_id, self.quantity, self.unit_price, self.needed_by, self.close)


class ProposeChangeIn(In):
    """A change of an approved order."""

    reason: LongText = Field(examples=["Axis C needs 20 t more."])
    edits: Annotated[list[EditIn], Field(max_length=500)] = Field(default_factory=list)
    added: Annotated[list[LineIn], Field(max_length=500)] = Field(default_factory=list)

    @model_validator(mode="after")
    def _something(self) -> Self:
        if not self.edits and not self.added:
            raise fault("CHANGE_EMPTY", zh="变更没有任何内容", en="The change changes nothing")
        return self


class ChangeLineOut(Out):
    """A line as it shall be and as it was; `before_…` is null for a line that is added."""

    line_id: UUID
    position: int
    is_new: bool
    material_code: str
    unit: str
    cost_code: str
    quantity: Quantity
    unit_price: Price
    tolerance_percent: Percent
    tax_percent: Percent | None
    needed_by: date | None
    closes: bool
    before_quantity: Quantity | None
    before_unit_price: Price | None
    before_needed_by: date | None


class ChangeOut(Out):
    """A change of an order; `adds` is what it costs more per cost code (the buyer's approver decides on that)."""

    id: UUID
    version: int
    order_id: UUID
    number: int
    state: State
    reason: str
    answer: str
    adds: dict[str, Amount]
    offered_at: datetime | None
    decided_at: datetime | None
    lines: list[ChangeLineOut]
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, change: OrderChange) -> ChangeOut:
        """From the row with its lines."""
        return cls.model_validate(change)
