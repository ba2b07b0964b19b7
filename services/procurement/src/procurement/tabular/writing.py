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
from tempfile import TemporaryFile

from openpyxl import Workbook

from chassis.values import decimal_text

Cell = str | Decimal | int | date | None
"""What may stand in a cell: numbers stay numbers, None is empty."""

_FORMULA = re.compile(r"'*[=+\-@\t\r\n＝＋－＠]")  # also full-width, which some programs take for the same
_MEANT = re.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
_NOT_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
CHUNK = 64 * 1024


def harmless(text: str) -> str:
    """A text that no spreadsheet program computes."""
    return f"'{text}" if _FORMULA.match(text) else text


def as_meant(text: str) -> str:
    """What `harmless` was given."""
    return text[1:] if _MEANT.match(text) else text


def write_csv(columns: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[bytes]:
    """CSV in UTF-8 with a byte order mark (Excel needs it for Chinese), in chunks."""
    buffer = io.StringIO()
    buffer.write("\ufeff")
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    for row in rows:
        writer.writerow([_plain(cell) for cell in row])
        if buffer.tell() > CHUNK:
            yield buffer.getvalue().encode()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue().encode()


def write_xlsx(columns: Sequence[str], rows: Iterable[Sequence[Cell]], *, title: str = "Sheet1") -> Iterator[bytes]:
    """A workbook of one sheet, in chunks; rows go to disk while they come, so that memory does not grow with them."""
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet(title)
    sheet.append(list(columns))
    for row in rows:
        sheet.append([_kept(cell) for cell in row])
    with TemporaryFile() as file:
        workbook.save(file)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


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
