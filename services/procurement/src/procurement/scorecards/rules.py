"""Arithmetic of scorecards over plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

CENT = Decimal("0.01")
DAYS = 365
"""How long a period is when the caller names none, its last day included."""


class Figure(StrEnum):
    """What a scorecard says about a supplier. The rows behind each one stand in `repository.FIGURES`.

    All but the last are amounts, for tonnes, metres and pieces have only money in common.
    """

    IN_FULL = "in_full"  # 足量交付率: accepted ÷ ordered, of completed orders
    REJECTED = "rejected"  # 拒收率: not accepted ÷ delivered and judged
    ON_TIME = "on_time"  # 准时交付率: on its way by the day of need ÷ accepted, of lines with such a day
    RETURNED = "returned"  # 退货率: sent back later ÷ accepted
    PRICE = "price"  # 价格指数: agreed price ÷ published price when the order was approved
    INVOICE_ERRORS = "invoice_errors"  # 发票差错率: mismatched or rejected ÷ invoiced
    ANSWERED = "answered"  # 响应率: inquiries answered with an offer ÷ inquiries to which it was invited


@dataclass(frozen=True, slots=True)
class Period:
    """First and last day in Asia/Shanghai, both included."""

    first_day: date
    last_day: date

    @classmethod
    def until(cls, last_day: date) -> Period:
        """The year that ends with a day."""
        return cls(last_day - timedelta(days=DAYS - 1), last_day)


def percent(numerator: Decimal, denominator: Decimal) -> Decimal | None:
    """numerator ÷ denominator in percent, two places, half up; None where there is nothing to divide by."""
    return (100 * numerator / denominator).quantize(CENT, ROUND_HALF_UP) if denominator else None
