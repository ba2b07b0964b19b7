"""Rules of statements over plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

from procurement.statements.states import Action


@dataclass(frozen=True, slots=True)
class Piece:
    """What of a delivery's line stands on no statement yet: positive when accepted, negative when sent back.

    `unit_price` is tax-inclusive; `part` is the number of the next statement that the line will stand on.
    """

    delivery_line_id: UUID
    order_id: UUID
    order_line_id: UUID
    material_code: str
    unit: str
    unit_price: Decimal
    quantity: Decimal
    part: int


def month_end(period: date) -> date:
    """The last day of the month that `period` lies in."""
    return (period.replace(day=1) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def standing(settled: Sequence[bool]) -> Action:
    """What a statement has come to when these of its lines (at least one) are agreed by both sides."""
    if all(settled):
        return Action.AGREE_ALL
    return Action.AGREE_SOME if any(settled) else Action.DISCUSS


def within(quantity: Decimal, recorded: Decimal) -> bool:
    """Whether a line may say `quantity`: not more than the site booked, and on the same side of zero.

    What a correction leaves out stands on no statement, so that the next draft brings it again unless the site books a
    return.
    """
    return min(recorded, Decimal(0)) <= quantity <= max(recorded, Decimal(0))
