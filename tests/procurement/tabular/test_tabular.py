"""Tables in and out: what comes back is what went in, and what is made to do harm does none."""

from __future__ import annotations

import csv
import io
import zipfile
import zlib
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from chassis.errors import MalformedRequest, PayloadTooLarge, ServiceError
from chassis.tabular import CSV, XLSX, Cell, read_table, write_csv, write_xlsx
from chassis.tabular.archive import MOST_BYTES
from chassis.tabular.checking import cell_faults

COLUMNS = ("code", "name")
SHEET = "xl/worksheets/sheet1.xml"
Write = Callable[[Sequence[str], Sequence[Sequence[Cell]]], bytes]


def csv_of(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    return b"".join(write_csv(columns, rows))


def xlsx_of(columns: Sequence[str], rows: Sequence[Sequence[Cell]]) -> bytes:
    return b"".join(write_xlsx(columns, rows))


BOTH = pytest.mark.parametrize(("write", "media_type"), [(csv_of, CSV), (xlsx_of, XLSX)], ids=["csv", "xlsx"])


@BOTH
def test_what_was_written_is_read(write: Write, media_type: str) -> None:
    """Numbers and days as text, leading zeros kept, columns in any order."""
    content = write(("name", "code"), [("圆钢", "01090001"), (Decimal("3950.50"), date(2026, 11, 1)), (None, 7)])
    rows = read_table(content, media_type, COLUMNS, 10)
    assert [(row.number, row.cells["code"], row.cells["name"].rstrip("0")) for row in rows] == [
        (0, "01090001", "圆钢"),
        (1, "2026-11-01", "3950.5"),
        (2, "7", ""),
    ]


@BOTH
def test_a_formula_in_a_cell_is_text(write: Write, media_type: str) -> None:
    """Nothing that a spreadsheet program would compute goes out; back in, it is what it was."""
    texts = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "＝1", "'=1", "plain", "'plain"]
    content = write(COLUMNS, [(text, "x") for text in texts])
    if media_type == XLSX:
        sheet = load_workbook(io.BytesIO(content)).worksheets[0]
        cells = [cell for [cell, _] in sheet.iter_rows(min_row=2)]
        assert {cell.data_type for cell in cells} == {"s"}
        shown = [str(cell.value) for cell in cells]
    else:
        shown = [row[0] for row in csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""))][1:]
    assert [text for text in shown if text[0] in "=+-@\t\r\n＝"] == []
    read = [row.cells["code"] for row in read_table(content, media_type, COLUMNS, 20)]
    assert [text.replace("\n", "\r") for text in read] == texts  # XML has one line end only


@given(st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5), min_size=1, max_size=4))
def test_any_text_comes_back(texts: list[str]) -> None:
    content = csv_of(COLUMNS, [(text, "x") for text in texts])
    assert [row.cells["code"] for row in read_table(content, CSV, COLUMNS, 10)] == texts


def test_a_number_is_no_text_to_be_harmless_about() -> None:
    """A negative amount stays a number."""
    [cell] = load_workbook(io.BytesIO(xlsx_of(("amount",), [(Decimal("-12.50"),)]))).worksheets[0]["A2":"A2"][0]
    assert (cell.data_type, cell.value) == ("n", -12.5)
    assert csv_of(("amount",), [(Decimal("-12.50"),)]).decode("utf-8-sig").splitlines()[1] == "-12.50"


def test_blank_rows_count_and_are_left_out() -> None:
    assert [row.number for row in read_table(b"code,name\n,\n1,a\n", CSV, COLUMNS, 1)] == [1]


def test_an_optional_column_may_be_absent() -> None:
    [row] = read_table(b"code\n1\n", CSV, ("code",), 1, optional=("name",))
    assert row.cells == {"code": "1", "name": ""}


def test_cells_that_do_not_fit_the_header() -> None:
    [row] = read_table(b"code,name\n1,a,b\n", CSV, COLUMNS, 1)
    assert (row.fits, row.cells) == (False, {})


