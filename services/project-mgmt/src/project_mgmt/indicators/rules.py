"""What a fact adds to the indicators, over plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from uuid import UUID

ZERO = Decimal("0.00")


class Measure(StrEnum):
    """What is counted, in which unit, and what the detail names."""

    ACCEPTED_COST = "accepted_cost"  # 验收成本; unit: currency; detail: cost code
    INVOICED_COST = "invoiced_cost"  # 开票成本; the same
    PAID_COST = "paid_cost"  # 付款成本; the same
    WAGES_COST = "wages_cost"  # 人工成本: wages owed, gross; unit and detail the same
    WAGES_PAID = "wages_paid"  # 已付工资: paid to workers, net; the same
    LABOUR_DAYS = "labour_days"  # 用工工日; unit: d; detail: the employer's organisation id
    MACHINE_HOURS = "machine_hours"  # 机械台时; unit: h; detail: machine id


DAY_UNIT = "d"
HOUR_UNIT = "h"


@dataclass(frozen=True, slots=True, order=True)
class Key:
    """Which figure: a measure of a project on one day, by the detail that the facts carry."""

    project_id: UUID
    day: date
    measure: Measure
    unit: str
    detail: str


@dataclass(frozen=True, slots=True)
class Delta:
    """By how much a fact changes a figure. Deltas only ever add up, so facts may come in any order."""

    key: Key
    value: Decimal


@dataclass(frozen=True, slots=True)
class IndicatorFilters:
    """What a list of figures may be narrowed by; days are inclusive, None means not."""

    day_from: date | None = None
    day_to: date | None = None
    measure: Measure | None = None
    detail: str | None = None


@dataclass(frozen=True, slots=True)
class Total:
    """A sum over days."""

    measure: Measure
    unit: str
    value: Decimal


def summed(deltas: Iterable[Delta]) -> Mapping[Key, Decimal]:
    """One delta per figure, in key order (the order in which rows are locked); figures that do not change drop out."""
    sums: dict[Key, Decimal] = {}
    for delta in deltas:
        sums[delta.key] = sums.get(delta.key, ZERO) + delta.value
    return {key: sums[key] for key in sorted(sums) if sums[key] != 0}


@dataclass(frozen=True, slots=True)
class Difference:
    """A figure of which we and its owner do not say the same; `detail` as in the key."""

    day: date
    detail: str
    ours: Decimal
    theirs: Decimal

    @property
    def difference(self) -> Decimal:
        """What we have too much; negative when facts are missing."""
        return self.ours - self.theirs


@dataclass(frozen=True, slots=True)
class Reconciled:
    """Both sums over all figures, and those figures that differ."""

    compared: int
    ours: Decimal
    theirs: Decimal
    differences: tuple[Difference, ...]


def reconcile(ours: Mapping[tuple[date, str], Decimal], theirs: Mapping[tuple[date, str], Decimal]) -> Reconciled:
    """Figures by day and detail, side by side; one that is only on one side is 0 on the other, so 0 equals none."""
    keys = sorted({*ours, *theirs})
    sides = [(key, ours.get(key, ZERO), theirs.get(key, ZERO)) for key in keys]
    return Reconciled(
        len(keys),
        sum(ours.values(), ZERO),
        sum(theirs.values(), ZERO),
        tuple(Difference(*key, own, other) for key, own, other in sides if own != other),
    )
