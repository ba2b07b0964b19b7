"""The worst over projects, and since when; pure."""

from __future__ import annotations

from datetime import date

from chassis.ids import new_id
from labour.standings.rules import outstanding, standing_levels, worst
from labour.warnings.models import Level

ONE, TWO = new_id(), new_id()


def day(number: int) -> date:
    return date(2026, 11, number)


def test_a_level_stands_since_the_oldest_row_that_says_so_without_a_break() -> None:
    rows = [
        (ONE, Level.RED, day(20)),  # other reasons, the same level
        (ONE, Level.RED, day(18)),
        (ONE, Level.YELLOW, day(10)),
        (ONE, Level.RED, day(2)),
        (TWO, Level.NONE, day(9)),
        (TWO, Level.ORANGE, day(3)),
    ]
    assert standing_levels(rows) == [(Level.RED, day(18)), (Level.NONE, day(9))]
    assert standing_levels([]) == []


def test_the_worst_over_projects_since_the_first_of_them() -> None:
    found = [(Level.YELLOW, day(1)), (Level.RED, day(9)), (Level.RED, day(4)), (Level.NONE, day(2))]
    assert worst(found) == (Level.RED, day(4))
    assert worst(found[:1]) == (Level.YELLOW, day(1))
    assert worst([(Level.ORANGE, day(5)), (Level.YELLOW, day(1))]) == (Level.ORANGE, day(5))


def test_what_is_over_is_no_warning() -> None:
    assert worst([(Level.NONE, day(2))]) == worst([]) == (Level.NONE, None)


def test_a_month_counts_once() -> None:
    october, september = date(2026, 10, 1), date(2026, 9, 1)
    assert outstanding([october, september, october]) == (2, september)
    assert outstanding([]) == (0, None)
