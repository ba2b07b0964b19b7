"""Checking own codes."""

from __future__ import annotations

import pytest

from procurement.buyer_codes.rules import LONGEST_CODE, OwnCode, judged

CATALOGUE = {"01090001"}


@pytest.mark.parametrize("code", ["A", "GJ/08", "钢筋-08", "A" * LONGEST_CODE, "A B"])
def test_a_code_of_anybodys_system(code: str) -> None:
    row = OwnCode(0, code, "01090001", "")
    assert judged([row], CATALOGUE) == ([row], [])


@pytest.mark.parametrize("code", ["", " A", "A ", "A\n", "\x00", "A" * (LONGEST_CODE + 1)])
def test_what_is_no_code(code: str) -> None:
    good, [refused] = judged([OwnCode(7, code, "01090001", "")], CATALOGUE)
    assert good == []
    assert (refused.row, refused.violations[0].code) == (7, "OWN_CODE_INVALID")


def test_all_faults_of_a_row_at_once() -> None:
    """A code that was refused before may stand again: it has not been taken."""
    rows = [OwnCode(0, "A", "09", "\x00"), OwnCode(1, "A", "01090001", ""), OwnCode(2, "A", "01090001", "")]
    good, refused = judged(rows, CATALOGUE)
    assert [row.row for row in good] == [1]
    assert [[fault.code for fault in one.violations] for one in refused] == [
        ["MATERIAL_NOT_FOUND", "TEXT_INVALID"],
        ["OWN_CODE_TWICE"],
    ]
