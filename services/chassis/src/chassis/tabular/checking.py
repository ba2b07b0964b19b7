"""Checking the rows of a table column by column: good ones go on, bad ones come back with column and reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from chassis.errors import Violation
from chassis.tabular.reading import TableRow

LONGEST_TEXT = 500
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


def is_text(cell: str) -> bool:
    """Whether a cell is a text that may stand beside a name: not too long, no control characters."""
    return len(cell) <= LONGEST_TEXT and cell.isprintable()


def is_name(cell: str) -> bool:
    """Whether a cell is a name of something."""
    return 1 <= len(cell.strip()) <= 200 and cell.isprintable()


def _faults(record: TableRow, checks: Sequence[Check]) -> list[Violation]:
    """What is wrong with a row; a column that this kind of file does not have is not looked at."""
    if not record.fits:
        return [
            Violation("row", "WRONG_NUMBER_OF_CELLS", zh="单元格数量与表头不符", en="not as many cells as the header")
        ]
    return [
        Violation(check.column, check.code, zh=check.zh, en=check.en)
        for check in checks
        if check.column in record.cells and not check.is_good(record.cells[check.column])
    ]
