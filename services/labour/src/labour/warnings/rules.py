"""Why an employer is warned of, over plain values. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from labour.codes.models import Calendar, Due, Moves
from labour.codes.rules import moved
from labour.warnings.models import Level

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Weight:
    """What a reason counts, from which day of the month on, where that goes when no work is done on it, and from how
    many percent.
    """

    points: int
    from_day: int
    moves: Moves
    least: Decimal


@dataclass(frozen=True, slots=True)
class WarningRules:
    """Weights and levels of a city (or `*`), in force from a day on."""

    city: str
    valid_from: date
    valid_to: date | None
    levels: Mapping[Level, int]
    reasons: Mapping[str, Weight]


@dataclass(frozen=True, slots=True)
class Measures:
    """What is known of an employer on a project on a day; sums in CNY.

    Of the project: `account` (there is an open special account), `deposits` of this month, `overdue` shares of the
    owner. Of the employer's last month: `lines` of his sheet and how many are `unsigned`, people who `worked` and of
    these the `unpaid`, `net` and `paid`, and the same sums of the month before; open `objections`.
    """

    project_id: UUID
    employer_id: UUID
    city: str
    account: bool
    deposits: int
    overdue: int
    lines: int
    unsigned: int
    worked: int
    unpaid: int
    net: Decimal
    paid: Decimal
    net_before: Decimal
    paid_before: Decimal
    objections: int


@dataclass(frozen=True, slots=True)
class Reason:
    """A reason that holds, what it counts, and its figures (counts and percent, nothing of a person)."""

    code: str
    points: int
    figures: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Judgement:
    """How an employer stands on a project."""

    level: Level
    score: int
    reasons: tuple[Reason, ...]

    @property
    def codes(self) -> list[str]:
        """The codes of the reasons."""
        return [reason.code for reason in self.reasons]


def judge(measures: Measures, rules: WarningRules, calendar: Calendar, today: date) -> Judgement:
    """Each reason that holds today, their points added up, and the level that these reach.

    `calendar` stands in the figures where the first day depends on a calendar that is not announced.
    """
    reasons = tuple(
        Reason(code, rules.reasons[code].points, {**figures, **first.doubt})
        for code, percent, figures in _found(measures)
        if today >= (first := _first_day(rules.reasons[code], calendar, today)).on
        and percent >= rules.reasons[code].least
    )
    score = sum(reason.points for reason in reasons)
    reached = [level for level, points in rules.levels.items() if score >= points]
    return Judgement(max(reached, key=lambda level: rules.levels[level], default=Level.NONE), score, reasons)


def _first_day(weight: Weight, calendar: Calendar, today: date) -> Due:
    return moved(calendar, today.replace(day=1) + timedelta(days=weight.from_day - 1), weight.moves)


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal:
    """`part` of `whole` in percent, to a tenth; 0 of nothing."""
    return (HUNDRED * part / whole).quantize(Decimal("0.1")) if whole else Decimal("0.0")


def _found(one: Measures) -> Iterator[tuple[str, Decimal, dict[str, Any]]]:
    """What may be a reason: code, how many percent it is (100 where it either is or is not), figures."""
    if not one.account:
        yield "ACCOUNT_MISSING", HUNDRED, {}
    elif not one.deposits:
        yield "NO_DEPOSIT", HUNDRED, {}
    if one.overdue:
        yield "SHARE_OVERDUE", HUNDRED, {"shares": one.overdue}
    if one.unsigned:
        yield "SHEET_UNSIGNED", percent(one.unsigned, one.lines), {"unsigned": one.unsigned, "lines": one.lines}
    if one.unpaid:
        yield "ATTENDANCE_UNPAID", percent(one.unpaid, one.worked), {"unpaid": one.unpaid, "worked": one.worked}
    now, before = percent(one.paid, one.net), percent(one.paid_before, one.net_before)
    if one.net and one.net_before and now < before:
        yield "PAID_SHARE_FALLING", before - now, {"paid_percent": str(now), "before_percent": str(before)}
    if one.objections:
        yield "MANY_OBJECTIONS", percent(one.objections, one.lines), {"open": one.objections, "lines": one.lines}
