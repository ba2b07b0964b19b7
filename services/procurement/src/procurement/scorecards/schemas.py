"""What goes out about scorecards."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from chassis.values import Amount, Percent
from procurement.scorecards.rules import Figure


class FigureOut(Out):
    """A figure: two amounts (of `answered`: two counts) and their quotient."""

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
    """A line of an order, delivery or invoice, or an inquiry, and what it adds to the figure."""

    id: UUID = Field(description="The order's, delivery's or invoice's line, or the inquiry.")
    order_id: UUID | None
    delivery_id: UUID | None
    invoice_id: UUID | None
    material_code: str | None
    unit: str | None
    day: date
    numerator: Amount
    denominator: Amount
