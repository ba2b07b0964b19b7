"""Checking the rows of a table column by column: good ones go on, bad ones come back with column and reason."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from chassis.errors import Violation
from chassis.http.faults import violation
from chassis.tabular.reading import TableRow

M = TypeVar("M", bound=BaseModel)

LONGEST_TEXT = 500
MISFIT = Violation("row", "WRONG_NUMBER_OF_CELLS", zh="单元格数量与表头不符", en="not as many cells as the header")
_DAY = re.compile(r"([0-9]{4})[-/.年]([0-9]{1,2})[-/.月]([0-9]{1,2})日?")
_ISO_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BETWEEN = " | "
_NUMBER = {"zh": "须为数字,例如 12.50", "en": "a number is needed, e.g. 12.50"}
_UNREAD = (
    "CELL_WITHOUT_VALUE",
    "公式没有结果或出错,请填写数值",
    "a formula without its result, or an error: type it in",
)
_NUMBER_CELL = (
    "NUMBER_CELL",
    "该列须为文本单元格:数字单元格会丢失位数,请设为文本后重新填写",
    "a text cell is needed: a number cell loses digits; format it as text and type it anew",
)
_NO_DAY = ("DATE_PARSING", "应为日期,例如 2026-01-05", "a day is needed, e.g. 2026-01-05")
TEXT = ("TEXT_INVALID", "内容过长或含控制字符", "too long or with control characters")
NAME = ("NAME_INVALID", "名称须为 1 至 200 个字符", "the name must have 1 to 200 characters")


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be taken, and why; a violation's pointer is the column."""

    row: int
    code: str
    violations: tuple[Violation, ...]


@dataclass(frozen=True, slots=True)
class Check:
    """What a good cell of a column is, and what is said of another one."""

    column: str
    code: str
    zh: str
    en: str
    is_good: Callable[[str], bool]


def split_rows(
    records: Iterable[TableRow], keys: Sequence[str], checks: Sequence[Check]
) -> tuple[list[TableRow], list[RefusedRow]]:
    """Good rows and refused ones; of rows with the same cells in the columns `keys` the first is taken."""
    good: list[TableRow] = []
    refused: list[RefusedRow] = []
    seen: set[tuple[str, ...]] = set()
    for record in records:
        key = tuple(record.cells.get(column, "") for column in keys)
        violations = _faults(record, checks)
        if record.fits and key in seen:
            violations.append(Violation(keys[0], "CODE_TWICE", zh="在文件中重复", en="it stands in the file twice"))
        if violations:
            refused.append(RefusedRow(record.number, "/".join(key)[:64], tuple(violations)))
            continue
        seen.add(key)
        good.append(record)
    return good, refused


def as_model(model: type[M], cells: Mapping[str, object]) -> tuple[M | None, list[Violation]]:
    """The cells of a row as a request's model takes them, or what it refuses, by column; an empty cell is absent."""
    given = {name: cell for name, cell in cells.items() if cell != ""}
    try:
        return model.model_validate(given), []
    except ValidationError as refusal:
        found = [violation({**one, "loc": ("body", *one["loc"])}, given) for one in refusal.errors()]
    faults = [replace(one, pointer=one.pointer.removeprefix("/")) for one in found]
    return None, [replace(one, **_NUMBER) if one.code == "DECIMAL_STRING" else one for one in faults]


def cell_faults(record: TableRow, *, texts: Iterable[str] = (), days: Iterable[str] = ()) -> list[Violation]:
    """What is wrong with cells whatever they mean: MISFIT, CELL_WITHOUT_VALUE, NUMBER_CELL, DATE_PARSING.

    In `texts` stand long numbers that a number cell would cut; in `days` days, as `as_day` reads them. A number is no
    day here: without its format nobody can say which one it is.
    """
    if not record.fits:
        return [MISFIT]
    found = [(column, _UNREAD) for column in sorted(record.unread)]
    found += [(column, _NUMBER_CELL) for column in texts if column in record.numbers]
    for column in days:
        cell = as_day(record.cells.get(column, "").strip())
        if cell and not _ISO_DAY.fullmatch(cell):
            found.append((column, _NO_DAY))
    return [Violation(column, code, zh=zh, en=en) for column, (code, zh, en) in found]


def labelled(code: str, *texts: str) -> str:
    """A choice of a drop-down that says what its code means: `01090001 | 圆钢 HPB300 φ8`."""
    said = " ".join(text for text in texts if text).replace("|", "/")
    return f"{code}{_BETWEEN}{said}" if said else code


def readings(cell: str) -> tuple[str, ...]:
    """What may be the code in a cell: all of it, or what stands in front of the text of a choice."""
    code, between, _ = cell.rpartition(_BETWEEN)
    return (cell, code) if between else (cell,)


def as_day(cell: str) -> str:
    """A day as people type it (2026/1/5, 2026年1月5日) as ISO 8601; anything else as it is."""
    found = _DAY.fullmatch(cell)
    return cell if found is None else f"{found[1]}-{found[2]:0>2}-{found[3]:0>2}"


def of_rows(refused: Iterable[RefusedRow]) -> list[Violation]:
    """The faults of rows as those of one request: `/rows/{row}/{column}`."""
    return [replace(one, pointer=f"/rows/{row.row}/{one.pointer}") for row in refused for one in row.violations]


def is_text(cell: str) -> bool:
    """Whether a cell is a text that may stand beside a name: not too long, no control characters."""
    return len(cell) <= LONGEST_TEXT and cell.isprintable()


def is_name(cell: str) -> bool:
    """Whether a cell is a name of something."""
    return 1 <= len(cell.strip()) <= 200 and cell.isprintable()


def _faults(record: TableRow, checks: Sequence[Check]) -> list[Violation]:
    """What is wrong with a row; a column that this kind of file does not have is not looked at."""
    if not record.fits:
        return [MISFIT]
    return [
        Violation(check.column, check.code, zh=check.zh, en=check.en)
        for check in checks
        if check.column in record.cells and not check.is_good(record.cells[check.column])
    ]
