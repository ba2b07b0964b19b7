"""Writing tables that somebody will open in a spreadsheet program: streaming, and never a formula.

A text that begins with one of `= + - @`, tab or a line end would be computed when the file is opened (CSV
injection, OWASP). It gets an apostrophe in front, which `as_meant` takes off again when the file comes back.
"""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from itertools import islice
from tempfile import TemporaryFile
from typing import IO, Self

from openpyxl import Workbook

from chassis.values import decimal_text

Cell = str | Decimal | int | date | None
"""What may stand in a cell: numbers stay numbers, None is empty."""

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # also full-width, which some programs take for the same
_MEANT = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
CHUNK = 64 * 1024
ROWS_AT_ONCE = 500


def harmless(text: str) -> str:
    """A text that no spreadsheet program computes."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_meant(text: str) -> str:
    """What `harmless` was given."""
    return text[1:] if _MEANT.match(text) else text


BOM = "\ufeff".encode()
"""In front of a CSV file: Excel needs it for Chinese."""


def csv_lines(rows: Iterable[Sequence[Cell]]) -> bytes:
    """Rows as a part of a CSV file in UTF-8."""
    buffer = io.StringIO()
    csv.writer(buffer, lineterminator="\r\n").writerows([_plain(cell) for cell in row] for row in rows)
    return buffer.getvalue().encode()


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """CSV in UTF-8 with a byte order mark, in chunks."""
    yield BOM + csv_lines([columns])
    left = iter(rows)
    while part := list(islice(left, ROWS_AT_ONCE)):
        yield csv_lines(part)


class XlsxFile:
    """A workbook of one sheet that is written while its rows come: they go to disk, so that memory does not grow.

    Used as a context: whoever leaves it without `chunks` leaves nothing on the disk.
    """

    def __init__(self, columns: Sequence[str], *, title: str = "Sheet1") -> None:
        self._workbook = Workbook(write_only=True)
        self._sheet = self._workbook.create_sheet(title)
        self._saved = False
        self.add([columns])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if not self._saved:
            with TemporaryFile() as file:
                self._save(file)  # this is how openpyxl lets go of its own file

    def _save(self, file: IO[bytes]) -> None:
        self._saved = True
        self._workbook.save(file)

    def add(self, rows: Iterable[Sequence[Cell]]) -> None:
        """More rows."""
        for row in rows:
            self._sheet.append([_kept(cell) for cell in row])

    def chunks(self) -> Iterator[bytes]:
        """The whole file; nothing can be added any more."""
        with TemporaryFile() as file:
            self._save(file)
            file.seek(0)
            while chunk := file.read(CHUNK):
                yield chunk


def write_xlsx(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str = "Sheet1") -> Iterator[bytes]:
    """A workbook of one sheet, in chunks."""
    with XlsxFile(columns, title=title) as file:
        file.add(rows)
        yield from file.chunks()


def _plain(cell: Cell) -> str:
    if isinstance(cell, str):
        return harmless(cell)
    if isinstance(cell, Decimal):
        return decimal_text(cell)
    if isinstance(cell, date):
        return cell.isoformat()
    return "" if cell is None else str(cell)


def _kept(cell: Cell) -> Cell:
    if not isinstance(cell, str):
        return cell
    # XML has one line end only, and no control characters.
    return harmless(_NOT_XML.sub("\ufffd", cell.replace("\r\n", "\n").replace("\r", "\n")))
