"""Codes and kinds; pure."""

from __future__ import annotations

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stdnum.cn import uscc

from chassis.identity import Kind
from gateway.access.organisations.rules import read_uscc, requestable

ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


def test_a_real_code_passes_in_small_letters_too() -> None:
    assert read_uscc("91440300708461136T") == "91440300708461136T"
    assert read_uscc("91440300708461136t") == "91440300708461136T"


@given(st.integers(0, 10**9 - 1), st.integers(0, 17), st.sampled_from(ALPHABET))
def test_one_wrong_place_is_found(number: int, place: int, other: str) -> None:
    first = f"91440300{number:09d}"
    code = first + str(uscc.calc_check_digit(first))
    changed = code[:place] + other + code[place + 1 :]
    # The sixth to third digits are the district; stdnum does not look them up.
    assert (read_uscc(changed) is None) == (changed != code)


@pytest.mark.parametrize("code", ["", "91440300", "9144030070846113OT", "91440300708461136TT", "深圳" * 9])
def test_other_texts_are_refused(code: str) -> None:
    assert read_uscc(code) is None


@given(st.text(alphabet=string.printable, max_size=40))
def test_no_text_breaks_it(code: str) -> None:
    found = read_uscc(code)
    assert found is None or len(found) == 18


@pytest.mark.parametrize("kind", Kind)
def test_only_the_operator_gives_authority_and_operator(kind: Kind) -> None:
    assert requestable([kind]) == (kind not in {Kind.AUTHORITY, Kind.OPERATOR})
    assert requestable([Kind.CONTRACTOR, kind]) == requestable([kind])
