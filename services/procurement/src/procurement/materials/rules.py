"""Reading a catalogue file; pure."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

from chassis.errors import Violation
from procurement.materials import errors

COLUMNS = ("code", "name_zh", "name_en", "specification", "units", "retired")
MOST_ROWS = 5_000
LONGEST_TEXT = 500
_CODE = re.compile(r"[0-9]{8}")
_UNIT = re.compile(r"[^\s|\x00-\x1f]{1,16}")
_YES_NO = {"": False, "no": False, "yes": True}


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One material as a file says it; `row` counts from 0 below the header."""

    row: int
    code: str
    name_zh: str
    name_en: str
    specification: str
    units: tuple[str, ...]
    retired: bool


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """A row that cannot be taken, and why; a violation's pointer is the column."""

    row: int
    code: str
    violations: tuple[Violation, ...]


def read_catalogue(content: bytes) -> tuple[list[CatalogueRow], list[RefusedRow]]:
    """CSV in UTF-8 (a byte order mark is taken) with the columns COLUMNS in any order → good rows, refused rows.

    `units` holds the units separated by `|`; `retired` is `yes`, `no` or empty. MalformedRequest CSV_UNREADABLE when
    it is no such file, PayloadTooLarge TOO_MANY_ROWS beyond 5,000 rows.
    """
    try:
        text = content.decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        header = reader.fieldnames or []
        if sorted(header) != sorted(COLUMNS):
            raise errors.unreadable(f"columns must be {','.join(COLUMNS)}")
        records = list(islice(reader, MOST_ROWS + 1))
        if len(records) > MOST_ROWS:
            raise errors.too_many(MOST_ROWS)
    except (UnicodeDecodeError, csv.Error) as error:
        raise errors.unreadable(str(error)) from None
    return _checked(records)


def _checked(records: list[dict[str, str]]) -> tuple[list[CatalogueRow], list[RefusedRow]]:
    good: list[CatalogueRow] = []
    refused: list[RefusedRow] = []
    seen: set[str] = set()
    for row, record in enumerate(records):
        violations = _faults(record, seen)
        code = record.get("code") or ""
        if violations:
            refused.append(RefusedRow(row, code[:64], tuple(violations)))
            continue
        seen.add(code)
        good.append(
            CatalogueRow(
                row,
                code,
                record["name_zh"].strip(),
                record["name_en"].strip(),
                record["specification"].strip(),
                tuple(dict.fromkeys(record["units"].split("|"))),
                _YES_NO[record["retired"].lower()],
            )
        )
    return good, refused


# (column, code, zh, en, what a good cell is)
_CHECKS: tuple[tuple[str, str, str, str, Callable[[str], bool]], ...] = (
    (
        "code",
        "CODE_INVALID",
        "编码须为 8 位数字(GB/T 50851)",
        "the code must be 8 digits (GB/T 50851)",
        lambda cell: _CODE.fullmatch(cell) is not None,
    ),
    (
        "name_zh",
        "NAME_INVALID",
        "名称须为 1 至 200 个字符",
        "the name must have 1 to 200 characters",
        lambda cell: 1 <= len(cell.strip()) <= 200 and cell.isprintable(),
    ),
    (
        "name_en",
        "TEXT_INVALID",
        "内容过长或含控制字符",
        "too long or with control characters",
        lambda cell: _is_text(cell),
    ),
    (
        "specification",
        "TEXT_INVALID",
        "内容过长或含控制字符",
        "too long or with control characters",
        lambda cell: _is_text(cell),
    ),
    (
        "units",
        "UNIT_INVALID",
        "计量单位无效,多个单位以 | 分隔",
        "no valid units; several are separated by |",
        lambda cell: all(_UNIT.fullmatch(unit) for unit in cell.split("|")),
    ),
    ("retired", "YES_OR_NO", "须为 yes 或 no", "must be yes or no", lambda cell: cell.lower() in _YES_NO),
)


def _is_text(cell: str) -> bool:
    return len(cell) <= LONGEST_TEXT and cell.isprintable()


def _faults(record: dict[str, str], seen: set[str]) -> list[Violation]:
    if None in record or None in record.values():
        return [
            Violation("row", "WRONG_NUMBER_OF_CELLS", zh="单元格数量与表头不符", en="not as many cells as the header")
        ]
    faults = [
        Violation(column, code, zh=zh, en=en)
        for column, code, zh, en, is_good in _CHECKS
        if not is_good(record[column])
    ]
    if record["code"] in seen:
        faults.append(Violation("code", "CODE_TWICE", zh="编码在文件中重复", en="the code stands in the file twice"))
    return faults
