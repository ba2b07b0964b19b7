"""How an award is spread over the needs of projects, over plain values."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID


@dataclass(frozen=True, slots=True)
class NewLine:
    """A line of an award that is about to be written; the attributes are those of `AwardLine`."""

    id: UUID
    award_id: UUID
    position: int
    line_id: UUID
    offer_line_id: UUID
    supplier_id: UUID
    material_code: str
    unit: str
    quantity: Decimal
    unit_price: Decimal
    tax_percent: Decimal | None
    lowest: bool
    reason: str


@dataclass(slots=True)
class Need:
    """What is left of one project's part of a line; `left` goes down as it is awarded."""

    part_id: UUID
    project_id: UUID
    cost_code: str
    needed_by: date | None
    requisition_line_id: UUID | None
    left: Decimal


def spread(quantity: Decimal, needs: list[Need]) -> list[tuple[Need, Decimal]]:
    """Give a quantity to needs in their order until it is used up: the most urgent one is served first.

    The needs' `left` is taken from; the quantities add up to the given one as long as the needs do.
    """
    given = []
    for need in needs:
        part = min(quantity, need.left)
        if part > 0:
            need.left -= part
            quantity -= part
            given.append((need, part))
    return given
