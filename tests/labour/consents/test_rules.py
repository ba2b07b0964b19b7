"""Which text a consent is given to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from types import SimpleNamespace

import pytest

from labour.consents import repository
from labour.consents.models import How, Purpose
from labour.consents.rules import Given, current, fault_of, missing

TODAY = date(2026, 11, 23)
FACE = Given(Purpose.FACE_IMAGE, "2026-1", TODAY, How.PAPER_HELD)


def test_every_purpose_has_a_text_in_force_in_both_languages_with_its_source() -> None:
    texts = repository.texts()
    assert {one.purpose for one in texts} == set(Purpose)
    assert all(one.zh and one.en and one.zh != one.en and "个人信息保护法" in one.source for one in texts)
    assert [fault_of(replace(FACE, purpose=purpose), texts, TODAY) for purpose in Purpose] == [None] * len(Purpose)


@pytest.mark.parametrize(
    ("given", "code"),
    [
        (replace(FACE, given_on=date(2026, 11, 24)), "IN_FUTURE"),
        (replace(FACE, text_version="1999-1"), "CONSENT_TEXT_NOT_IN_FORCE"),
        (replace(FACE, given_on=date(2021, 10, 31)), "CONSENT_TEXT_NOT_IN_FORCE"),
    ],
)
def test_a_consent_to_no_text_of_that_day_is_none(given: Given, code: str) -> None:
    fault = fault_of(given, repository.texts(), TODAY)
    assert fault is not None
    assert fault.code == code


def test_an_edition_that_was_replaced_is_for_its_days_only() -> None:
    old = replace(repository.texts()[0], valid_to=date(2026, 6, 30))
    given = replace(FACE, purpose=old.purpose, text_version=old.version)
    assert fault_of(replace(given, given_on=date(2026, 6, 30)), [old], TODAY) is None
    late = fault_of(replace(given, given_on=date(2026, 7, 1)), [old], TODAY)
    assert late is not None
    assert late.code == "CONSENT_TEXT_NOT_IN_FORCE"


def test_a_person_is_shown_the_edition_of_the_day() -> None:
    new = repository.texts()[0]
    old = replace(new, version="2025-1", valid_to=date(2026, 6, 30))
    new = replace(new, valid_from=date(2026, 7, 1))
    for day, version in ((date(2026, 6, 30), "2025-1"), (date(2026, 7, 1), "2026-1")):
        assert [one.version for one in current([old, new], day)] == [version]


def test_data_without_its_consent_is_flagged_and_data_that_is_not_there_is_not() -> None:
    row = SimpleNamespace(photo_file_id=None, payroll_bank_card="k1:x", health_record_until=TODAY)
    fields = repository.fields()
    assert missing(row, frozenset(), fields) == [Purpose.BANK_ACCOUNT, Purpose.HEALTH_RECORD]
    assert missing(row, {Purpose.BANK_ACCOUNT, Purpose.HEALTH_RECORD}, fields) == []
