"""Which gaps a worker's month has: pure rules and the data behind them."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from chassis.ids import new_id
from labour.evidence import rulebook
from labour.evidence.models import Link, Responsible, Status
from labour.evidence.rules import Chain, Facts, Key, Sheet, judge, last_day
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
    return judge(replace(WHOLE, **changes), DEADLINES)


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
