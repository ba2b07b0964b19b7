"""Workbooks for people to fill in: templates with drop-downs, and files that come back with failed rows marked."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from openpyxl import Workbook
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet._writer import WorksheetWriter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.writer.excel import ExcelWriter

from chassis.errors import Violation
from chassis.http.language import CHINESE
from chassis.tabular.checking import RefusedRow
from chassis.tabular.headings import REFUSED_BECAUSE, heading
from chassis.tabular.reading import MOST_LISTED, read_table
from chassis.tabular.writing import harmless

ROW, CELL = PatternFill("solid", fgColor="FFF2CC"), PatternFill("solid", fgColor="F4B084")
"""Of a failed row, and of the cell that is wrong."""
GIVEN = PatternFill("solid", fgColor="E7E6E6")
"""Of a cell that is filled in already and is not to be changed."""
WIDTH = 20


def template(
    columns: Sequence[str],
    choices: Mapping[str, Sequence[str]],
    most_rows: int,
    language: str,
    *,
    rows: Iterable[Mapping[str, str]] = (),
) -> bytes:
    """A table to fill in, headings in one language; a column in `choices` has a drop-down in its `most_rows` rows.

    The choices stand on a second sheet: a list inside a cell ends at 255 letters. Other values may be typed in, the
    import judges them; at most MOST_LISTED choices of a column are offered, as the import reads no longer sheet.
    `rows`: what is given, by column; those cells are grey.
    """
    workbook = Workbook()
    sheet, lists = workbook.worksheets[0], workbook.create_sheet("lists")
    lists.sheet_state = "hidden"
    for place, column in enumerate(columns, start=1):
        sheet.cell(1, place, heading((column,), language)).font = Font(bold=True)
        sheet.column_dimensions[get_column_letter(place)].width = WIDTH
        sheet.column_dimensions[get_column_letter(place)].number_format = "@"  # 01090001 stays a text
        values = [harmless(one) for one in choices.get(column, ())][:MOST_LISTED]
        if values:
            _offer(sheet, lists, get_column_letter(place), values, most_rows)
    for number, row in enumerate(rows, start=2):
        for place, column in enumerate(columns, start=1):
            cell = sheet.cell(number, place, harmless(row.get(column, "")) or None)
            cell.number_format = "@"
            if column in row:
                cell.fill = GIVEN
    sheet.freeze_panes = "A2"
    return _saved(workbook)


def _offer(sheet: Any, lists: Any, letter: str, values: Sequence[str], most_rows: int) -> None:
    # Lists stand side by side from the first column on: far to the right, a long one would be much to lay out.
    place = 1 if lists.max_row == 1 and lists["A1"].value is None else lists.max_column + 1
    for row, value in enumerate(values, start=1):
        lists.cell(row, place, value)
    there = get_column_letter(place)
    offered = DataValidation("list", formula1=f"lists!${there}$1:${there}${len(values)}", showErrorMessage=False)
    offered.add(f"{letter}2:{letter}{most_rows + 1}")
    sheet.add_data_validation(offered)


def marked(
    content: bytes,
    media_type: str,
    columns: Sequence[str],
    most_rows: int,
    refused: Iterable[RefusedRow],
    language: str,
    *,
    optional: Sequence[str] = (),
) -> Iterator[bytes]:
    """The same table as a workbook, row by row: refused rows are coloured and say why in a last column.

    Corrected, it can be imported as it is. Raises what `read_table` raises.
    """
    rows = read_table(content, media_type, columns, most_rows, optional=optional)
    faults = {one.row: one.violations for one in refused}
    names = (*columns, *optional)
    workbook = Workbook()
    sheet = workbook.worksheets[0]
    sheet.append([heading((name,), language) for name in (*names, REFUSED_BECAUSE)])
    for number, row in enumerate(rows, start=2):
        cells = [row.cells[name] for name in names] if row.fits else list(row.misfits)
        violations = faults.get(row.number, ())
        wrong = {one.pointer for one in violations}
        # A row with too many cells keeps them all; its reason stands behind the last one.
        texts = [*cells, *[""] * (len(names) - len(cells)), _why(violations, language)]
        places = dict(zip(range(len(texts)), names, strict=False))
        for place, text in enumerate(texts):
            cell = sheet.cell(number, place + 1, harmless(text))
            if violations:
                cell.fill = CELL if places.get(place) in wrong else ROW
    yield _saved(workbook)


class _InMemory(ExcelWriter):
    """openpyxl lays each sheet on the disk before it packs it: a supplier's prices must not come to lie there."""

    def __init__(self, workbook: Workbook, target: io.BytesIO) -> None:
        self._packed = ZipFile(target, "w", ZIP_DEFLATED, allowZip64=True)
        super().__init__(workbook, self._packed)

    def write_worksheet(self, ws: Any) -> None:
        """One sheet, straight into the archive."""
        sheet = io.BytesIO()
        writer = WorksheetWriter(ws, sheet)
        writer.write()
        self._packed.writestr(ws.path[1:], sheet.getvalue())
        self.manifest.append(ws)


def _saved(workbook: Workbook) -> bytes:
    target = io.BytesIO()
    _InMemory(workbook, target).save()
    return target.getvalue()


def _why(violations: Sequence[Violation], language: str) -> str:
    texts = [(one.zh if language == CHINESE else one.en, heading((one.pointer,), language)) for one in violations]
    return "; ".join(f"{column}: {text}" for text, column in texts)
