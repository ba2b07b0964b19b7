"""The impact assessment (PIPL arts 55, 56) speaks of every purpose and of every sensitive column, in both languages."""

from __future__ import annotations

import re

from infra.contracts.paths import ROOT
from labour.consents.models import Purpose
from labour.consents.repository import fields
from labour.privacy import rulebook

PAGE = (ROOT / "docs/privacy-impact.md").read_text(encoding="utf-8")
CODE = re.compile(r"`([^`]+)`")


def rows(page: str) -> dict[str, list[str]]:
    """activity → its cells: data, purpose, necessity, risk, measures."""
    lines = [line for line in page.splitlines() if line.startswith("| `")]
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines]
    return {CODE.findall(first)[0]: rest for first, *rest in cells}


ROWS = rows(PAGE)


def assessed(activity: str) -> set[str]:
    """What the row says that it is about."""
    return set(CODE.findall(ROWS[activity][0]))


def test_every_purpose_that_is_consented_to_is_assessed() -> None:
    assert {*Purpose} == set(fields()) <= set(ROWS)


def test_every_sensitive_column_stands_in_the_row_of_its_kind() -> None:
    """Both ways: what is new in the registry is missing here, and what is gone there does not stay here."""
    expected: dict[str, set[str]] = {}
    for table in rulebook.personal_tables():
        for column, kind in table.personal.items():
            if kind in rulebook.sensitive_kinds():
                expected.setdefault(rulebook.sensitive_kinds()[kind], set()).add(f"{table.name}.{column}")
    assert {activity: assessed(activity) for activity in expected} == expected
    assert set(ROWS) == {*expected, *Purpose}
    assert assessed(Purpose.UPLOAD_TO_AUTHORITY) <= set(ROWS)


def test_each_row_says_all_in_both_languages() -> None:
    for activity, cells in ROWS.items():
        assert len(cells) == 5, activity
        for cell in cells[1:]:
            assert re.search(r"[\u4e00-\u9fff]", cell), (activity, cell)
            assert re.search(r"[a-z]{3}", CODE.sub("", cell)), (activity, cell)


def test_each_row_names_tests_that_there_are() -> None:
    for activity, cells in ROWS.items():
        named = CODE.findall(cells[-1])
        assert named, activity
        assert all((ROOT / "tests/labour" / one).is_file() for one in named), (activity, named)


def test_it_bites() -> None:
    assert rows("| `x` | `a.b` | c | d | e | f |\n| no | row |") == {"x": ["`a.b`", "c", "d", "e", "f"]}
