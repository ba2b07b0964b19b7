"""Checking own codes; pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from chassis.errors import Violation
from chassis.tabular.checking import RefusedRow, is_text

LONGEST_CODE = 64
_CODE = ("OWN_CODE_INVALID", "编码须为 1 至 64 个可见字符", "the code must have 1 to 64 printable characters")


@dataclass(frozen=True, slots=True)
class OwnCode:
    """A row of a batch; `row` counts from 0."""

    row: int
    own_code: str
    material_code: str
    name: str


def judged(rows: Iterable[OwnCode], catalogue: Collection[str]) -> tuple[list[OwnCode], list[RefusedRow]]:
    """Good rows and refused ones: OWN_CODE_INVALID, OWN_CODE_TWICE, MATERIAL_NOT_FOUND, TEXT_INVALID."""
    good: list[OwnCode] = []
    refused: list[RefusedRow] = []
    seen: set[str] = set()
    for row in rows:
        faults = list(_faults(row, catalogue, seen))
        if faults:
            refused.append(RefusedRow(row.row, row.own_code[:LONGEST_CODE], tuple(faults)))
            continue
        seen.add(row.own_code)
        good.append(row)
    return good, refused


def _faults(row: OwnCode, catalogue: Collection[str], seen: Collection[str]) -> Iterable[Violation]:
    code = row.own_code
    if not (0 < len(code) <= LONGEST_CODE and code.isprintable() and code == code.strip()):
        yield Violation("/own_code", *_CODE)
    if code in seen:
        yield Violation("/own_code", "OWN_CODE_TWICE", "编码在本批中重复", "the code stands in the batch twice")
    if row.material_code not in catalogue:
        yield Violation("/material_code", "MATERIAL_NOT_FOUND", "材料目录中没有该编码", "no such material")
    if not is_text(row.name):
        yield Violation("/name", "TEXT_INVALID", "内容过长或含控制字符", "too long or with control characters")
