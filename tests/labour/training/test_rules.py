"""Who needs how many hours by when."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.ids import new_id
from labour.courses.models import ENTRY_LEVELS, Category
from labour.training.models import Duty, RequirementKind
from labour.training.repository import training_rules
from labour.training.rules import (
    DutyFrom,
    EntryTraining,
    HourFacts,
    LevelHours,
    Standing,
    Trained,
    entry_training,
    percent,
    rule_on,
    standings,
)
from labour.workers.rules import add_months

TODAY = date(2026, 11, 23)
RULES = training_rules()
COMPANY, PROJECT, TEAM = ENTRY_LEVELS
HERE, THERE = new_id(), new_id()


def facts(**changes: Any) -> HourFacts:
    """An ordinary worker on a site, who was registered on 1 March and seen yesterday."""
    values: dict[str, Any] = {
        "worker_id": new_id(),
        "employer_id": new_id(),
        "city": "440300",
        "special_trade": False,
        "on_site": True,
        "known_since": date(2026, 3, 1),
        "restarted_on": None,
        "last_on": TODAY - timedelta(days=1),
        "duties": (),
        "trained": (),
        "entry": (),
    }
    return HourFacts(**values | changes)


def level(which: Category, hours: str, day: date = date(2026, 3, 2), project: Any = None) -> LevelHours:
    return LevelHours(which, day, Decimal(hours), project)


def told(hours: str, day: date, course: str = "安全教育", *, by_session: bool = False) -> Trained:
    return Trained(day, Decimal(hours), course, by_session)


def entry(known: HourFacts, project: Any = None, on: date = TODAY) -> EntryTraining:
    return entry_training(known, project, on, RULES, 12)


def year(known: HourFacts, wanted: int = 2026, on: date = TODAY) -> Standing:
    [found] = [one for one in standings(known, [wanted], on, RULES, 12) if one.kind is RequirementKind.YEARLY]
    return found


ALL_THREE = (level(COMPANY, "15"), level(PROJECT, "15"), level(TEAM, "20"))


def test_the_hours_of_the_law() -> None:
    """建教[1997]83号: 15 + 15 + 20; yearly 15, 20, 40, 30; 20 after a job change."""
    rule = rule_on(RULES, "440300", TODAY)
    assert [rule.entry[one] for one in ENTRY_LEVELS] == [15, 15, 20]
    assert [rule.yearly[one] for one in Duty] == [15, 20, 40, 30]
    assert rule.job_change == 20
    assert (rule.status.value, "建教[1997]83" in rule.source) == ("V", True)


@pytest.mark.parametrize("lacking", ENTRY_LEVELS)
def test_the_missing_level_is_named(lacking: Category) -> None:
    known = facts(entry=tuple(one for one in ALL_THREE if one.level is not lacking))
    assert entry(known).missing == [lacking]
    assert entry(facts(entry=ALL_THREE)).missing == []


def test_hours_of_a_level_add_up_and_a_quarter_too_few_is_too_few() -> None:
    short = (*ALL_THREE[1:], level(COMPANY, "8.00"), level(COMPANY, "6.75"))
    assert entry(facts(entry=short)).missing == [COMPANY]
    assert entry(facts(entry=(*short, level(COMPANY, "0.25")))).missing == []


def test_project_and_team_level_count_where_they_were_taught() -> None:
    known = facts(entry=(level(COMPANY, "15"), level(PROJECT, "15", project=HERE), level(TEAM, "20", project=HERE)))
    assert entry(known, HERE).missing == []
    assert entry(known, THERE).missing == [PROJECT, TEAM]
    assert entry(known).missing == []


def test_after_a_year_without_data_all_three_are_needed_again() -> None:
    """On the last day of the twelve months it holds, the day after it does not."""
    last = date(2025, 11, 23)
    known = facts(entry=tuple(replace(one, day=date(2025, 1, 5)) for one in ALL_THREE), last_on=last)
    known = replace(known, known_since=date(2025, 1, 1))
    assert (entry(known).missing, entry(known).valid_until) == ([], TODAY)
    assert entry(known, on=TODAY + timedelta(days=1)).missing == list(ENTRY_LEVELS)


def test_what_was_before_the_pause_does_not_count_after_it() -> None:
    """He came back a year later and has had the company level since."""
    old = tuple(replace(one, day=date(2024, 3, 1)) for one in ALL_THREE)
    known = facts(
        entry=(*old, level(COMPANY, "15", date(2026, 3, 2))),
        known_since=date(2024, 1, 1),
        restarted_on=date(2026, 3, 2),
    )
    assert entry(known).missing == [PROJECT, TEAM]
    assert entry(known).begins_on == date(2026, 3, 2)


def test_the_employers_own_record_of_all_three() -> None:
    """三级安全教育 with 50 h counts, with 49 it does not, and a session of that name tells its own level only."""
    day = date(2026, 3, 1)
    assert entry(facts(trained=(told("50", day, "三级安全教育"),))).missing == []
    assert entry(facts(trained=(told("49", day, "三级安全教育"),))).missing == list(ENTRY_LEVELS)
    assert entry(facts(trained=(told("50", day, "三级安全教育", by_session=True),))).missing == list(ENTRY_LEVELS)
    assert entry(facts(trained=(told("50", day, "消防"),))).missing == list(ENTRY_LEVELS)


@pytest.mark.parametrize(
    ("known", "required"),
    [
        (facts(), "15"),
        (facts(special_trade=True), "20"),
        (facts(duties=(DutyFrom(date(2026, 4, 1), Duty.SAFETY_OFFICER, False),)), "40"),
        (facts(duties=(DutyFrom(date(2026, 4, 1), Duty.MANAGER, False),)), "30"),
        (facts(duties=(DutyFrom(date(2026, 12, 1), Duty.MANAGER, False),)), "15"),
        (facts(special_trade=True, duties=(DutyFrom(date(2026, 4, 1), Duty.ORDINARY, True),)), "15"),
    ],
)
def test_hours_of_a_year_by_what_somebody_does(known: HourFacts, required: str) -> None:
    assert year(known).required == Decimal(required)


def test_a_year_is_a_year() -> None:
    known = facts(trained=(told("8", date(2026, 12, 31)), told("7", date(2027, 1, 1)), told("1", date(2026, 1, 1))))
    assert [year(known).done, year(known, 2027).done] == [9, 7]
    assert year(known).train_by == date(2026, 12, 31)


def test_a_year_is_warned_of_in_time_to_act() -> None:
    """Sixty days before its end, not before; never for who has his hours or is on no site."""
    warned, early = date(2026, 11, 1), date(2026, 10, 31)
    assert (year(facts(), on=warned).urgent, year(facts(), on=early).urgent) == (True, False)
    assert not year(facts(trained=(told("15", date(2026, 3, 1)),)), on=warned).urgent
    assert not year(facts(on_site=False), on=warned).urgent


def test_a_job_change_needs_twenty_hours_from_its_day_on() -> None:
    change = DutyFrom(date(2026, 9, 1), Duty.ORDINARY, True)
    known = facts(duties=(change,), trained=(told("20", date(2026, 8, 31)), told("12", date(2026, 9, 1))))
    [found] = [one for one in standings(known, [2026], TODAY, RULES, 12) if one.kind is RequirementKind.JOB_CHANGE]
    assert [found.required, found.done] == [20, 12]
    assert (found.urgent, found.period) == (True, "2026-09-01")
    known = facts(duties=(replace(change, job_change=False),))
    kinds = {one.kind for one in standings(known, [2026], TODAY, RULES, 12)}
    assert RequirementKind.JOB_CHANGE not in kinds


def test_entry_training_that_lapses_soon_is_warned_of() -> None:
    def urgent(last: date) -> bool:
        known = facts(entry=tuple(replace(one, day=last) for one in ALL_THREE), last_on=last, known_since=last)
        [found] = [one for one in standings(known, [2026], TODAY, RULES, 12) if one.kind is RequirementKind.ENTRY]
        return found.urgent

    assert urgent(date(2025, 12, 23))
    assert not urgent(date(2025, 12, 24))


def test_a_rule_that_changes_leaves_the_years_before_it_alone() -> None:
    [old] = RULES.hours
    stricter = replace(old, yearly=dict.fromkeys(Duty, Decimal(24)), valid_from=date(2027, 1, 1), source="new")
    rules = replace(RULES, hours=(replace(old, valid_to=date(2026, 12, 31)), stricter))
    on = date(2027, 2, 1)
    found = {one.period: one.required for one in standings(facts(), [2026, 2027], on, rules, 12)}
    assert [found["2026"], found["2027"]] == [15, 24]


def test_the_nearest_division_has_the_rule() -> None:
    [old] = RULES.hours
    city = replace(old, city="440300", yearly=dict.fromkeys(Duty, Decimal(24)))
    rules = replace(RULES, hours=(old, city))
    assert [rule_on(rules, one, TODAY).yearly[Duty.ORDINARY] for one in ("440304", "310000", "*")] == [24, 15, 15]


@given(st.dates(date(2000, 1, 1), date(2100, 1, 1)), st.integers(0, 60))
def test_months_later_is_in_the_month_that_many_later(day: date, months: int) -> None:
    later = add_months(day, months)
    assert later.year * 12 + later.month == day.year * 12 + day.month + months
    assert later.day <= day.day


@pytest.mark.parametrize(
    ("part", "whole", "share"), [(0, 0, "0.00"), (0, 9, "0.00"), (1, 3, "33.33"), (2, 3, "66.67"), (7, 7, "100.00")]
)
def test_a_share_in_percent(part: int, whole: int, share: str) -> None:
    assert str(percent(part, whole)) == share
