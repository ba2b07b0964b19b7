"""What comes in and goes out about deliveries."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field
from pydantic_core import PydanticCustomError

from chassis.http.schemas import In, Out
from chassis.values import Code, Instant, LongText, Quantity, QuantityOrZero, Text
from procurement.deliveries.models import Delivery
from procurement.deliveries.states import State

Sha256 = Annotated[
    str,
    Field(pattern=r"^[0-9a-f]{64}$", examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]),
]


class DispatchLineIn(In):
    """So much of one line of the order."""

    line_id: UUID = Field(description="Id of the order's line.")
    quantity: Quantity


class JudgedLineIn(In):
    """How much of one line of the delivery is accepted, and why not all."""

    line_id: UUID = Field(description="Id of the delivery's line.")
    quantity: QuantityOrZero
    reason: Annotated[str, Field(max_length=500, examples=["2 bars are bent"])] = ""


class ReturnedLineIn(In):
    """How much of one accepted line goes back, and why."""

    line_id: UUID = Field(description="Id of the delivery's line.")
    quantity: Quantity
    reason: Text


def _once(lines: list[DispatchLineIn] | list[JudgedLineIn] | list[ReturnedLineIn]) -> object:
    if len({line.line_id for line in lines}) != len(lines):
        raise PydanticCustomError("LINE_TWICE", "a line stands in the list twice")
    return lines


ONCE = AfterValidator(_once)
SOME = Field(min_length=1, max_length=500)


class DispatchIn(In):
    """A delivery note (送货单)."""

    order_id: UUID
    note_number: Code = Field(examples=["DN-20261123-01"])
    vehicle: Annotated[str, Field(max_length=20, examples=["粤B12345"])] = ""
    certificate_number: Code = Field(examples=["QC-2026-000123"])
    certificate_sha256: Sha256
    lines: Annotated[list[DispatchLineIn], SOME, ONCE]


class AcceptIn(In):
    """What the site takes; every line of the delivery must be judged."""

    lines: Annotated[list[JudgedLineIn], SOME, ONCE]


class ReturnIn(In):
    """What the site sends back."""

    lines: Annotated[list[ReturnedLineIn], SOME, ONCE]


class DeliveryReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["The certificate does not belong to this heat."])


class DeliveryLineOut(Out):
    """A line of a delivery."""

    id: UUID
    order_line_id: UUID
    position: int
    quantity: Quantity
    accepted: QuantityOrZero
    returned: QuantityOrZero
    reason: str


class DeliverySummary(Out):
    """A delivery without its lines."""

    id: UUID
    version: int
    note_number: str
    order_id: UUID
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    state: State
    vehicle: str
    certificate_number: str
    certificate_sha256: str
    reason: str
    created_at: Instant
    updated_at: Instant


class DeliveryOut(DeliverySummary):
    """A delivery with its lines."""

    lines: list[DeliveryLineOut]

    @classmethod
    def of(cls, delivery: Delivery) -> DeliveryOut:
        """From the row."""
        return cls.model_validate(delivery)
