"""What becomes of a line's quantity, and how lines of several sites become one. Pure, exact decimals throughout."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
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


@dataclass(frozen=True, slots=True)
class Need:
    """So much of a requisition line, in any unit of which one is a whole number of the line's."""

    requisition_line_id: UUID
    quantity: Decimal
    unit: str


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


@dataclass(frozen=True, slots=True)
class Wanted:
    """So much of an approved requisition line, in its unit, that is to be sourced.

    `wholes`: by unit, how many of the line's unit one of it is, where that is a whole number; the line's own is 1.
    """

    requisition_line_id: UUID
    project_id: UUID
    cost_code: str
    material_code: str
    specification: str
    unit: str
    needed_by: date
    quantity: Decimal
    wholes: Mapping[str, int]

    def in_unit(self, unit: str) -> Decimal | None:
        """The quantity in another unit when it is exact to six places; None otherwise."""
        whole = self.wholes.get(unit)
        if whole is None:
            return None
        found = (self.quantity / whole).quantize(ZERO)
        return found if found * whole == self.quantity else None


@dataclass(frozen=True, slots=True)
class Part:
    """What one requisition line contributes, in the unit of its position."""

    requisition_line_id: UUID
    project_id: UUID
    cost_code: str
    needed_by: date
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class Merged:
    """One position to source, for several sites."""

    material_code: str
    specification: str
    unit: str
    parts: tuple[Part, ...]


def merge(wanted: Iterable[Wanted]) -> list[Merged]:
    """Lines of several requisitions as positions to source (合并采购): one per material, specification and unit.

    Units are made one where nothing is lost by it: the unit that is a whole number of most others is taken first, and a
    line whose quantity is not exact in it stays in the next one, at last its own. Positions stand by material,
    specification and unit; parts by day and id, so that the first is the most urgent one.
    """
    groups: dict[tuple[str, str], list[Wanted]] = {}
    for one in sorted(wanted, key=lambda one: (one.needed_by, one.requisition_line_id)):
        groups.setdefault((one.material_code, one.specification), []).append(one)
    merged: list[Merged] = []
    for (code, specification), group in sorted(groups.items()):
        by_unit = _by_unit(group)
        merged += [Merged(code, specification, unit, tuple(by_unit[unit])) for unit in sorted(by_unit)]
    return merged


def _by_unit(group: Sequence[Wanted]) -> dict[str, list[Part]]:
    covered = Counter(unit for one in group for unit in one.wholes)
    units = sorted({one.unit for one in group}, key=lambda unit: (-covered[unit], unit))
    found: dict[str, list[Part]] = {}
    for one in group:
        exact = ((unit, one.in_unit(unit)) for unit in units)
        unit, quantity = next((unit, quantity) for unit, quantity in exact if quantity is not None)
        part = Part(one.requisition_line_id, one.project_id, one.cost_code, one.needed_by, quantity)
        found.setdefault(unit, []).append(part)
    return found
