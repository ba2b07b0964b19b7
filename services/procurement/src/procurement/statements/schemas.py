"""What comes in and goes out about statements."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, PlainSerializer

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Currency, Instant, LongText, Price, SignedAmount, SignedQuantity
from procurement.statements.models import Statement
from procurement.statements.states import Side, State, View

Month = Annotated[str, Field(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$", examples=["2026-11"])]
"""A calendar month in Asia/Shanghai."""


def first_day(month: str) -> date:
    """The first day of a `Month`."""
    return date.fromisoformat(f"{month}-01")


class DraftStatementIn(In):
    """Of whom and for which month; the lines come from what the site accepted and returned."""

    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    period: Month
    currency: Currency = "CNY"


def _ids_once(ids: list[UUID]) -> list[UUID]:
    if len(set(ids)) != len(ids):
        raise fault("LINE_TWICE", zh="同一行出现两次", en="a line stands in the list twice")
    return ids


class AgreeLinesIn(In):
    """The lines to agree to."""

    line_ids: Annotated[list[UUID], Field(min_length=1, max_length=1000), AfterValidator(_ids_once)]


class FiguresIn(In):
    """What a line should say, and why."""

    line_id: UUID
    quantity: SignedQuantity = Field(examples=["98.500000"])
    unit_price: Price = Field(description="Tax included (含税单价).")
    reason: LongText = Field(examples=["Two bundles went back on 12 November."])


def _lines_once(lines: list[FiguresIn]) -> list[FiguresIn]:
    _ids_once([line.line_id for line in lines])
    return lines


class ChangeLinesIn(In):
    """The lines to dispute or to correct."""

    lines: Annotated[list[FiguresIn], Field(min_length=1, max_length=1000), AfterValidator(_lines_once)]


class WithdrawStatementIn(In):
    """Why."""

    reason: LongText = Field(examples=["Drawn up for the wrong month."])


class StatementLineOut(Out):
    """A line: what the site booked, what the line says now, what each side says of it."""

    id: UUID
    position: int
    delivery_line_id: UUID
    order_id: UUID
    order_line_id: UUID
    material_code: str
    unit: str
    recorded: SignedQuantity
    quantity: SignedQuantity
    unit_price: Price
    amount: SignedAmount
    buyer_view: View
    supplier_view: View
    settled: bool = Field(description="Both sides have agreed: the line can be invoiced.")
    claimed_by: Side | None
    claimed_quantity: SignedQuantity | None
    claimed_unit_price: Price | None
    reason: str


class StatementSummary(Out):
    """A statement without its lines."""

    id: UUID
    version: int
    number: str
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    period: Annotated[date, PlainSerializer(lambda day: f"{day:%Y-%m}", return_type=str, when_used="json")] = Field(
        examples=["2026-11"]
    )
    currency: str
    state: State
    drafted_by: Side
    total: SignedAmount = Field(examples=[Decimal("387100.00")])
    reason: str
    created_at: Instant
    updated_at: Instant


class StatementOut(StatementSummary):
    """A statement with its lines."""

    lines: list[StatementLineOut]

    @classmethod
    def of(cls, statement: Statement) -> StatementOut:
        """From the row."""
        return cls.model_validate(statement)
