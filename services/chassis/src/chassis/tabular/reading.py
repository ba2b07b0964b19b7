"""Reading a table that somebody uploads: CSV in UTF-8, or the first sheet of an XLSX workbook."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from itertools import islice
from numbers import Real

from python_calamine import CalamineError, CalamineWorkbook, ZipError

from chassis.tabular import archive, errors
from chassis.tabular.headings import REFUSED_BECAUSE, named
from chassis.tabular.writing import as_meant
from chassis.values import decimal_text

CSV = "text/csv"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_COLUMNS = 100
MOST_LISTED = 20_000
"""Rows of a sheet that only holds the choices of drop-downs."""

_TAG = re.compile(rb"<(?:\w+:)?(?:c|row)(?=[\s/>])")
_WHOLE_TAG = re.compile(rb"<(?:\w+:)?(?:c|row)((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*/?>")
_PLACE = re.compile(rb"\sr\s*=\s*[\"']([^\"']*)[\"']")
_REFERENCE = re.compile(rb"([A-Z]{0,3})([0-9]{1,7})")
_ATTRIBUTES = rb"(?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*"
_CELL = re.compile(rb"<((?:\w+:)?)c(" + _ATTRIBUTES + rb")\s*>(.*?)</(?:\w+:)?c\s*>", re.DOTALL)
_FORMULA = re.compile(rb"<(?:\w+:)?f(?=[\s/>])")
_KIND = re.compile(rb"\st\s*=\s*[\"']([^\"']*)[\"']")
_VALUE = re.compile(rb"<(?:\w+:)?v(?:\s[^<>]*)?>[^<]")
_UNREAD = "\ue0c3"
"""Stands, while a sheet is read, in a cell whose value the file does not say; a private character of Unicode."""

Values = Sequence[object]


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row of a file: `number` counts from 0 below the header, blank rows included; `cells` by column.

    `fits` is False when it has not as many cells as the header; `cells` is empty then, and `misfits` holds them.
    Of a workbook also: `numbers` are the columns whose cell is a number and no text (one of more than 15 digits has
    lost some), `unread` those whose cell holds a formula without its result, or an error such as #N/A.
    """

    number: int
    cells: dict[str, str]
    fits: bool = True
    misfits: tuple[str, ...] = ()
    numbers: frozenset[str] = frozenset()
    unread: frozenset[str] = frozenset()


def read_table(
    content: bytes, media_type: str, columns: Sequence[str], most_rows: int, *, optional: Sequence[str] = ()
) -> list[TableRow]:
    """The rows of a CSV (UTF-8, with or without byte order mark) or XLSX file (first sheet), without blank ones.

    The header names exactly `columns`, in any order and either language (`headings`), and whichever of `optional`; an
    absent optional column is "". The column that `marked` adds may be there and is not read.
    Cells are text: numbers without exponent, days as ISO 8601, and what `write_*` did to a formula is taken back.
    MalformedRequest CSV_UNREADABLE or XLSX_UNREADABLE, PayloadTooLarge TOO_MANY_ROWS or FILE_INFLATES_TOO_MUCH.
    """
    kind = "CSV" if media_type == CSV else "XLSX"
    try:
        records = _csv(content) if media_type == CSV else _xlsx(content, most_rows)
        header = [_text(cell).strip() for cell in next(records, ())]
        while header and not header[-1] and kind == "XLSX":
            header.pop()
        header = named(header, (*columns, *optional, REFUSED_BECAUSE))
        known = [*columns, *(name for name in (*optional, REFUSED_BECAUSE) if name in header)]
        if sorted(header) != sorted(known):
            raise errors.unreadable(kind, f"columns must be {','.join((*columns, *optional))}")
        rows = list(islice(_rows(header, records, optional, padded=kind == "XLSX"), most_rows + 1))
    except (UnicodeDecodeError, csv.Error) as error:
        raise errors.unreadable(kind, str(error)) from None
    if len(rows) > most_rows:
        raise errors.too_many(most_rows)
    return rows


def _rows(
    header: Sequence[str], records: Iterable[Values], optional: Sequence[str], *, padded: bool
) -> Iterator[TableRow]:
    absent = dict.fromkeys((name for name in optional if name not in header), "")
    for number, record in enumerate(records):
        cells = [_text(cell) for cell in record]
        if padded:
            while len(cells) > len(header) and not cells[-1]:
                cells.pop()
            cells += [""] * (len(header) - len(cells))
        if not any(cells) and _UNREAD not in record:
            continue
        if len(cells) != len(header):
            yield TableRow(number, {}, fits=False, misfits=tuple(cells))
            continue
        row = dict(zip(header, cells, strict=True)) | absent
        row.pop(REFUSED_BECAUSE, None)
        named_cells = list(zip(header, record, strict=False))
        yield TableRow(
            number,
            row,
            numbers=frozenset(name for name, cell in named_cells if _is_number(cell)),
            unread=frozenset(name for name, cell in named_cells if cell == _UNREAD),
        )


