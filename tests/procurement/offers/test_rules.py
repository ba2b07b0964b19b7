"""Landed cost to the cent."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from procurement.offers import rules
from procurement.orders.rules import CENT

CENTS = st.integers(0, 10**9).map(lambda value: Decimal(value).scaleb(-2))
QUANTITIES = st.integers(1, 10**9).map(lambda value: Decimal(value).scaleb(-6))
PRICES = st.integers(0, 10**12).map(lambda value: Decimal(value).scaleb(-6))


@given(CENTS, st.lists(CENTS, min_size=1, max_size=50))
def test_shares_add_up_to_the_cent(total: Decimal, weights: list[Decimal]) -> None:
    """Whatever the weights, none gets less than nothing, none is a cent or more off its exact share."""
    shares = rules.allocate(total, weights)
    assert sum(shares) == total
    assert all(share >= 0 and share == share.quantize(CENT) for share in shares)
    whole = sum(weights)
    if whole:
        off = [abs(share - total * weight / whole) for share, weight in zip(shares, weights, strict=True)]
        assert max(off) < CENT


@given(CENTS, st.lists(st.tuples(QUANTITIES, PRICES), min_size=1, max_size=20))
def test_landed_is_goods_and_freight(freight: Decimal, lines: list[tuple[Decimal, Decimal]]) -> None:
    """Line by line, and in sum."""
    costs = rules.landed(freight, lines)
    assert all(cost.total == cost.amount + cost.freight for cost in costs)
    assert sum(cost.total for cost in costs) == sum(cost.amount for cost in costs) + freight


def test_the_odd_cent_goes_to_the_largest_remainder() -> None:
    """10 yuan over three equal lines: the first gets the cent; over 1 : 2 the second does."""
    assert rules.allocate(Decimal("10.00"), [Decimal(1)] * 3) == [Decimal("3.34"), Decimal("3.33"), Decimal("3.33")]
    assert rules.allocate(Decimal("10.00"), [Decimal(1), Decimal(2)]) == [Decimal("3.33"), Decimal("6.67")]


def test_without_freight_the_landed_price_is_the_price() -> None:
    """Not the rounded amount divided by the quantity."""
    [cost] = rules.landed(Decimal("0.00"), [(Decimal("0.333333"), Decimal("3.333333"))])
    assert (cost.amount, cost.unit_price) == (Decimal("1.11"), Decimal("3.333333"))


def test_goods_for_nothing_share_the_freight_equally() -> None:
    assert rules.allocate(Decimal("1.00"), [Decimal(0), Decimal(0)]) == [Decimal("0.50"), Decimal("0.50")]
