"""The demo can be played on any day: its month is over and its swipes are still taken, whatever day it is."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from stdnum.cn import ric

from infra.demo.acts.month import FORGOTTEN, cut_off
from infra.demo.acts.warning import overdue
from infra.demo.crew import NAMES, SHANGHAI, TEAM, at, last_month, people, working_days

OLDEST = timedelta(days=62)
"""How far back a swipe or an entry may lie; a test of attendance holds it."""
DAYS = [date(2026, 1, 1) + timedelta(days=count) for count in range(4 * 366)]


def test_the_month_is_over_and_still_taken_on_every_day_of_four_years() -> None:
    for today in DAYS:
        month = last_month(today)
        assert month.day == 1
        assert max(working_days(month)) < today.replace(day=1)
        evening = datetime(today.year, today.month, today.day, 23, 59, tzinfo=SHANGHAI)
        assert evening - at(month, 6, 30) < OLDEST, today


def test_somebody_works_in_the_week_that_a_gate_was_offline_and_on_the_forgotten_days() -> None:
    for today in DAYS:
        days = working_days(last_month(today))
        assert 5 <= sum(cut_off(day) for day in days) <= 6, today
        for worker, place in FORGOTTEN:
            assert worker < TEAM  # of the team whose gate was never offline
            assert days[place] != days[-1]  # the next day shows it as a direction error


def test_a_share_of_the_owner_is_overdue_on_every_day() -> None:
    assert {overdue(last_month(today), today) for today in DAYS} == {1, 2}


@pytest.mark.parametrize("code", ["PS-260101-0000", "PS-261126-CAA7"])
def test_the_crew_has_valid_numbers_of_its_own(code: str) -> None:
    crew = people(code)
    assert [one.name for one in crew] == list(NAMES)
    assert all(ric.is_valid(one.number) for one in crew)
    numbers = [number for one in (*crew, *people("PS-260101-FFFF")) for number in one.numbers]
    assert len(set(numbers)) == len(numbers) == 2 * 4 * len(NAMES)