def _csv(content: bytes) -> Iterator[Values]:
    return csv.reader(io.StringIO(content.decode("utf-8-sig"), newline=""), strict=True)


def _xlsx(content: bytes, most_rows: int) -> Iterator[Values]:
    members = archive.inflated(content, "XLSX")
    # Only what is looked at below reaches the reader: no picture, no macro, no sheet under another name.
    parts = {name: data for name, data in members.items() if name.endswith((".xml", ".rels"))}
    for name, data in parts.items():
        _refuse_tricks(data, most_rows)
        if _FORMULA.search(data) or b"#" in data:  # an error reads #N/A, #REF!
            parts[name] = _CELL.sub(_readable, data)
    try:
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(archive.stored(parts)))
        if not workbook.sheet_names:
            raise errors.unreadable("XLSX", "no sheet")
        rows = workbook.get_sheet_by_index(0).to_python(skip_empty_area=False)
    except (CalamineError, ZipError) as error:
        raise errors.unreadable("XLSX", str(error)) from None
    if len(rows) > most_rows + 1:
        raise errors.too_many(most_rows)
    return iter(rows)


def _refuse_tricks(data: bytes, most_rows: int) -> None:
    """Declarations of entities, and places far away.

    A single cell at XFD1048576 makes the reader lay out 17 billion cells, so all places are looked at before it does.
    Cells are found as tags of the usual form; a part with a tag of another form or encoding is not read at all.
    A sheet of choices may be longer than a table, if it is as much narrower: what is laid out is bounded.
    """
    if b"<!DOCTYPE" in data or b"\x00" in data:
        raise errors.unreadable("XLSX", "a document type or an unusual encoding")
    most_tags = max((most_rows + 1) * (MOST_COLUMNS + 1), 4 * MOST_LISTED)
    number = last_row = last_column = 0
    for number, tag in enumerate(_WHOLE_TAG.finditer(data), start=1):
        if number > most_tags:
            raise errors.too_many(most_rows)
        for place in _PLACE.findall(tag[1]):
            column, row = _place(place)
            if row > max(most_rows, MOST_LISTED) + 1:
                raise errors.too_many(most_rows)
            if column > MOST_COLUMNS:
                raise errors.unreadable("XLSX", f"more than {MOST_COLUMNS} columns")
            last_row, last_column = max(last_row, row), max(last_column, column)
    if last_row * last_column > most_tags:
        raise errors.too_many(most_rows)
    if number != sum(1 for _ in _TAG.finditer(data)):
        raise errors.unreadable("XLSX", "a cell of unusual form")


def _readable(cell: re.Match[bytes]) -> bytes:
    """A cell as it is, or a marked one: for the reader a formula without its result and an error are empty cells."""
    prefix, attributes, content = cell.groups()
    kind = _KIND.search(attributes)
    is_error = kind is not None and kind[1] == b"e"
    # A formula that results in an empty text says so: it is a text (`str`) without a value.
    is_empty = kind is not None and kind[1] == b"str"
    if not is_error and (is_empty or _VALUE.search(content) or not _FORMULA.search(content)):
        return cell[0]
    mark = b"<%bis><%bt>&#x%x;</%bt></%bis>" % (prefix, prefix, ord(_UNREAD), prefix, prefix)
    return b'<%bc%b t="inlineStr">%b</%bc>' % (prefix, _KIND.sub(b"", attributes), mark, prefix)


def _is_number(cell: object) -> bool:
    return isinstance(cell, Real) and not isinstance(cell, bool)


def _place(reference: bytes) -> tuple[int, int]:
    """`C7` → (3, 7), and a row's `7` → (0, 7)."""
    found = _REFERENCE.fullmatch(reference)
    if found is None:
        raise errors.unreadable("XLSX", "a cell without a place")
    return _column(found[1]), int(found[2])


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number


def _text(cell: object) -> str:
    """A cell as text; a whole number has no `.0`, because a workbook knows no other numbers than fractions."""
    if isinstance(cell, str):
        return "" if cell == _UNREAD else as_meant(cell)
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, datetime):
        return cell.date().isoformat() if (cell.hour, cell.minute, cell.second) == (0, 0, 0) else cell.isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, Real):
        return decimal_text(Decimal(repr(cell))).removesuffix(".0")
    return "" if cell is None else str(cell)
