"""What a budget line can still take, over plain values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from project_mgmt.budgets.states import State

ZERO = Decimal("0.00")
COUNTED = frozenset({State.RESERVED, State.CONFIRMED})
"""States whose amounts are taken from the budget."""


@dataclass(frozen=True, slots=True)
class Line:
    """A cost code's budget and what orders hold of it, all in the budget's currency."""

    cost_code: str
    amount: Decimal
    reserved: Decimal = ZERO
    confirmed: Decimal = ZERO

    @property
    def committed(self) -> Decimal:
        """Reserved and confirmed together."""
        return self.reserved + self.confirmed

    @property
    def left(self) -> Decimal:
        """What a new order may still take; negative when a fact confirmed more than the budget."""
        return self.amount - self.committed

    @property
    def overdrawn(self) -> bool:
        """Whether more is committed than budgeted."""
        return self.left < 0


@dataclass(frozen=True, slots=True)
class Hold:
    """What one commitment holds: the state it is in, and amounts by cost code."""

    state: State | None
    amounts: Mapping[str, Decimal]

    @property
    def counted(self) -> frozenset[str]:
        """The cost codes of which this state takes anything; none when it holds nothing."""
        return frozenset(self.amounts) if self.state in COUNTED else frozenset()


@dataclass(frozen=True, slots=True)
class CommitmentFilters:
    """What a list of commitments may be narrowed by; None means not."""

    state: State | None = None
    order_id: UUID | None = None
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Shortage:
    """A cost code that cannot take what is asked: `left` without the asking order's own hold."""

    cost_code: str
    left: Decimal
    asked: Decimal


NOTHING = Hold(None, {})


def summed(costs: Iterable[tuple[str, Decimal]]) -> dict[str, Decimal]:
    """Amounts by cost code, in cost-code order: the order in which lines are locked, so that nobody deadlocks."""
    total: dict[str, Decimal] = {}
    for code, amount in costs:
        total[code] = total.get(code, ZERO) + amount
    return dict(sorted(total.items()))


def held(state: State | None, hold: Hold, cost_code: str) -> Decimal:
    """What a hold counts in one of the two columns (`state` reserved or confirmed) of a line."""
    return hold.amounts.get(cost_code, ZERO) if hold.state == state else ZERO


def move(line: Line, before: Hold, after: Hold) -> Line:
    """The line after one commitment went from one hold to another."""
    code = line.cost_code
    return Line(
        code,
        line.amount,
        line.reserved - held(State.RESERVED, before, code) + held(State.RESERVED, after, code),
        line.confirmed - held(State.CONFIRMED, before, code) + held(State.CONFIRMED, after, code),
    )


def shortages(lines: Mapping[str, Line], before: Hold, asked: Mapping[str, Decimal]) -> list[Shortage]:
    """The cost codes whose budget a reservation would pass, in cost-code order; asks for nothing pass always."""
    found = []
    for code, amount in sorted(asked.items()):
        free = move(lines[code], before, NOTHING).left
        if amount > free and amount > 0:
            found.append(Shortage(code, free, amount))
    return found


def below_committed(lines: Iterable[Line], wanted: Mapping[str, Decimal]) -> list[Line]:
    """Lines whose new amount (nothing, when they are left out) would be less than what orders hold of them."""
    return [line for line in lines if wanted.get(line.cost_code, ZERO) < line.committed]
