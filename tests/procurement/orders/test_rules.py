"""Arithmetic of orders."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from procurement.orders import rules

quantities = st.decimals(min_value="0.000001", max_value="999999", places=6)
prices = st.decimals(min_value="0", max_value="99999", places=6)


def test_half_a_cent_goes_up() -> None:
    """四舍五入, not banker's rounding."""
    assert rules.line_amount(Decimal("1"), Decimal("0.125")) == Decimal("0.13")
    assert rules.line_amount(Decimal("1"), Decimal("0.135")) == Decimal("0.14")


def test_nothing_over_the_quantity_at_zero_tolerance() -> None:
    """100.002 does not pass at 0 %, nor does the smallest step."""
    most = rules.most_deliverable(Decimal("100"), Decimal("0"))
    assert most == Decimal("100")
    assert Decimal("100.002") > most
    assert Decimal("100.000001") > most


def test_tolerance_is_never_rounded_up() -> None:
    """A third of a step is not delivered."""
    assert rules.most_deliverable(Decimal("0.000033"), Decimal("5")) == Decimal("0.000034")


@given(st.lists(quantities, min_size=1, max_size=8), prices)
def test_partial_acceptances_add_up(parts: list[Decimal], price: Decimal) -> None:
    """However acceptance is split, the amounts add up to that of the whole."""
    before = Decimal(0)
    total = Decimal(0)
    for part in parts:
        total += rules.accepted_amount(before, before + part, price)
        before += part
    assert total == rules.line_amount(before, price)


@given(st.lists(st.tuples(st.sampled_from(["A", "B", "C"]), prices)))
def test_costs_lose_nothing(lines: list[tuple[str, Decimal]]) -> None:
    """The sums over cost codes are the sum over lines, and the codes are in order."""
    sums = rules.costs(lines)
    assert sum(sums.values()) == sum(amount for _, amount in lines)
    assert list(sums) == sorted(sums)
