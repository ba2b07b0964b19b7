"""Holidays, rest days, weekends that are worked, and years that nobody has announced."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as some

from labour.codes.models import Basis, Due, Moves, Term, Unit
from labour.codes.repository import calendar
from labour.codes.rules import due, is_working_day, moved

CALENDAR = calendar()
DAYS = some.dates(date(2024, 1, 1), date(2028, 12, 31))
COUNTS = some.integers(1, 60)


def working(count: int) -> Term:
    return Term(count, Unit.WORKING_DAYS, Moves.NONE)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2025-01-26", True),  # a Sunday worked for the Spring Festival
        ("2025-10-08", False),  # a Wednesday
        ("2026-02-14", True),  # a Saturday worked
        ("2026-02-16", False),
        ("2026-02-23", False),  # a Monday
        ("2026-02-28", True),  # a Saturday worked
        ("2026-09-20", True),  # a Sunday worked
        ("2026-10-01", False),
        ("2026-10-07", False),
        ("2026-10-08", True),
        ("2026-10-10", True),  # a Saturday worked
        ("2026-11-21", False),  # an ordinary Saturday
        ("2027-02-05", False),  # 除夕 by the decree
        ("2027-10-04", True),  # of the decree's three days two fall on a weekend; what is given for them is not out
        ("2028-10-02", True),  # a Monday of which nothing is known
        ("2028-10-01", False),  # a Sunday
        ("2024-10-01", True),
    ],
)
def test_when_work_is_done(day: str, worked: bool) -> None:
    assert is_working_day(CALENDAR, date.fromisoformat(day)) is worked


@pytest.mark.parametrize("day", [date(2026, 10, number) for number in range(1, 8)])
def test_over_the_national_day_a_day_moves_to_its_side(day: date) -> None:
    assert moved(CALENDAR, day, Moves.EARLIER) == Due(date(2026, 9, 30), Basis.ANNOUNCED)
    assert moved(CALENDAR, day, Moves.LATER) == Due(date(2026, 10, 8), Basis.ANNOUNCED)
    assert moved(CALENDAR, day, Moves.NONE) == Due(day, None)


@pytest.mark.parametrize("day", [date(2026, 2, number) for number in range(15, 24)])
def test_before_the_spring_festival_lies_a_saturday_that_is_worked(day: date) -> None:
    assert moved(CALENDAR, day, Moves.EARLIER) == Due(date(2026, 2, 14), Basis.ANNOUNCED)
    assert moved(CALENDAR, day, Moves.LATER) == Due(date(2026, 2, 24), Basis.ANNOUNCED)


def test_what_falls_on_a_working_day_stays() -> None:
    for day in (date(2026, 10, 8), date(2026, 10, 10), date(2026, 2, 14), date(2026, 2, 28)):
        assert {moved(CALENDAR, day, moves).on for moves in Moves} == {day}


def test_working_days_leave_out_holidays_and_count_worked_saturdays() -> None:
    """8, 9 and Saturday the 10th; the day of the event is not counted."""
    assert due(CALENDAR, date(2026, 9, 30), working(3)) == Due(date(2026, 10, 10), Basis.ANNOUNCED)
    assert due(CALENDAR, date(2026, 2, 13), working(2)) == Due(date(2026, 2, 24), Basis.ANNOUNCED)
    assert due(CALENDAR, date(2026, 11, 20), working(10)) == Due(date(2026, 12, 4), Basis.ANNOUNCED)


def test_calendar_days_pass_over_everything_and_then_move() -> None:
    for moves, ends in ((Moves.NONE, 5), (Moves.LATER, 8)):
        term = Term(30, Unit.CALENDAR_DAYS, moves)
        assert due(CALENDAR, date(2026, 9, 5), term).on == date(2026, 10, ends)
    assert due(CALENDAR, date(2026, 9, 5), Term(30, Unit.CALENDAR_DAYS, Moves.EARLIER)).on == date(2026, 9, 30)


@pytest.mark.parametrize(
    ("start", "count", "basis"),
    [
        (date(2026, 12, 24), 5, Basis.ANNOUNCED),  # ends on the last day of the year
        (date(2026, 12, 24), 6, Basis.PROVISIONAL),
        (date(2026, 12, 31), 1, Basis.PROVISIONAL),
        (date(2027, 12, 31), 1, Basis.WEEKENDS),
        (date(2024, 12, 30), 2, Basis.WEEKENDS),  # through a year of which nothing is known into one that is
    ],
)
def test_the_least_sure_year_says_how_sure_it_is(start: date, count: int, basis: Basis) -> None:
    assert due(CALENDAR, start, working(count)).basis is basis


def test_of_an_unknown_year_only_weekends_are_known() -> None:
    """Saturday, the first of January 2028, goes back to the last Friday of a year that is known: still not sure."""
    assert moved(CALENDAR, date(2028, 1, 1), Moves.EARLIER) == Due(date(2027, 12, 31), Basis.WEEKENDS)
    assert moved(CALENDAR, date(2028, 10, 2), Moves.EARLIER) == Due(date(2028, 10, 2), Basis.WEEKENDS)
    said = [Due(date(2028, 1, 3), basis).doubt for basis in (None, *Basis)]
    assert said == [{}, {}, {"calendar": "provisional"}, {"calendar": "weekends"}]


def test_once_its_notice_is_out_a_year_is_sure() -> None:
    announced = {**CALENDAR, 2027: replace(CALENDAR[2027], provisional=False)}
    assert due(announced, date(2026, 12, 31), working(1)) == Due(date(2027, 1, 4), Basis.ANNOUNCED)


@given(DAYS, COUNTS)
def test_so_many_working_days_lie_behind(start: date, count: int) -> None:
    end = due(CALENDAR, start, working(count)).on
    between = [start + timedelta(days=number) for number in range(1, (end - start).days + 1)]
    assert sum(is_working_day(CALENDAR, day) for day in between) == count
    assert is_working_day(CALENDAR, end)


@given(DAYS, some.sampled_from([Moves.EARLIER, Moves.LATER]))
def test_nothing_is_worked_between_a_day_and_where_it_moves(day: date, moves: Moves) -> None:
    found = moved(CALENDAR, day, moves).on
    first, last = sorted((day, found))
    between = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    assert (found <= day) if moves is Moves.EARLIER else (found >= day)
    assert [one for one in between if is_working_day(CALENDAR, one)] == [found]
