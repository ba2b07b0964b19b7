"""What an identity document says."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import ric

from labour.codes.models import Sex
from labour.workers.rules import Fault, Identity, add_years, age, identify, mask_digits, repeated

TODAY = date(2026, 11, 23)
GOOD = "11010519491231002X"


def resident(number: str, **told: object) -> Identity | Fault:
    values = {"sex": None, "birth_date": None} | told
    return identify("01", number, values["sex"], values["birth_date"], TODAY)  # type: ignore[arg-type]


def fault_of(found: Identity | Fault) -> tuple[str, str]:
    assert isinstance(found, Fault)
    return found.field, found.code


def test_a_resident_card_tells_birth_date_and_sex() -> None:
    assert resident(GOOD) == Identity("01", GOOD, Sex.FEMALE, date(1949, 12, 31))
    assert resident(GOOD.lower()) == resident(GOOD)
    assert resident("440305199001011234"[:17] + ric.calc_check_digit("440305199001011230")) is not None


@given(st.integers(0, 17), st.sampled_from("0123456789X"))
def test_one_wrong_character_is_always_found(place: int, char: str) -> None:
    """ISO 7064 MOD 11-2 finds every single substitution."""
    mistyped = GOOD[:place] + char + GOOD[place + 1 :]
    assert (mistyped == GOOD) == isinstance(resident(mistyped), Identity)


@given(st.integers(0, 16))
def test_two_neighbours_swapped_are_found(place: int) -> None:
    swapped = GOOD[:place] + GOOD[place + 1] + GOOD[place] + GOOD[place + 2 :]
    assert (swapped == GOOD) == isinstance(resident(swapped), Identity)


def checked(body: str) -> str:
    return body + ric.calc_check_digit(body + "0")


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("1101051949123100", "ID_FORMAT"),
        ("1101051949123100２X", "ID_FORMAT"),
        ("01010519491231002X", "ID_FORMAT"),
        ("110105194912310021", "ID_CHECK_DIGIT"),
        (checked("11010519491331002"), "ID_BIRTH_DATE"),
        (checked("11010518491231002"), "ID_BIRTH_DATE"),
        (checked("11010520261124002"), "ID_BIRTH_DATE"),
    ],
)
def test_bad_numbers_are_named(number: str, code: str) -> None:
    assert fault_of(resident(number)) == ("id_card_number", code)


def test_a_number_that_began_in_an_older_division_is_fine() -> None:
    """Futian exists since 1990; who was born in 1960 may have been registered there later."""
    assert isinstance(resident(checked("44030419600101001")), Identity)


def test_what_is_told_beside_the_card_must_fit() -> None:
    assert fault_of(resident(GOOD, sex=Sex.MALE)) == ("sex", "ID_SEX_MISMATCH")
    assert fault_of(resident(GOOD, birth_date=date(1950, 1, 1))) == ("birth_date", "ID_BIRTH_DATE_MISMATCH")
    assert isinstance(resident(GOOD, sex=Sex.FEMALE, birth_date=date(1949, 12, 31)), Identity)


def test_a_passport_needs_sex_and_birth_date() -> None:
    born = date(1990, 1, 1)
    assert identify("08", " e12345678", Sex.MALE, born, TODAY) == Identity("08", "E12345678", Sex.MALE, born)
    assert fault_of(identify("08", "E12345678", None, born, TODAY)) == ("sex", "REQUIRED")
    assert fault_of(identify("08", "E12345678", Sex.MALE, None, TODAY)) == ("birth_date", "REQUIRED")
    assert fault_of(identify("08", "E 123'", Sex.MALE, born, TODAY)) == ("id_card_number", "ID_FORMAT")
    assert fault_of(identify("08", "E12345678", Sex.MALE, date(2027, 1, 1), TODAY)) == ("birth_date", "OUT_OF_RANGE")


@pytest.mark.parametrize(
    ("born", "on", "years"),
    [
        (date(1990, 11, 23), TODAY, 36),
        (date(1990, 11, 24), TODAY, 35),
        (date(2008, 2, 29), date(2026, 2, 28), 17),
        (date(2008, 2, 29), date(2026, 3, 1), 18),
    ],
)
def test_completed_years(born: date, on: date, years: int) -> None:
    assert age(born, on) == years


@given(st.dates(date(1920, 1, 1), date(2010, 1, 1)), st.integers(0, 80))
def test_the_nth_birthday_completes_the_nth_year(born: date, years: int) -> None:
    birthday = add_years(born, years)
    assert age(born, birthday) == years
    assert years == 0 or age(born, date.fromordinal(birthday.toordinal() - 1)) == years - 1


def test_the_second_of_two_is_named() -> None:
    """By the numbers that the rows have in the batch, of which some are refused for themselves."""
    faults = repeated([(1, "a", b"1"), (2, "b", b"2"), (5, "a", b"3"), (7, "c", b"2")])
    assert {row: (fault.field, fault.code) for row, fault in faults.items()} == {
        5: ("external_id", "DUPLICATE_IN_BATCH"),
        7: ("id_card_number", "DUPLICATE_IN_BATCH"),
    }
    assert ("第1行" in faults[5].zh, "Row 1 " in faults[5].en) == (True, True)
    assert ("第2行" in faults[7].zh, "Row 2 " in faults[7].en) == (True, True)


@pytest.mark.parametrize(
    ("kind", "number", "code"),
    [
        ("08", "E12345678", ""),
        ("08", "E1234567890", "ID_FORMAT"),
        ("09", "H12345678", ""),
        ("09", "M1234567801", ""),
        ("09", "C12345678", "ID_FORMAT"),
        ("09", "H1234567", "ID_FORMAT"),
        ("10", "C12345678", ""),
        ("12", "12345678", ""),
        ("12", "A123456789", ""),
        ("12", "A123456780", "ID_CHECK_DIGIT"),
        ("12", "A323456789", "ID_FORMAT"),
        ("17", "A123456(3)", ""),
        ("17", "AB987654(3)", ""),
        ("17", "C123456(9)", ""),
        ("17", "A123456(4)", "ID_CHECK_DIGIT"),
        ("17", "1234567", "ID_FORMAT"),
    ],
)
def test_documents_beyond_the_resident_card(kind: str, number: str, code: str) -> None:
    """Format of each type, and the check digit where it has one; brackets are no part of the number."""
    found = identify(kind, number, Sex.MALE, date(1990, 1, 1), TODAY)
    assert (found.code if isinstance(found, Fault) else "") == code


def test_a_phone_in_a_text_is_masked() -> None:
    assert mask_digits("李梅 13900139000") == "李梅 1*********0"
    assert mask_digits("李梅,3号楼") == "李梅,3号楼"
