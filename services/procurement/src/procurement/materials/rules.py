"""Reading a catalogue file, and what it changes; pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from chassis.tabular import CSV, TableRow, read_table
from chassis.tabular.checking import NAME, TEXT, Check, RefusedRow, is_name, is_text, split_rows
from procurement.materials import exchange
from procurement.materials.models import CostType

COLUMNS = ("code", "name_zh", "name_en", "specification", "units", "retired")
OPTIONAL = ("cost_type",)
BRANCH_COLUMNS = ("code", "name_zh", "name_en")
MOST_ROWS = 5_000
_CODE = re.compile(r"[0-9]{8}")
_BRANCH = re.compile(r"(?:[0-9]{2}){1,2}")
_UNIT = re.compile(r"[^\s|\x00-\x1f]{1,16}")
_YES_NO = {"": False, "no": False, "yes": True}
_COST_TYPES = {"": CostType.MATERIAL} | {one.value: one for one in CostType}


@dataclass(frozen=True, slots=True)
class MaterialFields:
    """What the catalogue says of a material beside its code; units in the order of their names."""

    name_zh: str
    name_en: str
    specification: str
    cost_type: CostType
    units: tuple[str, ...]
    retired: bool


@dataclass(frozen=True, slots=True)
class CatalogueRow:
    """One material as a file says it; `row` counts from 0 below the header."""

    row: int
    code: str
    fields: MaterialFields


@dataclass(frozen=True, slots=True)
class BranchRow:
    """One class of the catalogue as a file says it."""

    row: int
    code: str
    name_zh: str
    name_en: str


def read_catalogue(content: bytes, media_type: str = CSV) -> tuple[list[CatalogueRow], list[RefusedRow]]:
    """A catalogue file (CSV, XLSX with the columns COLUMNS, or XML) → good rows, refused rows.

    `units` holds the units separated by `|`; `retired` is `yes`, `no` or empty; `cost_type` may be left out. Raises
    what `read_table` and `exchange.read` raise; beyond 5,000 rows PayloadTooLarge TOO_MANY_ROWS.
    """
    if media_type == exchange.XML:
        records = [_record(item) for item in exchange.read(content, MOST_ROWS)]
    else:
        records = read_table(content, media_type, COLUMNS, MOST_ROWS, optional=OPTIONAL)
    good, refused = split_rows(records, ("code",), _CHECKS)
    return [CatalogueRow(row.number, row.cells["code"], _fields(row.cells)) for row in good], refused


def read_branches(content: bytes, media_type: str = CSV) -> tuple[list[BranchRow], list[RefusedRow]]:
    """A file (CSV, XLSX) of classes with the columns BRANCH_COLUMNS → good rows, refused rows."""
    good, refused = split_rows(read_table(content, media_type, BRANCH_COLUMNS, MOST_ROWS), ("code",), _BRANCH_CHECKS)
    return [BranchRow(row.number, **{name: cell.strip() for name, cell in row.cells.items()}) for row in good], refused


def statuses(rows: Iterable[CatalogueRow], standing: Mapping[str, MaterialFields]) -> dict[str, str]:
    """Code → created, updated or unchanged, against what stands. Units are only added: lines may point to them."""
    found = {}
    for row in rows:
        before = standing.get(row.code)
        if before is None:
            found[row.code] = "created"
            continue
        after = row.fields
        same = (before.name_zh, before.name_en, before.specification, before.cost_type, before.retired) == (
            after.name_zh,
            after.name_en,
            after.specification,
            after.cost_type,
            after.retired,
        )
        found[row.code] = "unchanged" if same and set(after.units) <= set(before.units) else "updated"
    return found


def _record(item: exchange.Item) -> TableRow:
    """An XML item as a row of the table; a price does not belong to the catalogue and is refused by its column."""
    cells = {name: getattr(item, name) for name in (*COLUMNS, *OPTIONAL, "region") if name != "units"}
    prices = item.price_with_tax or item.price_without_tax
    return TableRow(item.number, cells | {"units": "|".join(item.units), "price": prices})


def _fields(cells: Mapping[str, str]) -> MaterialFields:
    return MaterialFields(
        cells["name_zh"].strip(),
        cells["name_en"].strip(),
        cells["specification"].strip(),
        _COST_TYPES[cells["cost_type"]],
        tuple(sorted(set(cells["units"].split("|")))),
        _YES_NO[cells["retired"].lower()],
    )


def is_unit(cell: str) -> bool:
    """Whether a cell may be a unit of measure."""
    return _UNIT.fullmatch(cell) is not None


def is_material_code(cell: str) -> bool:
    """Whether a cell is an eight-digit code."""
    return _CODE.fullmatch(cell) is not None


_NO_PRICE = (
    "PRICE_IN_CATALOGUE",
    "价格请随信息价发布导入",
    "prices come in with a publication, not with the catalogue",
)
CODE_CHECK = Check(
    "code", "CODE_INVALID", "编码须为 8 位数字(GB/T 50851)", "the code must be 8 digits (GB/T 50851)", is_material_code
)
_CHECKS = (
    CODE_CHECK,
    Check("name_zh", *NAME, is_name),
    Check("name_en", *TEXT, is_text),
    Check("specification", *TEXT, is_text),
    Check(
        "units",
        "UNIT_INVALID",
        "计量单位无效,多个单位以 | 分隔",
        "no valid units; several are separated by |",
        lambda cell: all(is_unit(unit) for unit in cell.split("|")),
    ),
    Check("retired", "YES_OR_NO", "须为 yes 或 no", "must be yes or no", lambda cell: cell.lower() in _YES_NO),
    Check(
        "cost_type",
        "COST_TYPE_UNKNOWN",
        f"费用类型须为 {'、'.join(CostType)} 之一",
        f"must be one of {', '.join(CostType)}",
        lambda cell: cell in _COST_TYPES,
    ),
    Check("price", *_NO_PRICE, lambda cell: cell == ""),
    Check("region", *_NO_PRICE, lambda cell: cell == ""),
)
_BRANCH_CHECKS = (
    Check(
        "code",
        "BRANCH_INVALID",
        "类别编码须为 2 位(大类)或 4 位(中类)数字",
        "a class has 2 digits (major) or 4 (sub)",
        lambda cell: _BRANCH.fullmatch(cell) is not None,
    ),
    Check("name_zh", *NAME, is_name),
    Check("name_en", *TEXT, is_text),
)
