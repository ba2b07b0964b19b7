"""Arithmetic of orders over plain values; exact decimals throughout."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT = Decimal("0.01")
STEP = Decimal("0.000001")


def line_amount(quantity: Decimal, unit_price: Decimal) -> Decimal:
    """Quantity × price of one unit, rounded half up to the cent (四舍五入)."""
    return (quantity * unit_price).quantize(CENT, ROUND_HALF_UP)


def costs(lines: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """(cost code, amount) pairs → amount per cost code, in the order of the codes."""
    sums: dict[str, Decimal] = {}
    for cost_code, amount in lines:
        sums[cost_code] = sums.get(cost_code, Decimal(0)) + amount
    return dict(sorted(sums.items()))


def most_deliverable(quantity: Decimal, tolerance_percent: Decimal) -> Decimal:
    """The largest quantity that may be delivered on a line, six places, never rounded up.

    At 0 % tolerance 100.000001 of 100 is too much.
    """
    return (quantity * (1 + tolerance_percent / 100)).quantize(STEP, rounding="ROUND_FLOOR")


def accepted_amount(accepted_before: Decimal, accepted_after: Decimal, unit_price: Decimal) -> Decimal:
    """By how much the accepted cost of a line changes.

    The difference of two rounded totals, not a rounded difference: many partial acceptances add up to the amount of
    one big one.
    """
    return line_amount(accepted_after, unit_price) - line_amount(accepted_before, unit_price)
