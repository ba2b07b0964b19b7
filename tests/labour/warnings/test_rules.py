"""Why an employer is warned of: pure rules and the data behind them."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chassis.ids import new_id
from labour.codes.repository import calendar
from labour.evidence import rulebook
from labour.warnings import repository
from labour.warnings.models import Level
from labour.warnings.rules import Judgement, Measures, judge, percent

[RULES] = repository.rules()
CALENDAR = calendar()
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
    return judge(replace(SOUND, **changes), RULES, CALENDAR, today)


def codes(today: date = LATE, **changes: Any) -> list[str]:
    return judged(today, **changes).codes


def test_who_pays_is_not_warned_of() -> None:
    found = judge(SOUND, RULES, CALENDAR, LATE)
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


@pytest.mark.parametrize(
    ("first", "changes", "code"),
    [
        (date(2026, 2, 14), {"unpaid": 40}, "ATTENDANCE_UNPAID"),  # the worked Saturday before the Spring Festival
        (date(2026, 6, 18), {"unpaid": 40}, "ATTENDANCE_UNPAID"),
        (date(2026, 9, 20), {"unpaid": 40}, "ATTENDANCE_UNPAID"),  # a Sunday that is worked
        (date(2026, 2, 15), {"deposits": 0}, "NO_DEPOSIT"),
        (date(2026, 10, 10), {"unsigned": 40}, "SHEET_UNSIGNED"),
        (date(2026, 2, 20), {"paid": Decimal("0.00")}, "PAID_SHARE_FALLING"),
    ],
)
def test_unpaid_wages_are_a_reason_from_the_pay_day_on(first: date, changes: dict[str, Any], code: str) -> None:
    """That day is brought forward as art 14 has it; on the others nobody has to pay wages, so they stay."""
    assert codes(first, **changes) == [code]
    assert codes(first - timedelta(days=1), **changes) == []


@pytest.mark.parametrize("day", range(1, 9))
def test_unpaid_from_within_the_national_holiday_on(day: int) -> None:
    """A city whose pay day lies in it: from the first of October on it is over, so the reason holds at once."""
    weights = {**RULES.reasons, "ATTENDANCE_UNPAID": replace(RULES.reasons["ATTENDANCE_UNPAID"], from_day=day)}
    rules = replace(RULES, reasons=weights)
    from_first = judge(replace(SOUND, unpaid=40), rules, CALENDAR, date(2026, 10, 1)).codes
    assert from_first == ([] if day == 8 else ["ATTENDANCE_UNPAID"])


def test_the_first_day_of_unpaid_wages_is_the_pay_day_of_evidence() -> None:
    [deadlines] = rulebook.deadlines()
    reason, gap = RULES.reasons["ATTENDANCE_UNPAID"], deadlines.gaps["PAYMENT_MISSING"]
    assert (reason.from_day, reason.moves) == (gap.days, gap.moves)


@pytest.mark.parametrize(("year", "said"), [(2026, None), (2027, "provisional"), (2028, "weekends")])
def test_a_first_day_that_may_still_change_says_so(year: int, said: str | None) -> None:
    found = judged(date(year, 4, 23), unpaid=40, unsigned=40)
    assert {reason.code: reason.figures.get("calendar") for reason in found.reasons} == {
        "SHEET_UNSIGNED": None,
        "ATTENDANCE_UNPAID": said,
    }


def test_a_day_that_february_does_not_have_is_none_of_its_days() -> None:
    weights = {**RULES.reasons, "NO_DEPOSIT": replace(RULES.reasons["NO_DEPOSIT"], from_day=30)}
    found = judge(replace(SOUND, deposits=0), replace(RULES, reasons=weights), CALENDAR, date(2026, 2, 28))
    assert found.codes == []


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
    [reason] = judge(replace(SOUND, unsigned=12), RULES, CALENDAR, LATE).reasons
    assert (reason.code, dict(reason.figures)) == ("SHEET_UNSIGNED", {"unsigned": 12, "lines": 40})


def test_percent_of_nothing() -> None:
    assert (percent(1, 0), percent(1, 3)) == (Decimal("0.0"), Decimal("33.3"))
