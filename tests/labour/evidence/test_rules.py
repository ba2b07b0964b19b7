"""Which gaps a worker's month has: pure rules and the data behind them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chassis.ids import new_id
from labour.codes.models import Moves
from labour.codes.repository import calendar
from labour.evidence import rulebook
from labour.evidence.models import Link, Responsible, Status
from labour.evidence.rules import Chain, Facts, Gap, Key, Sheet, judge, last_day
from labour.paper.service import TEMPLATES

OCTOBER = date(2026, 10, 1)
SHEET = Sheet(
    days=Decimal("21.50"),
    by_day=True,
    net=Decimal("6450.00"),
    signed=True,
    voided=False,
    objected=False,
    sent=True,
    failed=False,
    received=True,
)
WHOLE = Facts(
    key=Key(new_id(), new_id(), OCTOBER),
    employer_id=new_id(),
    assignment_id=new_id(),
    city="440300",
    registered=True,
    contracts=1,
    days=Decimal("21.50"),
    worked=22,
    first_worked=date(2026, 10, 2),
    unbound=0,
    unbound_from=None,
    outside=0,
    outside_from=None,
    open=0,
    sheet=SHEET,
    paid=Decimal("6450.00"),
)
[DEADLINES] = rulebook.deadlines()


def judged(**changes: Any) -> Chain:
    return judge(replace(WHOLE, **changes), DEADLINES, calendar())


def on_sheet(**changes: Any) -> Chain:
    return judged(sheet=replace(SHEET, **changes))


def codes(chain: Chain) -> list[str]:
    return [gap.code for gap in chain.gaps]


def test_what_matches_is_complete() -> None:
    assert (judged().status, judged().gaps, judged().due_on) == (Status.COMPLETE, (), None)


@pytest.mark.parametrize(
    ("chain", "code", "link", "who", "due"),
    [
        (
            judged(contracts=0, unbound=22, unbound_from=date(2026, 10, 2)),
            "CONTRACT_MISSING", Link.CONTRACT, Responsible.EMPLOYER, date(2026, 10, 2),
        ),
        (
            judged(unbound=3, unbound_from=date(2026, 10, 29)),
            "CONTRACT_NOT_COVERING", Link.CONTRACT, Responsible.EMPLOYER, date(2026, 10, 29),
        ),
        (
            judged(registered=False),
            "REGISTRATION_INCOMPLETE", Link.REGISTRATION, Responsible.EMPLOYER, date(2026, 10, 2),
        ),
        (
            judged(outside=1, outside_from=date(2026, 10, 5)),
            "ENTRY_MISSING", Link.ENTRY, Responsible.EMPLOYER, date(2026, 10, 5),
        ),
        (judged(open=2), "ATTENDANCE_OPEN", Link.ATTENDANCE, Responsible.GENERAL_CONTRACTOR, date(2026, 11, 5)),
        (
            judged(worked=0, days=Decimal("0.00"), first_worked=None),
            "ATTENDANCE_MISSING", Link.ATTENDANCE, Responsible.GENERAL_CONTRACTOR, date(2026, 11, 5),
        ),
        (judged(sheet=None), "SHEET_MISSING", Link.SHEET, Responsible.EMPLOYER, date(2026, 11, 5)),
        (on_sheet(days=Decimal("22.00")), "SHEET_DIFFERS", Link.SHEET, Responsible.EMPLOYER, date(2026, 11, 5)),
        (on_sheet(signed=False), "SIGNATURE_MISSING", Link.SIGNATURE, Responsible.WORKER, date(2026, 11, 10)),
        (on_sheet(signed=False, voided=True), "SIGNATURE_VOID", Link.SIGNATURE, Responsible.WORKER, date(2026, 11, 10)),
        (
            on_sheet(signed=False, objected=True),
            "OBJECTION_OPEN", Link.SIGNATURE, Responsible.EMPLOYER, date(2026, 11, 10),
        ),
        (
            on_sheet(sent=False, received=False),
            "PAYMENT_MISSING", Link.PAYMENT, Responsible.GENERAL_CONTRACTOR, date(2026, 11, 20),
        ),
        (
            on_sheet(sent=False, failed=True, received=False),
            "PAYMENT_FAILED", Link.PAYMENT, Responsible.EMPLOYER, date(2026, 11, 20),
        ),
        (on_sheet(received=False), "RECEIPT_MISSING", Link.RECEIPT, Responsible.GENERAL_CONTRACTOR, date(2026, 11, 25)),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_each_gap_is_named_with_who_and_when(chain: Chain, code: str, link: Link, who: Responsible, due: date) -> None:
    [gap] = chain.gaps
    assert (gap.code, gap.link, gap.responsible, gap.due_on) == (code, link, who, due)
    assert (chain.status, chain.due_on) == (Status.GAPS, due)


OPEN_GAPS: dict[str, dict[str, Any]] = {
    "ATTENDANCE_OPEN": {"open": 2},
    "ATTENDANCE_MISSING": {"worked": 0, "days": Decimal("0.00"), "first_worked": None},
    "SHEET_MISSING": {"sheet": None},
    "SHEET_DIFFERS": {"sheet": replace(SHEET, days=Decimal("22.00"))},
    "SIGNATURE_MISSING": {"sheet": replace(SHEET, signed=False)},
    "SIGNATURE_VOID": {"sheet": replace(SHEET, signed=False, voided=True)},
    "OBJECTION_OPEN": {"sheet": replace(SHEET, signed=False, objected=True)},
    "PAYMENT_MISSING": {"sheet": replace(SHEET, sent=False, received=False)},
    "PAYMENT_FAILED": {"sheet": replace(SHEET, sent=False, failed=True, received=False)},
    "RECEIPT_MISSING": {"sheet": replace(SHEET, received=False)},
    "REGISTRATION_INCOMPLETE": {"registered": False},
    "CONTRACT_MISSING": {"contracts": 0, "unbound": 1},
    "CONTRACT_NOT_COVERING": {"unbound": 1},
    "ENTRY_MISSING": {"outside": 1},
}
"""Gap → what makes it the only one."""


def gap_of(code: str, month: date, *, days: int | None = None) -> Gap:
    """The gap of a month; with `days` as if its deadline were so many days after it."""
    changes = {"first_worked": month, "unbound_from": month, "outside_from": month} | OPEN_GAPS[code]
    asked = replace(WHOLE.key, month=month)
    deadline = DEADLINES.gaps[code]
    other = {code: deadline if days is None else replace(deadline, days=days)}
    deadlines = replace(DEADLINES, gaps={**DEADLINES.gaps, **other})
    [gap] = judge(replace(WHOLE, key=asked, **changes), deadlines, calendar()).gaps
    assert gap.code == code
    return gap


@pytest.mark.parametrize("code", ["PAYMENT_MISSING", "PAYMENT_FAILED"])
@pytest.mark.parametrize(
    ("month", "due"),
    [
        (date(2026, 1, 1), date(2026, 2, 14)),  # the 20th is in the Spring Festival, the Saturday before it is worked
        (date(2026, 5, 1), date(2026, 6, 18)),  # Saturday the 20th in the Dragon Boat Festival
        (date(2026, 8, 1), date(2026, 9, 20)),  # a Sunday that is worked
        (date(2026, 10, 1), date(2026, 11, 20)),
        (date(2026, 11, 1), date(2026, 12, 18)),  # an ordinary Sunday
    ],
)
def test_a_pay_day_is_brought_forward(code: str, month: date, due: date) -> None:
    """保障农民工工资支付条例 art 14, 工资支付暂行规定 art 7: wages are paid before the holiday or rest day."""
    gap = gap_of(code, month)
    assert (gap.due_on, "calendar" in gap.detail) == (due, False)


@pytest.mark.parametrize("day", range(1, 9))
def test_a_pay_day_in_the_national_holiday_lies_before_it(day: int) -> None:
    """A city may set another day of the month: whatever it is, wages are there before the holiday begins."""
    ends = date(2026, 10, 8) if day == 8 else date(2026, 9, 30)
    assert gap_of("PAYMENT_MISSING", date(2026, 9, 1), days=day).due_on == ends


@pytest.mark.parametrize("code", sorted(set(OPEN_GAPS) - {"PAYMENT_MISSING", "PAYMENT_FAILED"}))
def test_nothing_else_moves(code: str) -> None:
    """October 2026 after September, with the days of its holiday: the platform's own days are calendar days."""
    assert DEADLINES.gaps[code].moves is Moves.NONE
    days, month = DEADLINES.gaps[code].days, date(2026, 9, 1)
    assert gap_of(code, month).due_on == (month if days is None else date(2026, 10, days))
    if days is not None:
        assert gap_of(code, month, days=3).due_on == date(2026, 10, 3)


