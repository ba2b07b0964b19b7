"""Which rule applies where and when: the most specific city wins, then validity decides. When a term ends. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from typing import Protocol, TypeVar

from labour.codes.models import (
    AgeKind,
    AgeRule,
    Basis,
    Calendar,
    CodeTable,
    Due,
    Moves,
    RiskClass,
    Sex,
    Term,
    Unit,
)

EVERYWHERE = "*"
DAY = timedelta(days=1)
SATURDAY = 5
STEPS = {Moves.EARLIER: -DAY, Moves.LATER: DAY}


class Dated(Protocol):
    """A rule of a city with a first and a last day."""

    @property
    def city(self) -> str:
        """Division code or `*`."""
        ...

    @property
    def valid_from(self) -> date:
        """First day."""
        ...

    @property
    def valid_to(self) -> date | None:
        """Last day, None while in force."""
        ...


R = TypeVar("R", bound=Dated)


def in_force_on(valid_from: date, valid_to: date | None, on: date) -> bool:
    """Whether a validity covers a day, first and last day included; None is open."""
    return valid_from <= on and (valid_to is None or on <= valid_to)


def ended(table: CodeTable, code: str, on: date) -> bool:
    """Whether a code of the table is readable but not for a new entry of this day; one that is unknown is not ended."""
    found = table.codes.get(code)
    return found is not None and not in_force_on(found.valid_from, found.valid_to, on)


def cities(city: str) -> tuple[str, ...]:
    """A division code and what contains it, nearest first: `440304` → 440304, 440300, 440000, `*`."""
    if len(city) != 6 or not city.isdigit():
        return (EVERYWHERE,)
    widening = (city, f"{city[:4]}00", f"{city[:2]}0000")
    return (*dict.fromkeys(widening), EVERYWHERE)


def nearest(rules: Iterable[R], city: str, on: date) -> list[R]:
    """The rules in force of the nearest division that has any."""
    candidates = [rule for rule in rules if in_force_on(rule.valid_from, rule.valid_to, on)]
    for place in cities(city):
        found = [rule for rule in candidates if rule.city == place]
        if found:
            return found
    return []


def age_rules(
    rules: Iterable[AgeRule], *, city: str, sex: Sex, risk_class: RiskClass, work_role: str, on: date
) -> list[AgeRule]:
    """The lower and the upper age rule for this person on this day, each from the nearest division that has one."""
    fitting = [
        rule for rule in rules if sex in rule.sexes and risk_class in rule.risk_classes and work_role in rule.work_roles
    ]
    return [rule for kind in AgeKind for rule in nearest([one for one in fitting if one.kind is kind], city, on)]


def is_working_day(calendar: Calendar, day: date) -> bool:
    """Neither a holiday nor a weekend, unless that is worked in exchange (调休).

    Of a year that the calendar does not hold only the weekends are known.
    """
    year = calendar.get(day.year)
    if year is None:
        return day.weekday() < SATURDAY
    return day not in year.holidays and (day.weekday() < SATURDAY or day in year.working_weekends)


def moved(calendar: Calendar, day: date, moves: Moves) -> Due:
    """The day itself when it is a working day or does not move, else the nearest working day on that side."""
    if moves is Moves.NONE:
        return Due(day, None)
    asked = day
    while not is_working_day(calendar, day):
        day += STEPS[moves]
    return Due(day, _basis(calendar, asked, day))


def due(calendar: Calendar, start: date, term: Term) -> Due:
    """When a term ends whose event was on a day; one of working days ends on a working day and needs no moving."""
    if term.unit is Unit.CALENDAR_DAYS:
        return moved(calendar, start + timedelta(days=term.count), term.moves)
    day, left = start, term.count
    while left:
        day += DAY
        left -= is_working_day(calendar, day)
    return Due(day, _basis(calendar, start + DAY, day))


def _basis(calendar: Calendar, *days: date) -> Basis:
    years = [calendar.get(year) for year in range(min(days).year, max(days).year + 1)]
    if any(year is None for year in years):
        return Basis.WEEKENDS
    return Basis.PROVISIONAL if any(year is not None and year.provisional for year in years) else Basis.ANNOUNCED
