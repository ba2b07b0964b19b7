"""What an offer costs, over plain values; exact decimals throughout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from enum import StrEnum
from uuid import UUID

from procurement.orders.rules import CENT, STEP, line_amount


class Origin(StrEnum):
    """How an offer came: a sealed quote, or the last bid of an auction. A tender (招标) will be one more."""

    QUOTE = "quote"
    AUCTION = "auction"


@dataclass(frozen=True, slots=True)
class NewOfferLine:
    """An offer for one line; `material_code` is another material's (替代品), None the one that was asked for."""

    line_id: UUID
    material_code: str | None
    unit_price: Decimal
    tax_percent: Decimal | None
    delivery_on: date | None
    note: str


@dataclass(frozen=True, slots=True)
class NewOffer:
    """What one supplier offers; `freight` is for all its lines together."""

    supplier_id: UUID
    origin: Origin
    origin_id: UUID
    freight: Decimal
    valid_until: date | None
    note: str
    lines: tuple[NewOfferLine, ...]


@dataclass(frozen=True, slots=True)
class Landed:
    """What a line costs on site (到场价): goods, its share of the freight, both together, and that for one unit."""

    amount: Decimal
    freight: Decimal
    total: Decimal
    unit_price: Decimal


def allocate(total: Decimal, weights: Sequence[Decimal]) -> list[Decimal]:
    """Shares of an amount by weight, to the cent, that add up to it exactly (最大余额法).

    Each share is cut to the cent; the cents that are left go to the largest remainders, the first of equal ones first.
    Without any weight the shares are equal.
    """
    if not any(weights):
        weights = [Decimal(1)] * len(weights)
    whole = sum(weights, Decimal(0))
    exact = [total * weight / whole for weight in weights]
    shares = [value.quantize(CENT, ROUND_FLOOR) for value in exact]
    left = int((total - sum(shares, Decimal(0))) / CENT)
    order = sorted(range(len(weights)), key=lambda index: shares[index] - exact[index])
    for index in order[:left]:
        shares[index] += CENT
    return shares


def landed(freight: Decimal, lines: Sequence[tuple[Decimal, Decimal]]) -> list[Landed]:
    """What each line (quantity, unit price) costs with its share of the freight, which goes by amount."""
    amounts = [line_amount(quantity, price) for quantity, price in lines]
    shares = allocate(freight, amounts)
    return [
        Landed(amount, share, amount + share, price + (share / quantity).quantize(STEP, ROUND_HALF_UP))
        for amount, share, (quantity, price) in zip(amounts, shares, lines, strict=True)
    ]
