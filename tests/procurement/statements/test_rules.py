"""Rules of statements over plain values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.statements import rules
from procurement.statements.states import Action

QUANTITIES = st.decimals(-1000, 1000, places=6)


@pytest.mark.parametrize(
    ("day", "end"),
    [
        (date(2026, 11, 23), date(2026, 11, 30)),
        (date(2026, 12, 31), date(2026, 12, 31)),
        (date(2028, 2, 1), date(2028, 2, 29)),
    ],
)
def test_the_end_of_a_month(day: date, end: date) -> None:
    assert rules.month_end(day) == end


@pytest.mark.parametrize(
    ("settled", "action"),
    [
        ([True, True], Action.AGREE_ALL),
        ([True, False], Action.AGREE_SOME),
        ([False, False], Action.DISCUSS),
        ([True], Action.AGREE_ALL),
    ],
)
def test_lines_decide_where_a_statement_stands(settled: list[bool], action: Action) -> None:
    assert rules.standing(settled) is action


@given(QUANTITIES, QUANTITIES)
def test_a_line_never_says_more_than_the_site_booked(quantity: Decimal, recorded: Decimal) -> None:
    """Nor the other way round; nothing at all is always possible."""
    if rules.within(quantity, recorded):
        assert abs(quantity) <= abs(recorded)
        assert quantity * recorded >= 0
    assert rules.within(recorded, recorded)
    assert rules.within(Decimal(0), recorded)


def test_one_millionth_too_much() -> None:
    assert not rules.within(Decimal("98.000001"), Decimal(98))
    assert not rules.within(Decimal("-2.000001"), Decimal(-2))
    assert not rules.within(Decimal("0.000001"), Decimal(-2))
