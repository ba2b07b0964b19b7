"""How an award is spread over needs."""

from __future__ import annotations

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from procurement.awards.rules import Need, spread

QUANTITIES = st.integers(1, 10**9).map(lambda value: Decimal(value).scaleb(-6))


def _need(left: Decimal) -> Need:
    return Need(new_id(), new_id(), "01", None, None, left)


@given(st.lists(QUANTITIES, min_size=1, max_size=10), st.lists(QUANTITIES, min_size=1, max_size=10))
def test_what_is_given_adds_up_and_never_exceeds_a_need(needs: list[Decimal], awards: list[Decimal]) -> None:
    """Award after award, until the needs are used up."""
    left = [_need(one) for one in needs]
    for award in awards:
        there = sum(need.left for need in left)
        given_now = spread(award, left)
        assert sum(quantity for _, quantity in given_now) == min(award, there)
        assert all(quantity > 0 for _, quantity in given_now)
    assert all(need.left >= 0 for need in left)


def test_the_first_need_is_served_first() -> None:
    first, second = _need(Decimal(3)), _need(Decimal(5))
    assert spread(Decimal(4), [first, second]) == [(first, Decimal(3)), (second, Decimal(1))]
    assert (first.left, second.left) == (Decimal(0), Decimal(4))
