"""How an auction is run, without one."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.auctions import rules
from procurement.auctions.rules import Clockwork
from procurement.orders.rules import line_amount
from tests.harness import NOON

END = NOON + timedelta(hours=1)
CLOCKWORK = Clockwork(within_minutes=5, extension_minutes=3, most_extensions=2)


@pytest.mark.parametrize(
    ("minutes_left", "extensions", "later", "after"),
    [(6, 0, 0, 0), (5, 0, 0, 0), (2, 0, 1, 1), (1, 1, 2, 2), (1, 2, 0, 2)],
    ids=["early", "an extension that would not be later", "near", "again", "too often"],
)
def test_the_end_moves(minutes_left: int, extensions: int, later: int, after: int) -> None:
    """Counted from the bid, never back, and so many times at most."""
    now = END - timedelta(minutes=minutes_left)
    assert rules.end_after(END, now, extensions, CLOCKWORK) == (END + timedelta(minutes=later), after)


def test_the_ceiling() -> None:
    """The start price itself is a bid; after that it has to be undercut by the decrement."""
    start, step = Decimal("100.00"), Decimal("1.00")
    assert rules.ceiling(start, step, None) == start
    assert rules.ceiling(start, step, Decimal("90.00")) == Decimal("89.00")


@given(st.lists(st.tuples(st.integers(1, 10**6), st.integers(1, 10**6)), min_size=1, max_size=20), st.integers(1, 100))
def test_lines_fall_by_the_ratio_of_the_bid(lines: list[tuple[int, int]], percent: int) -> None:
    """What the lines add up to is the bid, but for rounding: six places a unit and a cent a line."""
    pairs = [(Decimal(quantity), Decimal(price).scaleb(-2)) for quantity, price in lines]
    total = sum((line_amount(quantity, price) for quantity, price in pairs), Decimal(0))
    bid = (total * percent / 100).quantize(Decimal("0.01"))
    made = sum((line_amount(quantity, rules.line_price(price, bid, total)) for quantity, price in pairs), Decimal(0))
    slack = sum((quantity for quantity, _ in pairs), Decimal(0)) * Decimal("0.000001")
    assert abs(made - bid) <= slack + Decimal("0.01") * len(pairs)
