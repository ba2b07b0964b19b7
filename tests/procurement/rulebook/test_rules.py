"""Working days and which rule counts when."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import FailedPrecondition
from procurement.rulebook import repository, rules
from procurement.rulebook.models import Cap, Rule, RuleKind

CALENDAR = repository.calendar()
days = st.dates(date(2025, 1, 1), date(2026, 12, 31))
counts = st.integers(1, 60)


@pytest.mark.parametrize(
    ("day", "worked"),
    [
        ("2025-01-26", True),  # a Sunday worked for the Spring Festival
        ("2025-01-28", False),  # 除夕, a Tuesday
        ("2025-02-05", True),
        ("2025-09-28", True),  # a Sunday
        ("2025-10-08", False),  # a Wednesday
        ("2025-10-11", True),  # a Saturday
        ("2026-01-02", False),  # a Friday
        ("2026-01-04", True),  # a Sunday
        ("2026-02-14", True),  # a Saturday
        ("2026-02-23", False),  # a Monday
        ("2026-02-28", True),  # a Saturday
        ("2026-10-07", False),
        ("2026-10-10", True),  # a Saturday
        ("2026-11-21", False),  # an ordinary Saturday
        ("2026-11-23", True),  # an ordinary Monday
        ("2027-02-05", False),  # 除夕, a Friday, by the decree itself
        ("2027-06-09", False),
    ],
)
def test_days_of_the_notices(day: str, worked: bool) -> None:
    assert rules.is_working_day(CALENDAR, date.fromisoformat(day)) is worked


def test_three_days_over_the_national_holiday() -> None:
    """8, 9 and 10 October: the holiday is left out, the worked Saturday counts, the first day does not."""
    assert rules.add_working_days(CALENDAR, date(2026, 9, 30), 3) == date(2026, 10, 10)
    assert rules.add_working_days(CALENDAR, date(2026, 10, 1), 0) == date(2026, 10, 8)
    assert rules.add_working_days(CALENDAR, date(2026, 10, 8), 0) == date(2026, 10, 8)


@given(days, counts)
def test_so_many_working_days_lie_behind(day: date, count: int) -> None:
    """The end is a working day, and from the day after the start to the end there are exactly `count`."""
    end = rules.add_working_days(CALENDAR, day, count)
    between = [day + timedelta(days=number) for number in range(1, (end - day).days + 1)]
    assert sum(rules.is_working_day(CALENDAR, one) for one in between) == count
    assert rules.is_working_day(CALENDAR, end)


@given(days, counts, counts)
def test_periods_add_up(day: date, first: int, second: int) -> None:
    half = rules.add_working_days(CALENDAR, day, first)
    assert rules.add_working_days(CALENDAR, half, second) == rules.add_working_days(CALENDAR, day, first + second)


@given(days, days, counts)
def test_who_starts_later_does_not_end_earlier(one: date, other: date, count: int) -> None:
    early, late = sorted((one, other))
    assert rules.add_working_days(CALENDAR, early, count) <= rules.add_working_days(CALENDAR, late, count)


@pytest.mark.parametrize(
    ("day", "count", "year"),
    [
        (date(2027, 12, 31), 1, "2028"),
        (date(2024, 12, 31), 1, "2024"),
        (date(9999, 12, 31), 1, "9999"),
        (date(1, 1, 1), 0, "1"),
    ],
)
def test_nothing_is_guessed_beyond_the_calendar(day: date, count: int, year: str) -> None:
    with pytest.raises(FailedPrecondition) as refusal:
        rules.add_working_days(CALENDAR, day, count)
    assert (refusal.value.reason, refusal.value.metadata["year"]) == ("CALENDAR_ENDS", year)


def test_working_days_are_counted_forward() -> None:
    with pytest.raises(ValueError, match="forward"):
        rules.add_working_days(CALENDAR, date(2026, 11, 23), -1)


SOME_DAY = date(2026, 11, 23)
TOLERANCE = RuleKind.TOLERANCE_PERCENT


def rule(ref: str, value: str, *, prefix: str = "", since: date = SOME_DAY, own: bool = True) -> Rule:
    """A tolerance."""
    return Rule(ref, TOLERANCE, prefix, Decimal(value), since, "…", own)


def test_own_before_platform_then_branch_then_day() -> None:
    platform = rule("p", "0.30", prefix="0109", own=False)
    everything, branch = rule("1", "1.00"), rule("2", "2.00", prefix="01")
    later = rule("3", "3.00", prefix="01", since=SOME_DAY + timedelta(days=1))
    said_again = rule("4", "4.00", prefix="01")

    def value(rules_: list[Rule], code: str = "01090001", on: date = SOME_DAY) -> str:
        found = rules.applicable(rules_, TOLERANCE, on, code)
        return "" if found is None else found.ref

    assert value([platform]) == "p"
    assert value([platform], code="02000000") == ""
    assert value([platform, everything]) == "1"
    assert value([platform, branch, everything]) == "2"
    assert value([branch, everything], code="02000000") == "1"
    assert value([branch, later]) == "2"
    assert value([branch, later], on=SOME_DAY + timedelta(days=1)) == "3"
    assert value([said_again, branch]) == "4"
    assert rules.applicable([branch], RuleKind.DIRECT_LIMIT, SOME_DAY, "01090001") is None


prefixes = st.sampled_from(["", "0", "01", "0109", "01090001", "02"])
made = st.builds(
    lambda number, prefix, since, own: rule(f"{number:04}", "1.00", prefix=prefix, since=since, own=own),
    st.integers(0, 9999),
    prefixes,
    st.dates(date(2026, 1, 1), date(2026, 12, 31)),
    st.booleans(),
)


@given(st.lists(made), made, st.dates(date(2026, 1, 1), date(2026, 12, 31)))
def test_a_later_rule_never_changes_an_earlier_day(standing: list[Rule], new: Rule, on: date) -> None:
    before = rules.applicable(standing, TOLERANCE, on, "01090001")
    after = rules.applicable([*standing, new], TOLERANCE, on, "01090001")
    assert before is None or before.valid_from <= on
    assert before is None or "01090001".startswith(before.material_prefix)
    if new.valid_from > on:
        assert after == before


def test_exactly_the_cap_is_not_over_it() -> None:
    caps = [Cap(TOLERANCE, Decimal("5.00"), "…", SOME_DAY), Cap(TOLERANCE, Decimal("9.00"), "…", date(2027, 1, 1))]
    cap = rules.cap_of(caps, TOLERANCE, SOME_DAY)
    assert not rules.over(cap, Decimal("5.00"))
    assert rules.over(cap, Decimal("5.01"))
    assert not rules.over(rules.cap_of(caps, TOLERANCE, date(2027, 1, 1)), Decimal("5.01"))
    assert not rules.over(rules.cap_of(caps, TOLERANCE, date(2026, 1, 1)), Decimal("5.01"))


@pytest.mark.parametrize(
    ("on", "percents"),
    [
        ("2026-11-23", [13, 9, 6, 3, 1]),
        ("2027-12-31", [13, 9, 6, 3, 1]),
        ("2028-01-01", [13, 9, 6, 3]),
        ("2019-03-31", [6, 3]),
        ("2014-06-30", []),
    ],
)
def test_tax_rates_of_a_day(on: str, percents: list[int]) -> None:
    """First and last day included; the one percent for small taxpayers ends with 2027."""
    found = rules.tax_rates_on(repository.tax_rates(), date.fromisoformat(on))
    assert [rate.percent for rate in found] == percents
