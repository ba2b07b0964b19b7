"""Prices of call-offs and caps of agreements over plain values; exact decimals throughout."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from chassis.values import decimal_text
from procurement.agreements import errors
from procurement.agreements.states import PriceKind
from procurement.orders.rules import line_amount

STEP = Decimal("0.000001")
ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class Formula:
    """A fixed price, or a published price of a region less a discount in percent or in money per unit.

    A negative discount is a surcharge.
    """

    kind: PriceKind
    unit_price: Decimal | None
    region: str
    discount_percent: Decimal
    discount_amount: Decimal


@dataclass(frozen=True, slots=True)
class Published:
    """A published price (信息价) of one unit, tax included, of a month (its first day), and who published it."""

    unit_price: Decimal
    month: date
    source: str


def price(position: int, formula: Formula, published: Published | None) -> Decimal:
    """The price of one unit, six places, half up.

    FailedPrecondition PUBLISHED_PRICE_MISSING, PRICE_BELOW_ZERO; `position` is the item's.
    """
    if formula.kind is PriceKind.FIXED:
        assert formula.unit_price is not None  # noqa: S101 - a CHECK of the table
        return formula.unit_price
    if published is None:
        raise errors.published_price_missing(position, formula.region)
    less = published.unit_price * formula.discount_percent / 100 + formula.discount_amount
    found = (published.unit_price - less).quantize(STEP, ROUND_HALF_UP)
    if found < 0:
        raise errors.price_below_zero(position, found)
    return found


def at_most(cap: Decimal | None, items: Iterable[tuple[Decimal | None, Decimal | None]]) -> Decimal | None:
    """What can be called off at most: the cap of the whole, or (cap, fixed price) of all items if that is less.

    None when neither bounds it: an item without a cap, or with a price that is not known yet.
    """
    total = ZERO
    for quantity, unit_price in items:
        if quantity is None or unit_price is None:
            return cap
        total += line_amount(quantity, unit_price)
    return total if cap is None else min(cap, total)


@dataclass(frozen=True, slots=True)
class Ordered:
    """What one organisation has ordered of one item for one project; quantity and amount count open changes too."""

    item_id: UUID
    organisation_id: UUID
    project_id: UUID
    quantity: Decimal
    amount: Decimal
    delivered: Decimal = ZERO
    accepted: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Cap:
    """What a cap is about, and its two heights.

    An item's quantity (`item_id`); the amount of the whole agreement; the amount of an organisation, or of one of its
    projects.
    """

    scope: str
    soft: Decimal | None
    hard: Decimal | None
    item_id: UUID | None = None
    organisation_id: UUID | None = None
    project_id: UUID | None = None

    def measure(self, rows: Iterable[Ordered]) -> Decimal:
        """How much of what was ordered counts against it."""
        mine = [row for row in rows if self._counts(row)]
        return sum((row.amount if self.item_id is None else row.quantity for row in mine), ZERO)

    def _counts(self, row: Ordered) -> bool:
        return (
            self.item_id in (None, row.item_id)
            and self.organisation_id in (None, row.organisation_id)
            and self.project_id in (None, row.project_id)
        )


def passed(caps: Iterable[Cap], ordered: list[Ordered], asked: list[Ordered]) -> list[dict[str, str]]:
    """The soft caps that lie below what is ordered once `asked` comes on top, as they are recorded.

    FailedPrecondition CAP_EXCEEDED for a hard one. Caps that `asked` does not touch stay out of it.
    """
    warnings = []
    for cap in caps:
        more = cap.measure(asked)
        if more <= 0:
            continue
        before = cap.measure(ordered)
        if cap.hard is not None and before + more > cap.hard:
            raise errors.cap_exceeded(cap.scope, cap.hard, before, more)
        if cap.soft is not None and before + more > cap.soft:
            reached = decimal_text(before + more)
            warnings.append({"scope": cap.scope, "soft_cap": decimal_text(cap.soft), "reached": reached})
    return warnings
