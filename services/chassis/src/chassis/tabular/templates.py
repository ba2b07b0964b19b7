"""Workbooks for people to fill in: templates with drop-downs, and files that come back with failed rows marked."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Mapping, Sequence
from tempfile import TemporaryFile
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from chassis.errors import Violation
from chassis.http.language import CHINESE
from chassis.tabular.checking import RefusedRow
from chassis.tabular.headings import REFUSED_BECAUSE, heading
from chassis.tabular.reading import read_table
from chassis.tabular.writing import CHUNK, harmless

ROW, CELL = PatternFill("solid", fgColor="FFF2CC"), PatternFill("solid", fgColor="F4B084")
"""Of a failed row, and of the cell that is wrong."""
WIDTH = 20


def template(columns: Sequence[str], choices: Mapping[str, Sequence[str]], most_rows: int, language: str) -> bytes:
    """An empty table with headings in one language; a column in `choices` has a drop-down in its `most_rows` rows.

    The choices stand on a second sheet: a list inside a cell ends at 255 letters. Other values may be typed in, the
    import judges them; at most `most_rows` choices are offered, as the import reads no longer sheet.
    """
    workbook = Workbook()
    sheet, lists = workbook.worksheets[0], workbook.create_sheet("lists")
    lists.sheet_state = "hidden"
    for place, column in enumerate(columns, start=1):
        letter = get_column_letter(place)
        sheet.cell(1, place, heading((column,), language)).font = Font(bold=True)
        sheet.column_dimensions[letter].width = WIDTH
        sheet.column_dimensions[letter].number_format = "@"  # 01090001 stays a text
        values = [harmless(one) for one in choices.get(column, ())][:most_rows]
        if not values:
            continue
        for row, value in enumerate(values, start=1):
            lists.cell(row, place, value)
        offered = DataValidation("list", formula1=f"lists!${letter}$1:${letter}${len(values)}", showErrorMessage=False)
        offered.add(f"{letter}2:{letter}{most_rows + 1}")
        sheet.add_data_validation(offered)
    sheet.freeze_panes = "A2"
    target = io.BytesIO()
    workbook.save(target)
    return target.getvalue()


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
    workbook = Workbook(write_only=True)
    sheet = workbook.create_sheet("Sheet1")
    sheet.append([heading((name,), language) for name in (*names, REFUSED_BECAUSE)])
    for row in rows:
        cells = [row.cells[name] for name in names] if row.fits else list(row.misfits)
        violations = faults.get(row.number, ())
        wrong = {one.pointer for one in violations}
        # A row with too many cells keeps them all; its reason stands behind the last one.
        texts = [*cells, *[""] * (len(names) - len(cells)), _why(violations, language)]
        places = dict(zip(range(len(texts)), names, strict=False))
        sheet.append(
            [_cell(sheet, text, places.get(place) in wrong, bool(violations)) for place, text in enumerate(texts)]
        )
    with TemporaryFile() as file:
        workbook.save(file)
        file.seek(0)
        while chunk := file.read(CHUNK):
            yield chunk


def _cell(sheet: Any, text: str, is_wrong: bool, in_failed_row: bool) -> object:
    if not in_failed_row:
        return harmless(text)
    cell = WriteOnlyCell(sheet, harmless(text))
    cell.fill = CELL if is_wrong else ROW
    return cell


def _why(violations: Sequence[Violation], language: str) -> str:
    texts = [(one.zh if language == CHINESE else one.en, heading((one.pointer,), language)) for one in violations]
    return "; ".join(f"{column}: {text}" for text, column in texts)
