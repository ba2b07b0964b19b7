"""Which rule applies where and when: the most specific city wins, then validity decides. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol, TypeVar

from labour.codes.models import AgeKind, AgeRule, CodeTable, RiskClass, Sex

EVERYWHERE = "*"


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
