"""The data files: what the notices say as a whole, and that they keep their own rules."""

from __future__ import annotations

import pytest

from procurement.rulebook import repository, rules
from procurement.rulebook.models import SAID_BY_TERMS, RuleKind

CALENDAR = repository.calendar()


@pytest.mark.parametrize(
    ("year", "days_off", "worked", "provisional"), [(2025, 28, 5, False), (2026, 33, 6, False), (2027, 13, 0, True)]
)
def test_as_many_days_as_the_notice_says(year: int, days_off: int, worked: int, provisional: bool) -> None:
    """2027 has the thirteen days of the decree only: the notice is not in it."""
    found = CALENDAR[year]
    assert (len(found.holidays), len(found.working_weekends)) == (days_off, worked)
    assert found.provisional is provisional
    assert {day.year for day in [*found.holidays, *found.working_weekends]} == {year}
    assert all(day.weekday() >= rules.SATURDAY for day in found.working_weekends)
    assert not found.working_weekends & set(found.holidays)


def test_the_platform_keeps_its_own_caps() -> None:
    for rule in repository.platform_rules():
        cap = rules.cap_of(repository.caps(), rule.kind, rule.valid_from)
        assert cap is None or not rules.over(cap, rule.value)


def test_refs_and_codes_stand_once_and_every_kind_has_a_default() -> None:
    refs = [rule.ref for rule in repository.platform_rules()]
    assert len(set(refs)) == len(refs)
    codes = [source.code for source in repository.price_sources()]
    assert len(set(codes)) == len(codes)
    assert {rule.kind for rule in repository.platform_rules()} == set(RuleKind) - SAID_BY_TERMS
