"""What becomes of a line's quantity, and how lines of several sites become one. Pure, exact decimals throughout."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol
from uuid import UUID

from procurement.orders.rules import line_amount

ZERO = Decimal("0.000000")
LIMIT = Decimal(10) ** 16
"""Amounts are Numeric(18, 2)."""


def too_large(lines: Iterable[tuple[Decimal, Decimal]]) -> list[int]:
    """(quantity, estimated price) of lines → the index of each with which the total is more than can be kept."""
    total = Decimal(0)
    found: list[int] = []
    for index, (quantity, price) in enumerate(lines):
        total += line_amount(quantity, price)
        if total >= LIMIT:
            found.append(index)
    return found


class Move(StrEnum):
    """A way in which a line's counters change."""

    TAKE_FOR_SOURCING = "take_for_sourcing"
    GIVE_BACK_SOURCING = "give_back_sourcing"
    TAKE_FOR_ORDER = "take_for_order"
    TAKE_SOURCED_FOR_ORDER = "take_sourced_for_order"
    GIVE_BACK_ORDER = "give_back_order"
    BOOK_DELIVERED = "book_delivered"


TAKING = frozenset({Move.TAKE_FOR_SOURCING, Move.TAKE_FOR_ORDER, Move.TAKE_SOURCED_FOR_ORDER})
"""Moves that spend what a line asks for: only of an approved requisition, and only its own organisation."""


@dataclass(frozen=True, slots=True)
class Counters:
    """Of one line; `quantity` is what was requested."""

    quantity: Decimal
    sourced: Decimal
    ordered: Decimal
    delivered: Decimal

    @property
    def left(self) -> Decimal:
        """What is still to be bought."""
        return self.quantity - self.sourced - self.ordered

    def spare(self, move: Move) -> Decimal:
        """How much this move may take at most."""
        sources = {
            Move.TAKE_FOR_SOURCING: self.left,
            Move.GIVE_BACK_SOURCING: self.sourced,
            Move.TAKE_FOR_ORDER: self.left,
            Move.TAKE_SOURCED_FOR_ORDER: self.sourced,
            Move.GIVE_BACK_ORDER: self.ordered,
        }
        return sources[move]

    def after(self, move: Move, quantity: Decimal) -> Counters | None:
        """The counters after a move of a positive quantity (delivered: a negative one is a return).

        None when there is not so much.
        """
        if move is Move.BOOK_DELIVERED:
            delivered = self.delivered + quantity
            return None if delivered < 0 else replace(self, delivered=delivered)
        if quantity <= 0 or quantity > self.spare(move):
            return None
        sourced = {Move.TAKE_FOR_SOURCING: quantity}.get(move, ZERO)
        sourced -= quantity if move in (Move.GIVE_BACK_SOURCING, Move.TAKE_SOURCED_FOR_ORDER) else ZERO
        ordered = quantity if move in (Move.TAKE_FOR_ORDER, Move.TAKE_SOURCED_FOR_ORDER) else ZERO
        ordered -= quantity if move is Move.GIVE_BACK_ORDER else ZERO
        return replace(self, sourced=self.sourced + sourced, ordered=self.ordered + ordered)


def summed(needs: Iterable[tuple[UUID, Decimal]]) -> dict[UUID, Decimal]:
    """(line, quantity) pairs → quantity per line, in the order of ids, in which lines are locked."""
    sums: dict[UUID, Decimal] = {}
    for line_id, quantity in needs:
        sums[line_id] = sums.get(line_id, ZERO) + quantity
    return dict(sorted(sums.items()))


class Mergeable(Protocol):
    """A line as far as merging looks at it; `RequisitionLine` is one."""

    id: UUID
    material_code: str
    unit: str
    specification: str
    needed_by: date

    @property
    def left(self) -> Decimal:
        """What is still to be bought."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """What one requisition line contributes."""

    requisition_line_id: UUID
    quantity: Decimal
    needed_by: date
    specification: str


@dataclass(frozen=True, slots=True)
class Merged:
    """One position to source, for several sites; `needed_by` is the earliest of its parts."""

    material_code: str
    unit: str
    quantity: Decimal
    needed_by: date
    parts: tuple[Part, ...]


def merge(lines: Sequence[Mergeable]) -> list[Merged]:
    """What is left of lines of several requisitions, grouped by material and unit (合并采购), in that order.

    Lines without anything left are not in it; the parts stand by day and id, and their quantities add up exactly.
    """
    groups: dict[tuple[str, str], list[Part]] = {}
    for line in lines:
        if line.left > 0:
            part = Part(line.id, line.left, line.needed_by, line.specification)
            groups.setdefault((line.material_code, line.unit), []).append(part)
    return [
        Merged(
            code,
            unit,
            sum((part.quantity for part in parts), ZERO),
            min(part.needed_by for part in parts),
            tuple(sorted(parts, key=lambda part: (part.needed_by, part.requisition_line_id))),
        )
        for (code, unit), parts in sorted(groups.items())
    ]
