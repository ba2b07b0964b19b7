"""What may be erased, and what is kept until when by which rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chassis.ids import new_id
from labour.privacy import rulebook
from labour.privacy.rules import (
    ERASABLE,
    TRACES,
    Owed,
    Position,
    SheetLine,
    Unpaid,
    Worked,
    blocks,
    due,
    free,
    owed,
    paid_before,
)
from labour.workers.rules import add_years

TODAY = date(2026, 11, 23)
RULES = rulebook.retention_rules()
NEVER = Position(None, None, False, None, None, None, False, None)
PAID = replace(NEVER, worked_until=date(2026, 11, 21), paid_on=date(2026, 11, 22))
UNPAID = replace(NEVER, worked_until=date(2026, 11, 21), owed=Owed(Unpaid.NOT_PAID, date(2026, 11, 1)))
PROJECT, MONTH = new_id(), date(2026, 11, 1)
WORK = Worked(PROJECT, MONTH, date(2026, 11, 3), Decimal("10.00"))
LINE = SheetLine(PROJECT, MONTH, True, Decimal("10.00"), Decimal("3200.00"), True, date(2026, 12, 10))


def held(position: Position, today: date = TODAY) -> dict[str, tuple[date | None, str]]:
    return {one.rule: (one.until, one.waits_for) for one in blocks(position, RULES, today)}


LEDGER = ("real_name_register", "wage_ledger", "conduct")


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (NEVER, {}),
        (replace(NEVER, on_project=True), dict.fromkeys(LEDGER, (None, "exit"))),
        (UNPAID, dict.fromkeys(LEDGER, (None, "wages"))),
        (replace(PAID, owed=Owed(Unpaid.NOT_PAID, date(2026, 11, 1))), dict.fromkeys(LEDGER, (None, "wages"))),
        (replace(PAID, paid_on=None), dict.fromkeys(LEDGER, (date(2029, 11, 21), ""))),
        (PAID, dict.fromkeys(LEDGER, (date(2029, 11, 22), ""))),
        (replace(PAID, on_project=True), dict.fromkeys(LEDGER, (None, "exit"))),
        (replace(NEVER, agreement=(date(2026, 1, 1), None)), {"employment": (None, "exit")}),
        (replace(NEVER, agreement=(date(2026, 1, 1), TODAY)), {"employment": (TODAY, "")}),
        (replace(NEVER, agreement=(date(2026, 1, 1), date(2026, 11, 22))), {}),
        (replace(NEVER, contract_until=date(2026, 11, 22)), {"labour_contract": (date(2028, 11, 22), "")}),
        (replace(NEVER, contract_until=date(2024, 11, 22)), {}),
        (replace(NEVER, listed=True), {"blacklist": (None, "listing")}),
        (replace(NEVER, listed=True, listed_until=date(2028, 1, 1)), {"blacklist": (date(2028, 1, 1), "")}),
    ],
)
def test_what_holds_until_when(position: Position, expected: dict[str, tuple[date | None, str]]) -> None:
    assert held(position) == expected


def test_the_last_day_is_kept_and_the_next_is_free() -> None:
    assert set(held(PAID, date(2029, 11, 22))) == set(LEDGER)
    assert held(PAID, date(2029, 11, 23)) == {}
    assert due(blocks(PAID, RULES, TODAY), TODAY) == date(2029, 11, 23)
    assert due(blocks(UNPAID, RULES, TODAY), TODAY) == date(2026, 11, 30)


def test_unsettled_wages_keep_the_ledger_and_not_the_photo() -> None:
    gone = free(blocks(UNPAID, RULES, TODAY))
    assert gone == [
        "photo_file_id",
        "politics",
        "has_insurance",
        "health_record_until",
        "urgent_contact",
        "grant_org",
        "positions",
        "health_records",
    ]
    assert free([]) == list(ERASABLE)


def test_every_rule_keeps_fields_that_there_are_and_names_its_source() -> None:
    assert {name for rule in RULES for name in rule.fields} <= set(ERASABLE)
    assert all(rule.source and rule.valid_from <= TODAY for rule in RULES)
    assert {rule.years for rule in RULES if rule.id in LEDGER} == {3}


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({}, None),
        ({"paid_on": None}, Unpaid.NOT_PAID),
        ({"paid_on": None, "failed": True}, Unpaid.TRANSFER_FAILED),
        ({"paid_on": None, "approved": False}, Unpaid.NOT_APPROVED),
        ({"paid_on": None, "net": Decimal()}, None),
        ({"paid_on": None, "net": Decimal(), "approved": False}, Unpaid.NOT_APPROVED),
        ({"days": Decimal("9.50")}, Unpaid.NOT_ON_A_SHEET),
        ({"regular": False}, Unpaid.NOT_ON_A_SHEET),
        ({"project_id": new_id()}, Unpaid.NOT_ON_A_SHEET),
        ({"month": date(2026, 10, 1)}, Unpaid.NOT_ON_A_SHEET),
    ],
)
def test_wages_are_settled_when_every_row_of_payroll_says_so(changes: dict[str, Any], why: Unpaid | None) -> None:
    found = owed([WORK], [replace(LINE, **changes)])
    since = WORK.since if why is Unpaid.NOT_ON_A_SHEET else LINE.month
    assert found == (None if why is None else Owed(why, since))


def test_a_correction_makes_good_what_the_sheet_lacks_once_it_is_paid() -> None:
    short = replace(LINE, days=Decimal("9.00"))
    correction = replace(LINE, regular=False, days=Decimal(), paid_on=None)
    assert owed([WORK], [short, correction]) == Owed(Unpaid.NOT_PAID, MONTH)
    assert owed([WORK], [short, replace(correction, paid_on=date(2026, 12, 20))]) is None


def test_the_oldest_month_is_told() -> None:
    october = replace(WORK, month=date(2026, 10, 1), since=date(2026, 10, 15))
    assert owed([WORK, october], [replace(LINE, paid_on=None)]) == Owed(Unpaid.NOT_ON_A_SHEET, date(2026, 10, 15))
    assert owed([], []) is None


def test_what_waits_for_wages_says_why_and_since_when() -> None:
    for one in blocks(UNPAID, RULES, TODAY):
        assert (one.waits_for, one.because, one.since, one.until) == ("wages", "not_paid", date(2026, 11, 1), None)
    assert {(one.because, one.since) for one in blocks(PAID, RULES, TODAY)} == {("", None)}


def test_traces_go_with_the_last_of_the_rest() -> None:
    listed = blocks(replace(NEVER, listed=True), RULES, TODAY)
    assert set(ERASABLE) - set(free(listed)) == {"id_card_number", TRACES}


def test_wages_are_anonymised_when_their_ledger_is_free_and_not_a_day_before() -> None:
    """The day that the owner's function is given never refuses what the rules let go, around a leap day either."""
    for paid_on in (date(2028, 2, 28), date(2028, 2, 29), date(2028, 3, 1), date(2026, 11, 22)):
        position = replace(PAID, worked_until=paid_on, paid_on=paid_on)
        last = add_years(paid_on, 3)
        assert "wages" not in free(blocks(position, RULES, last))
        assert "wages" in free(blocks(position, RULES, last + timedelta(days=1)))
        assert paid_on < paid_before(RULES, last + timedelta(days=1))
