"""Terms of the list: pure rules and the data behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from labour.employer_listings import repository
from labour.employer_listings.rules import counts_on, early_exit_from, in_force, last_day, months_later

[LAW] = repository.rules()


@pytest.mark.parametrize(
    ("day", "months", "last"),
    [
        (date(2026, 11, 23), 36, date(2029, 11, 23)),
        (date(2024, 2, 29), 36, date(2027, 2, 28)),
        (date(2026, 8, 31), 6, date(2027, 2, 28)),
        (date(2027, 8, 31), 6, date(2028, 2, 29)),
        (date(2026, 12, 31), 1, date(2027, 1, 31)),
        (date(2026, 11, 30), 1, date(2026, 12, 30)),
    ],
)
def test_a_term_ends_on_the_corresponding_day(day: date, months: int, last: date) -> None:
    """民法典 arts 201, 202: the first day is not counted; without a corresponding day the month's last one counts."""
    assert months_later(day, months) == last


def test_three_years_from_the_decision() -> None:
    assert last_day(date(2026, 11, 23), LAW) == date(2029, 11, 23)
    assert last_day(date(2026, 11, 23), replace(LAW, years=1)) == date(2027, 11, 23)


@pytest.mark.parametrize(
    ("repaid", "listed", "first"),
    [
        (date(2026, 12, 1), date(2026, 11, 23), date(2027, 6, 2)),
        (date(2026, 10, 1), date(2026, 11, 23), date(2027, 5, 24)),
    ],
)
def test_six_months_listed_since_the_repayment(repaid: date, listed: date, first: date) -> None:
    """Whoever had repaid before he was listed is listed for six months all the same."""
    assert early_exit_from(repaid, listed, LAW) == first


def test_on_which_days_it_counts() -> None:
    first, last = date(2026, 11, 23), date(2029, 11, 23)
    assert [counts_on(first, last, None, day) for day in (date(2026, 11, 22), first, last, date(2029, 11, 24))] == [
        False,
        True,
        True,
        False,
    ]
    over = date(2027, 6, 2)
    assert (counts_on(first, last, over, date(2027, 6, 1)), counts_on(first, last, over, over)) == (True, False)


def test_the_rules_of_a_day() -> None:
    later = replace(LAW, valid_from=date(2030, 1, 1), years=2)
    assert in_force([later, LAW], date(2029, 12, 31)) is LAW
    assert in_force([LAW, later], date(2030, 1, 1)) is later
    assert in_force([later, LAW], date(2021, 12, 31)) is LAW


def test_the_law_as_it_is_read() -> None:
    assert (LAW.years, LAW.early_exit_months, LAW.pledge, LAW.bars_early_exit) == (3, 6, True, True)
    assert set(LAW.reasons) == {"OVER_CRIMINAL_THRESHOLD", "SERIOUS_INCIDENT"}
    assert set(LAW.sources) == set(LAW.statuses)
    assert all(LAW.sources.values())