@BOTH
def test_too_many_rows(write: Write, media_type: str) -> None:
    content = write(COLUMNS, [("1", "a")] * 3)
    assert len(read_table(content, media_type, COLUMNS, 3)) == 3
    with pytest.raises(PayloadTooLarge) as refusal:
        read_table(content, media_type, COLUMNS, 2)
    assert refusal.value.reason == "TOO_MANY_ROWS"


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"%PDF-1.7", csv_of(COLUMNS, []), xlsx_of(("a",), [])])
def test_what_is_no_such_workbook(content: bytes) -> None:
    with pytest.raises(MalformedRequest) as refusal:
        read_table(content, XLSX, COLUMNS, 10)
    assert refusal.value.reason == "XLSX_UNREADABLE"


def spoiled(change: Callable[[bytes], bytes], name: str = SHEET) -> bytes:
    """A good workbook with one part changed."""
    made = io.BytesIO()
    with (
        zipfile.ZipFile(io.BytesIO(xlsx_of(COLUMNS, [("1", "a")]))) as good,
        zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bad,
    ):
        for part in good.namelist():
            bad.writestr(part, change(good.read(part)) if part == name else good.read(part))
    return made.getvalue()


def test_a_good_workbook_unchanged_is_read() -> None:
    assert len(read_table(spoiled(lambda part: part), XLSX, COLUMNS, 10)) == 1


def test_a_zip_bomb() -> None:
    """200 MiB of blanks in 200 kB: refused, although every header tells the truth."""
    content = spoiled(lambda part: part.replace(b"<sheetData>", b"<sheetData>" + b" " * (200 * 1024 * 1024)))
    assert len(content) < 500_000
    with pytest.raises(PayloadTooLarge) as refusal:
        read_table(content, XLSX, COLUMNS, 10)
    assert refusal.value.reason == "FILE_INFLATES_TOO_MUCH"


def test_a_zip_bomb_that_lies_about_its_size() -> None:
    """The headers say 100 bytes; what comes out is counted, so that it is refused all the same."""
    size = 2 * MOST_BYTES + 0x010203
    content = spoiled(lambda part: b" " * size)
    packed = content.replace(size.to_bytes(4, "little"), (100).to_bytes(4, "little"))
    assert packed != content
    with pytest.raises(PayloadTooLarge) as refusal:
        read_table(packed, XLSX, COLUMNS, 10)
    assert refusal.value.reason == "FILE_INFLATES_TOO_MUCH"


def test_many_members_together_are_a_bomb_too() -> None:
    """Each is within the ratio, all together are not within the size."""
    made = io.BytesIO()
    noise = zlib.compress(bytes(range(256)) * 40, 0)[:9_000]
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as bad:
        for number in range(20):
            bad.writestr(f"xl/{number}.xml", noise * 20 + b" " * (4 * 1024 * 1024))
    with pytest.raises(PayloadTooLarge) as refusal:
        read_table(made.getvalue(), XLSX, COLUMNS, 10)
    assert refusal.value.reason == "FILE_INFLATES_TOO_MUCH"


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda part: part.replace(b'r="A2"', b'r="XFD1048576"'), "TOO_MANY_ROWS"),
        (lambda part: part.replace(b'r="A2"', b"r = 'A1048576'"), "TOO_MANY_ROWS"),
        (lambda part: part.replace(b'r="A2"', b'r="XFD2"'), "XLSX_UNREADABLE"),
        (lambda part: part.replace(b'r="A2"', b'r="&#88;FD2"'), "XLSX_UNREADABLE"),
        (lambda part: part.replace(b'<c r="A2"', b'<c s="<" r="XFD1048576"'), "XLSX_UNREADABLE"),
        (lambda part: part.replace(b'<c r="A2"', b'<c s=">" r="XFD1048576"'), "TOO_MANY_ROWS"),
        (lambda part: b'<!DOCTYPE x [<!ENTITY a "b">]>' + part, "XLSX_UNREADABLE"),
        (lambda part: part.decode().encode("utf-16"), "XLSX_UNREADABLE"),
    ],
)
def test_cells_far_away_and_other_tricks(change: Callable[[bytes], bytes], reason: str) -> None:
    content = spoiled(change)
    assert content != spoiled(lambda part: part)
    with pytest.raises(ServiceError) as refusal:
        read_table(content, XLSX, COLUMNS, 10)
    assert refusal.value.reason == reason


