"""Weights and quantities of deliveries over plain values; exact decimals throughout."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from enum import StrEnum

from procurement.deliveries.states import State


class WeightUnit(StrEnum):
    """What a weighbridge shows."""

    TONNE = "t"
    KILOGRAM = "kg"


KILOGRAMS = {WeightUnit.TONNE: Decimal(1000), WeightUnit.KILOGRAM: Decimal(1)}


def expected_weight(lines: Iterable[tuple[Decimal, str]], unit: WeightUnit) -> Decimal | None:
    """What (quantity, unit) lines weigh together in `unit`; None when one of them is not measured by mass."""
    total = Decimal(0)
    for quantity, measured_in in lines:
        if measured_in not in tuple(WeightUnit):
            return None
        total += quantity * KILOGRAMS[WeightUnit(measured_in)]
    return total / KILOGRAMS[unit]


def deviates(net: Decimal, expected: Decimal, tolerance_percent: Decimal) -> bool:
    """Whether a net weight is off by more than the tolerance, either way; exactly the tolerance is not."""
    return abs(net - expected) * 100 > tolerance_percent * expected


def missing(state: State, *, judged: bool, sent: Decimal, accepted: Decimal, returned: Decimal) -> Decimal:
    """How much of a line the site was left without: short, rejected, returned, or refused with the whole lorry.

    So much may be made good by a replacement.
    """
    if state is State.REFUSED:
        return sent
    return sent - accepted + returned if judged else Decimal("0.000000")
