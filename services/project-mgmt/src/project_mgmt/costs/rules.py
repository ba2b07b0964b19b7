"""Puts figures of one cost code side by side, over plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal

ZERO = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Figures:
    """What a cost code has in its budget, what orders hold of it, and what facts have said."""

    budget: Decimal = ZERO
    reserved: Decimal = ZERO
    committed: Decimal = ZERO
    accepted: Decimal = ZERO
    invoiced: Decimal = ZERO
    paid: Decimal = ZERO
    wages: Decimal = ZERO
    wages_paid: Decimal = ZERO

    @property
    def left(self) -> Decimal:
        """What may still be committed; negative when facts have overdrawn the line."""
        return self.budget - self.reserved - self.committed

    @property
    def accrued(self) -> Decimal:
        """Accepted and not invoiced yet (暂估应付)."""
        return self.accepted - self.invoiced

    @property
    def owed(self) -> Decimal:
        """Invoiced and not paid yet (应付未付); negative while advances are larger."""
        return self.invoiced - self.paid


@dataclass(frozen=True, slots=True)
class CostLine:
    """The figures of one cost code."""

    cost_code: str
    name: str
    figures: Figures


def side_by_side(
    budget: Mapping[str, tuple[str, Decimal, Decimal, Decimal]], facts: Iterable[tuple[str, str, Decimal]]
) -> list[CostLine]:
    """(code → name, amount, reserved, confirmed) and (figure, code, sum) → a line per cost code, in their order.

    `figure` is one of accepted, invoiced, paid, wages, wages_paid; a code that only facts name
    has no name and no budget.
    """
    said: dict[str, dict[str, Decimal]] = {code: {} for code in budget}
    for figure, code, value in facts:
        said.setdefault(code, {})[figure] = value
    lines = []
    for code in sorted(said):
        name, amount, reserved, confirmed = budget.get(code, ("", ZERO, ZERO, ZERO))
        figures = Figures(amount, reserved, confirmed, **said[code])
        lines.append(CostLine(code, name, figures))
    return lines


def total(lines: Iterable[CostLine]) -> Figures:
    """The sum over all cost codes."""
    names = ("budget", "reserved", "committed", "accepted", "invoiced", "paid", "wages", "wages_paid")
    figures = [line.figures for line in lines]
    return Figures(*(sum((getattr(one, name) for one in figures), ZERO) for name in names))
