"""What follows from a standing, over plain values. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from procurement.clients.labour import EmployerStanding

LEVELS = ("none", "yellow", "orange", "red")


class Deal(StrEnum):
    """What a buyer is about to begin with a supplier, or to add to what stands."""

    AWARD = "award"  # 定标
    AGREEMENT = "agreement"  # 合同、框架协议
    ORDER = "order"  # 采购订单
    SUPPLEMENT = "supplement"  # 补充协议, one that adds money or time
    ORDER_CHANGE = "order_change"  # 订单变更, one that costs more


@dataclass(frozen=True, slots=True)
class Sanctions:
    """What a listed organisation does not get from a day on, and from which level on a buyer is told."""

    valid_from: date
    valid_to: date | None
    refuses: frozenset[Deal]
    hint_from: str


@dataclass(frozen=True, slots=True)
class Judged:
    """A standing, what it forbids today, and whether the buyer should look twice."""

    standing: EmployerStanding
    refuses: tuple[Deal, ...]
    warned: bool


def in_force(rules: Iterable[Sanctions], on: date) -> Sanctions | None:
    """The sanctions of a day; None when no rule counts."""
    counting = [one for one in rules if one.valid_from <= on and (one.valid_to is None or on <= one.valid_to)]
    return max(counting, key=lambda one: one.valid_from, default=None)


def judge(standing: EmployerStanding, sanctions: Sanctions | None) -> Judged:
    """A listed organisation is refused what the rule says; a level that nobody knows is as bad as the worst."""
    if sanctions is None:
        return Judged(standing, (), False)
    refuses = sanctions.refuses if standing.listing is not None else frozenset()
    level = LEVELS.index(standing.level) if standing.level in LEVELS else len(LEVELS)
    return Judged(standing, tuple(sorted(refuses)), level >= LEVELS.index(sanctions.hint_from))
