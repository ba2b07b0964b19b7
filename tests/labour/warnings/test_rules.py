"""Why an employer is warned of: pure rules and the data behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chassis.ids import new_id
from labour.warnings import repository
from labour.warnings.models import Level
from labour.warnings.rules import Judgement, Measures, judge, percent

[RULES] = repository.rules()
LATE = date(2026, 11, 23)
SOUND = Measures(
    project_id=new_id(),
    employer_id=new_id(),
    city="440300",
    account=True,
    deposits=1,
    overdue=0,
    lines=40,
    unsigned=0,
    worked=40,
    unpaid=0,
    net=Decimal("240000.00"),
    paid=Decimal("240000.00"),
    net_before=Decimal("200000.00"),
    paid_before=Decimal("200000.00"),
    objections=0,
)


def judged(today: date = LATE, **changes: Any) -> Judgement:
    return judge(replace(SOUND, **changes), RULES, today)


def codes(today: date = LATE, **changes: Any) -> list[str]:
    return judged(today, **changes).codes


def test_who_pays_is_not_warned_of() -> None:
    found = judge(SOUND, RULES, LATE)
    assert (found.level, found.score, found.reasons) == (Level.NONE, 0, ())


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"account": False, "deposits": 0}, "ACCOUNT_MISSING"),
        ({"deposits": 0}, "NO_DEPOSIT"),
        ({"overdue": 1}, "SHARE_OVERDUE"),
        ({"unsigned": 4}, "SHEET_UNSIGNED"),
        ({"unpaid": 2}, "ATTENDANCE_UNPAID"),
        ({"paid": Decimal("216000.00")}, "PAID_SHARE_FALLING"),
        ({"objections": 4}, "MANY_OBJECTIONS"),
    ],
)
def test_each_reason(changes: dict[str, Any], code: str) -> None:
    assert codes(**changes) == [code]


@pytest.mark.parametrize(
    ("changes", "quiet"),
    [
        ({"deposits": 0}, date(2026, 11, 14)),
        ({"unsigned": 40}, date(2026, 11, 9)),
        ({"unpaid": 40}, date(2026, 11, 19)),
        ({"paid": Decimal("0.00")}, date(2026, 11, 19)),
    ],
)
def test_what_may_still_come_is_no_reason_yet(changes: dict[str, Any], quiet: date) -> None:
    assert codes(quiet, **changes) == []
    assert len(codes(quiet.replace(day=quiet.day + 1), **changes)) == 1


@pytest.mark.parametrize("changes", [{"unsigned": 3}, {"unpaid": 1}, {"paid": Decimal("217000.00")}, {"objections": 3}])
def test_a_few_are_no_reason(changes: dict[str, Any]) -> None:
    assert codes(**changes) == []


def test_reasons_add_up_to_a_level() -> None:
    steps: tuple[tuple[dict[str, Any], int, Level], ...] = (
        ({"unsigned": 40}, 20, Level.YELLOW),
        ({"unsigned": 40, "deposits": 0}, 45, Level.ORANGE),
        ({"unsigned": 40, "deposits": 0, "unpaid": 40}, 85, Level.RED),
    )
    for changes, score, level in steps:
        found = judged(**changes)
        assert (found.score, found.level) == (score, level)


def test_figures_tell_how_much() -> None:
    [reason] = judge(replace(SOUND, unsigned=12), RULES, LATE).reasons
    assert (reason.code, dict(reason.figures)) == ("SHEET_UNSIGNED", {"unsigned": 12, "lines": 40})


def test_percent_of_nothing() -> None:
    assert (percent(1, 0), percent(1, 3)) == (Decimal("0.0"), Decimal("33.3"))