def test_more_cells_than_a_table_can_have() -> None:
    """A part may hold millions of tags within the limits of its size: they are counted, not kept."""
    content = spoiled(lambda part: part.replace(b"</row>", b"<c/>" * 85_000 + b"</row>"))
    with pytest.raises(PayloadTooLarge) as refusal:
        read_table(content, XLSX, COLUMNS, 10)
    assert refusal.value.reason == "TOO_MANY_ROWS"


def test_a_far_corner_is_refused_before_it_is_laid_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A list of choices may be long and a table wide; both at once is two million cells."""
    content = spoiled(lambda part: part.replace(b'r="A2"', b'r="CV20001"'))
    monkeypatch.setattr("chassis.tabular.reading.CalamineWorkbook", None)
    with pytest.raises(PayloadTooLarge) as refusal:
        read_table(content, XLSX, COLUMNS, 10)
    assert refusal.value.reason == "TOO_MANY_ROWS"


@given(st.binary(max_size=400), st.integers(0, 4000))
def test_any_bytes_are_read_or_refused(noise: bytes, at: int) -> None:
    """Nothing but our own errors comes out, also of a damaged workbook."""
    good = xlsx_of(COLUMNS, [("1", "a")])
    for content, media_type in ((noise, CSV), (noise, XLSX), (good[:at] + noise + good[at + len(noise) :], XLSX)):
        try:
            read_table(content, media_type, COLUMNS, 10)
        except ServiceError:
            continue


def sheet_of(*cells: str) -> bytes:
    """A workbook whose only row is made of these cells as they stand in its XML, below the header of COLUMNS."""
    row = "".join(f'<c r="{letter}2"{cell}</c>' for letter, cell in zip("AB", cells, strict=True)).encode()
    return spoiled(
        lambda part: part[: part.index(b'<row r="2"')] + b'<row r="2">' + row + b"</row></sheetData></worksheet>"
    )


@pytest.mark.parametrize(
    ("cell", "text", "unread"),
    [
        ("><f>1+1</f><v>2</v>", "2", False),
        (' t="str"><f>"a"&amp;"b"</f><v>ab</v>', "ab", False),
        (' t="str"><f>""</f><v></v>', "", False),
        ("><f>1+1</f><v></v>", "", True),
        ("><f>1+1</f>", "", True),
        ('><f t="shared" si="0"/>', "", True),
        (' t="e"><f>1/0</f><v>#DIV/0!</v>', "", True),
        (" t='e'><v>#N/A</v>", "", True),
    ],
)
def test_a_formula_is_its_result_and_one_without_is_no_empty_cell(cell: str, text: str, unread: bool) -> None:
    [row] = read_table(sheet_of("><v>7</v>", cell), XLSX, COLUMNS, 10)
    assert (row.cells["name"], row.unread) == (text, frozenset({"name"} if unread else ()))
    alone = read_table(sheet_of(' t="str"><v></v>', cell), XLSX, COLUMNS, 10)
    assert len(alone) == (1 if text or unread else 0)


def test_which_cells_are_numbers() -> None:
    content = xlsx_of(COLUMNS, [("01090001", Decimal("3950.5")), (date(2026, 11, 1), 7)])
    assert [row.numbers for row in read_table(content, XLSX, COLUMNS, 10)] == [{"name"}, {"name"}]
    assert [row.numbers for row in read_table(csv_of(COLUMNS, [("1", "2")]), CSV, COLUMNS, 10)] == [frozenset()]


def test_cells_are_judged_before_their_meaning() -> None:
    [row] = read_table(sheet_of("><v>46000</v>", "><f>1+1</f>"), XLSX, COLUMNS, 10)
    found = cell_faults(row, texts=("code", "name"), days=("code", "name"))
    assert [(one.pointer, one.code) for one in found] == [
        ("name", "CELL_WITHOUT_VALUE"),
        ("code", "NUMBER_CELL"),
        ("code", "DATE_PARSING"),
    ]
    [good] = read_table("code,name\n2026/1/5,2026年1月5日\n".encode(), CSV, COLUMNS, 10)
    assert cell_faults(good, texts=COLUMNS, days=COLUMNS) == []
    [misfit] = read_table(b"code,name\n1,2,3\n", CSV, COLUMNS, 10)
    assert [one.code for one in cell_faults(misfit)] == ["WRONG_NUMBER_OF_CELLS"]
