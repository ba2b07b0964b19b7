"""Which rule counts when, and how working days are counted. Pure: a calendar is a value."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from procurement.rulebook import errors
from procurement.rulebook.models import Calendar, Cap, Rule, RuleKind, TaxRate

DAY = timedelta(days=1)
SATURDAY = 5


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Whether work is done on a day: no holiday, and no weekend unless it is worked in exchange (调休).

    FailedPrecondition CALENDAR_ENDS for a year that the calendar does not hold.
    """
    year = calendar.get(day.year)
    if year is None:
        raise errors.calendar_ends(day.year)
    if day in year.holidays:
        return False
    return day.weekday() < SATURDAY or day in year.working_weekends


def next_working_day(calendar: Calendar, day: date) -> date:
    """The day itself when it is a working day, else the first one after it. CALENDAR_ENDS."""
    while not is_working_day(calendar, day):
        day += DAY
    return day


def add_working_days(calendar: Calendar, day: date, count: int) -> date:
    """The `count`-th working day after a day, which itself is not counted (the day of the event never is,
    民法典 第二百零一条); 0 answers `next_working_day`. ValueError below 0, CALENDAR_ENDS.
    """
    if count < 0:
        raise ValueError("working days are counted forward")
    if day.year not in calendar:
        raise errors.calendar_ends(day.year)
    if count == 0:
        return next_working_day(calendar, day)
    while count:
        day = next_working_day(calendar, day + DAY)
        count -= 1
    return day


def applicable(rules: Iterable[Rule], kind: RuleKind, on: date, material_code: str = "") -> Rule | None:
    """The rule of a kind that counts on a day for a material (none named: for all).

    The organisation's own come before the platform's, then the nearest branch of the catalogue, then the latest day
    and, of the same day, what was set last (ids grow with time).
    """
    candidates = [
        rule
        for rule in rules
        if rule.kind is kind and rule.valid_from <= on and material_code.startswith(rule.material_prefix)
    ]
    return max(
        candidates,
        key=lambda rule: (rule.own, len(rule.material_prefix), rule.valid_from, rule.ref),
        default=None,
    )


def cap_of(caps: Iterable[Cap], kind: RuleKind, on: date) -> Cap | None:
    """The cap on rules of a kind on a day; the latest one."""
    return max(
        (cap for cap in caps if cap.kind is kind and cap.valid_from <= on),
        key=lambda cap: cap.valid_from,
        default=None,
    )


def over(cap: Cap | None, value: Decimal) -> bool:
    """Whether a value is more than its cap; exactly the cap is not."""
    return cap is not None and value > cap.value


def tax_rates_on(rates: Iterable[TaxRate], on: date) -> list[TaxRate]:
    """The tax rates in force on a day, first and last day included."""
    return [rate for rate in rates if rate.valid_from <= on and (rate.valid_to is None or on <= rate.valid_to)]
