"""Days of Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import day_begins, shanghai_day


def test_a_day_begins_in_shanghai() -> None:
    assert day_begins(date(2026, 11, 23)) == datetime(2026, 11, 22, 16, tzinfo=UTC)


@given(st.dates(min_value=date(1995, 1, 1), max_value=date(2100, 1, 1)))
def test_the_instant_before_belongs_to_the_day_before(day: date) -> None:
    begin = day_begins(day)
    assert shanghai_day(begin) == day
    assert shanghai_day(begin - timedelta(microseconds=1)) == day - timedelta(days=1)
