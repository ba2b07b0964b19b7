"""What goes out about scorecards."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from chassis.values import Amount, Percent
from procurement.scorecards.rules import Figure


class FigureOut(Out):
    """A figure: two amounts and their quotient."""

    figure: Figure
    numerator: Amount
    denominator: Amount
    percent: Percent | None = Field(description="null while there is nothing to judge.")


class ScorecardOut(Out):
    """All figures about a supplier in a period, whose last day belongs to it."""

    supplier_file_id: UUID
    supplier_id: UUID | None
    currency: str
    first_day: date
    last_day: date
    figures: list[FigureOut]


class FigureRowOut(Out):
    """A line of an order or delivery, and what it adds to the figure."""

    id: UUID = Field(description="The order's or delivery's line.")
    order_id: UUID
    delivery_id: UUID | None
    material_code: str
    unit: str
    day: date
    numerator: Amount
    denominator: Amount
