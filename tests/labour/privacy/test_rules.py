"""What may be erased, and what is kept until when by which rule."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from labour.privacy import repository
from labour.privacy.rules import ERASABLE, Position, blocks, due, free

TODAY = date(2026, 11, 23)
RULES = repository.retention_rules()
NEVER = Position(None, False, None, None, None, False, None)
PAID = replace(NEVER, worked_until=date(2026, 11, 21), settled_through=date(2026, 11, 21), paid_on=date(2026, 11, 22))


def held(position: Position, today: date = TODAY) -> dict[str, tuple[date | None, str]]:
    return {one.rule: (one.until, one.waits_for) for one in blocks(position, RULES, today)}


LEDGER = ("real_name_register", "wage_ledger")


@pytest.mark.parametrize(
    ("position", "expected"),
    [
        (NEVER, {}),
        (replace(NEVER, on_project=True), dict.fromkeys(LEDGER, (None, "exit"))),
        (replace(NEVER, worked_until=date(2026, 11, 21)), dict.fromkeys(LEDGER, (None, "wages"))),
        (replace(PAID, settled_through=date(2026, 11, 20)), dict.fromkeys(LEDGER, (None, "wages"))),
        (PAID, dict.fromkeys(LEDGER, (date(2029, 11, 22), ""))),
        (replace(PAID, on_project=True), dict.fromkeys(LEDGER, (None, "exit"))),
        (replace(NEVER, agreement=(date(2026, 1, 1), None)), {"employment": (None, "exit")}),
        (replace(NEVER, agreement=(date(2026, 1, 1), TODAY)), {"employment": (TODAY, "")}),
        (replace(NEVER, agreement=(date(2026, 1, 1), date(2026, 11, 22))), {}),
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
    assert due(blocks(replace(PAID, paid_on=None, settled_through=None), RULES, TODAY), TODAY) == date(2026, 11, 30)


def test_unsettled_wages_keep_the_ledger_and_not_the_photo() -> None:
    gone = free(blocks(replace(NEVER, worked_until=TODAY), RULES, TODAY))
    assert gone == ["photo_file_id", "politics", "has_insurance", "health_record_until", "urgent_contact", "grant_org"]
    assert free([]) == list(ERASABLE)


def test_every_rule_keeps_fields_that_there_are_and_names_its_source() -> None:
    assert {name for rule in RULES for name in rule.fields} <= set(ERASABLE)
    assert all(rule.source and rule.valid_from <= TODAY for rule in RULES)
    assert {rule.years for rule in RULES if rule.id in LEDGER} == {3}
