"""From swipes to worker days."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.clock import SHANGHAI
from labour.attendance.rules import (
    IN,
    NO_MARKS,
    OUT,
    Break,
    Marks,
    is_inside,
    less_break,
    marks_of_days,
    time_on_site,
    work_day,
    worker_days,
)
from labour.codes import repository

[RULE] = repository.worker_day_rules()
DAY = date(2026, 11, 23)
Event = tuple[str, datetime]


def at(text: str) -> datetime:
    """`"08:00"` on the day, `"+06:00"` on the next, `"-22:00"` on the one before."""
    shift = {"+": 1, "-": -1}.get(text[0], 0)
    hour, minute = text.lstrip("+-").split(":")
    return datetime(DAY.year, DAY.month, DAY.day + shift, int(hour), int(minute), tzinfo=SHANGHAI)


def events(text: str) -> list[Event]:
    """`"in 08:00 out 17:00"` → swipes."""
    words = text.split()
    return [(IN if words[i] == "in" else OUT, at(words[i + 1])) for i in range(0, len(words), 2)]


def count(swipes: list[Event], day: date = DAY) -> Decimal:
    days = marks_of_days(swipes, RULE)
    return figure(days, day)


def figure(days: dict[date, Marks], day: date) -> Decimal:
    on_site = time_on_site(days.get(day, NO_MARKS), days.get(day + timedelta(days=1), NO_MARKS), RULE)
    return worker_days(on_site, RULE)


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("", "0.00"),
        ("in 08:00 out 17:00", "1.00"),
        ("in 08:00 out 16:00", "1.00"),
        ("in 08:00 out 15:59", "0.50"),
        ("in 08:00 out 12:00", "0.50"),
        ("in 08:00 out 11:59", "0.00"),
        ("in 07:30 out 12:00 in 13:30 out 17:30", "1.00"),  # a noon break is not taken off
        ("in 08:00", "0.00"),  # an in without an out counts when the missing one arrives
        ("out 17:00", "0.00"),
        ("in 08:00 out 12:00 in 13:00", "0.50"),  # what lies before the forgotten out counts
        ("in 08:00 in 08:01 out 17:00 out 17:01", "1.00"),  # swiped twice
        ("in 20:00 out +06:00", "1.00"),  # a night shift stays on the day on which it began
        ("in 22:00 out +02:00 in +03:00 out +06:00", "1.00"),  # with a meal outside
        ("in 20:00 out +06:00 in +20:00", "1.00"),
        ("in 08:00 out +17:00", "0.00"),  # somebody forgot to go out: nobody stays 33 hours
        ("in 12:00 out +04:00", "1.00"),
        ("in 12:00 out +04:01", "0.00"),  # longer than the longest shift
        ("in 08:00 out 17:00 in 22:00 out +06:00", "1.00"),  # never more than one a day
    ],
)
def test_a_day(text: str, days: str) -> None:
    assert count(events(text)) == Decimal(days)


def test_a_night_shift_does_not_count_again_in_the_morning() -> None:
    swipes = events("in -20:00 out 06:00 in 20:00 out +06:00")
    assert count(swipes, DAY - timedelta(days=1)) == Decimal("1.00")
    assert count(swipes) == Decimal("1.00")
    assert count(swipes, DAY + timedelta(days=1)) == Decimal("0.00")


def test_the_work_day_begins_at_four() -> None:
    assert work_day(at("03:59"), RULE) == DAY - timedelta(days=1)
    assert work_day(at("04:00"), RULE) == DAY


SWIPES = st.lists(
    st.tuples(
        st.sampled_from([IN, OUT]),
        st.integers(0, 4 * 24 * 60).map(lambda minutes: at("-00:00") + timedelta(minutes=minutes)),
    ),
    max_size=14,
)


@given(SWIPES, st.randoms(use_true_random=False))
def test_order_and_repetition_do_not_matter(swipes: list[Event], random: object) -> None:
    """Devices send late, twice and in any order: the marks are the same."""
    shuffled = swipes + swipes[: len(swipes) // 2]
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert marks_of_days(shuffled, RULE) == marks_of_days(swipes, RULE)


@given(SWIPES, st.integers(0, 14))
def test_changes_of_two_batches_add_up(swipes: list[Event], cut: int) -> None:
    """What a second batch changes on a day and on the one before is all that it changes."""
    first, whole = marks_of_days(swipes[:cut], RULE), marks_of_days(swipes, RULE)
    touched = {
        day for _, moment in swipes[cut:] for day in (work_day(moment, RULE), work_day(moment, RULE) - timedelta(1))
    }

    def figures(days: dict[date, Marks]) -> dict[date, Decimal]:
        return {day: figure(days, day) for day in (DAY + timedelta(days=offset) for offset in range(-4, 6))}

    before, after = figures(first), figures(whole)
    assert {day for day in after if after[day] != before[day]} <= touched


@given(SWIPES)
def test_nobody_is_on_site_longer_than_there_is_time(swipes: list[Event]) -> None:
    days = marks_of_days(swipes, RULE)
    for day, marks in days.items():
        on_site = time_on_site(marks, days.get(day + timedelta(days=1), NO_MARKS), RULE)
        assert timedelta(0) <= on_site <= timedelta(days=1) + RULE.longest_shift
        assert worker_days(on_site, RULE) in {Decimal("0.00"), Decimal("0.50"), Decimal("1.00")}


def test_who_is_inside() -> None:
    now = at("12:00")
    assert is_inside(at("08:00"), None, now, RULE)
    assert is_inside(at("08:00"), at("07:00"), now, RULE)
    assert not is_inside(at("08:00"), at("11:00"), now, RULE)
    assert not is_inside(None, at("11:00"), now, RULE)
    assert not is_inside(at("-08:00"), None, now, RULE)  # a forgotten out lapses


@pytest.mark.parametrize(
    ("hours", "day", "left"),
    [
        (9, DAY, 8),  # one hour off beyond six
        (6, DAY, 6),  # not beyond six
        (9, DAY - timedelta(days=1), 9),  # before the first day of any rule
        (9, DAY + timedelta(days=7), 9),  # the project's own rule takes nothing off, whatever the city says
    ],
)
def test_the_break_of_the_first_rule_that_covers_the_day(hours: int, day: date, left: int) -> None:
    week, hour = timedelta(days=7), timedelta(hours=1)
    project = [Break(DAY, DAY + week - timedelta(days=1), 6 * hour, hour), Break(DAY + week, None, hour, 0 * hour)]
    city = Break(DAY + week, None, 0 * hour, 2 * hour)
    assert less_break(hours * hour, day, [*project, city]) == left * hour