@pytest.mark.parametrize(
    ("month", "due", "said"),
    [
        (date(2027, 1, 1), date(2027, 2, 19), "provisional"),
        (date(2027, 12, 1), date(2028, 1, 20), "weekends"),
        (date(2028, 1, 1), date(2028, 2, 18), "weekends"),
    ],
)
def test_a_pay_day_that_may_still_change_says_so(month: date, due: date, said: str) -> None:
    gap = gap_of("PAYMENT_MISSING", month)
    assert (gap.due_on, gap.detail["calendar"]) == (due, said)
    assert "calendar" not in gap_of("RECEIPT_MISSING", month).detail


def test_every_gap_is_asked_here() -> None:
    assert set(OPEN_GAPS) == set(DEADLINES.gaps)


def test_gaps_come_in_the_order_of_the_chain() -> None:
    chain = judged(
        contracts=0, unbound=22, unbound_from=OCTOBER, registered=False, outside=22, outside_from=OCTOBER, sheet=None
    )
    assert codes(chain) == ["CONTRACT_MISSING", "REGISTRATION_INCOMPLETE", "ENTRY_MISSING", "SHEET_MISSING"]
    assert chain.due_on == OCTOBER


def test_pieces_are_not_compared_with_days() -> None:
    assert on_sheet(by_day=False, days=Decimal("0.00")).status is Status.COMPLETE
    assert judged(worked=0, days=Decimal("0.00"), sheet=replace(SHEET, by_day=False)).status is Status.COMPLETE


def test_nothing_owed_needs_no_payment() -> None:
    assert on_sheet(net=Decimal("0.00"), sent=False, received=False).status is Status.COMPLETE


def test_a_month_of_which_nothing_is_known() -> None:
    nothing = replace(WHOLE, worked=0, days=Decimal("0.00"), sheet=None)
    assert nothing.is_nothing
    assert not replace(nothing, open=1).is_nothing
    assert not replace(nothing, sheet=SHEET).is_nothing


def test_every_link_has_a_gap_and_every_gap_its_words_on_paper() -> None:
    assert {deadline.link for deadline in DEADLINES.gaps.values()} == set(Link)
    words = json.loads((TEMPLATES / "words.json").read_text(encoding="utf-8"))
    for language in ("zh-CN", "en"):
        assert set(words[language]["gap_codes"]) == set(DEADLINES.gaps)
        assert set(words[language]["who"]) == set(Responsible)


@pytest.mark.parametrize(
    ("month", "last"),
    [(date(2026, 2, 1), date(2026, 2, 28)), (date(2028, 2, 1), date(2028, 2, 29)), (OCTOBER, date(2026, 10, 31))],
)
def test_last_day(month: date, last: date) -> None:
    assert last_day(month) == last
