"""When a guarantee is warned about."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.guarantees import rules

END = date(2027, 3, 1)


@pytest.mark.parametrize(("left", "alert"), [(31, None), (30, 30), (8, 30), (7, 7), (2, 7), (1, 1), (0, 1), (-1, None)])
def test_the_narrowest_alert_counts(left: int, alert: int | None) -> None:
    assert rules.alert(END, END - timedelta(days=left)) == alert


def test_the_last_day_is_a_day_of_validity() -> None:
    assert not rules.is_over(END, END)
    assert rules.is_over(END, END + timedelta(days=1))


@given(st.dates(min_value=date(2020, 1, 1), max_value=date(2100, 1, 1)))
def test_every_look_finds_something_new(end: date) -> None:
    """Each of the four days says something else; over leap years and month ends."""
    found = [(rules.alert(end, day), rules.is_over(end, day)) for day in rules.looks(end)]
    assert found == [(30, False), (7, False), (1, False), (None, True)]
