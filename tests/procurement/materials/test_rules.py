"""Reading catalogue files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import MalformedRequest, PayloadTooLarge, ServiceError
from procurement.materials.rules import MOST_ROWS, read_catalogue

HEADER = "code,name_zh,name_en,specification,units,retired\n"


def test_good_rows_survive_bad_ones() -> None:
    """Each bad row names its columns; a code that stands twice is taken once."""
    rows = [
        "01090001,圆钢,round bar,HPB300 φ8,t|kg,no",
        "0109,圆钢,,,t,no",
        "01090002,,,, t,maybe",
        "01090001,again,,,t,no",
        "01090003,方钢,,,t",
    ]
    good, refused = read_catalogue((HEADER + "\n".join(rows)).encode("utf-8-sig"))
    assert [(row.row, row.code, row.fields.units) for row in good] == [(0, "01090001", ("kg", "t"))]
    assert [(row.row, [fault.code for fault in row.violations]) for row in refused] == [
        (1, ["CODE_INVALID"]),
        (2, ["NAME_INVALID", "UNIT_INVALID", "YES_OR_NO"]),
        (3, ["CODE_TWICE"]),
        (4, ["WRONG_NUMBER_OF_CELLS"]),
    ]


@pytest.mark.parametrize("content", [b"", b"code,name\n1,2\n", b"\xff\xfe\x00", HEADER.encode() + b'"open'])
def test_what_is_no_catalogue_file(content: bytes) -> None:
    """A clear refusal, not a stack trace."""
    with pytest.raises(MalformedRequest) as refusal:
        read_catalogue(content)
    assert refusal.value.reason == "CSV_UNREADABLE"


def test_too_many_rows() -> None:
    """The whole file is refused before anything is written."""
    row = "01090001,圆钢,,,t,no\n"
    with pytest.raises(PayloadTooLarge):
        read_catalogue((HEADER + row * (MOST_ROWS + 1)).encode())


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    """Nothing but our own errors comes out."""
    for body in (content, HEADER.encode() + content):
        try:
            good, refused = read_catalogue(body)
        except ServiceError:
            continue
        assert {row.row for row in good}.isdisjoint(row.row for row in refused)
