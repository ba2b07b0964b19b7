"""Allowances and deductions as a workbook: the sheet's workers to fill in, taken whole or not at all.

The template names the sheet's version: a file that was filled in before the sheet changed, or that is sent twice, is
refused as the request with an old If-Match is.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from uuid import UUID

from chassis.errors import Violation, invalid
from chassis.http.language import CHINESE
from chassis.tabular import TableRow, read_table
from chassis.tabular.checking import RefusedRow, as_model, cell_faults, labelled, of_rows, readings
from chassis.tabular.templates import marked, template
from chassis.values import decimal_text
from chassis.work import Work, check_version
from labour import permissions
from labour.assignments.errors import NAME_DIFFERS
from labour.payroll_files import errors
from labour.payrolls import repository, rulebook
from labour.payrolls.commands.items import NewItem, add_items, judge_items
from labour.payrolls.models import Payroll
from labour.payrolls.schemas import ItemIn
from labour.payrolls.service import Verb, demand
from labour.payrolls.states import Action

COLUMNS = ("line_id", "kind", "amount")
OPTIONAL = ("version", "worker_name", "net", "note")
SHOWN = ("version", "line_id", "worker_name", "net", "kind", "amount", "note")
FILLED = ("kind", "amount", "note")
MOST_ROWS = 10_000
"""Two items for each of 5,000 workers."""


@dataclass(frozen=True, slots=True)
class ItemSheet:
    """A file with items for the payroll that `verb` names."""

    verb: Verb
    content: bytes
    media_type: str


@dataclass(frozen=True, slots=True)
class Imported:
    """How many items a file adds (or would add), and the sheet as it stands after it."""

    items: int
    dry_run: bool
    payroll: Payroll

    @property
    def version(self) -> int:
        """Of the payroll, for the entity tag."""
        return self.payroll.version


@dataclass(slots=True)
class _Row:
    number: int
    faults: list[Violation] = field(default_factory=list)
    name: str = ""
    version: int | None = None
    item: NewItem | None = None


async def blank(work: Work, payroll_id: UUID, language: str) -> Iterable[bytes]:
    """A row for each worker of one's own sheet; whoever gets nothing beside his wage is left as he is.

    NotFound PAYROLL_NOT_FOUND, PermissionDenied OTHER_SIDE, FailedPrecondition INVALID_STATE.
    """
    work.require(permissions.PAYROLLS_DRAFT)
    async with work.reading() as session:
        payroll = await repository.get(session, work.principal, work.today, payroll_id)
        lines = await repository.lines(session, payroll_id, None, lock=False)
    demand(work, payroll, Verb(payroll_id, None), Action.REVISE)
    kinds = rulebook.rules().kinds.values()
    choices = {"kind": [labelled(one.code, one.zh if language == CHINESE else one.en) for one in kinds]}
    rows = [
        {
            "version": str(payroll.version),
            "line_id": str(one.id),
            "worker_name": one.worker_name,
            "net": decimal_text(one.net),
        }
        for one in sorted(lines, key=lambda one: (one.worker_name, one.id))
    ]
    return [await asyncio.to_thread(template, SHOWN, choices, MOST_ROWS, language, rows=rows)]


async def check(work: Work, sheet: ItemSheet, language: str) -> Iterable[bytes]:
    """The same file as a workbook with its failed rows coloured and the reasons in a last column."""
    rows, _ = await _judged(work, sheet)
    return marked(sheet.content, sheet.media_type, COLUMNS, MOST_ROWS, _refused(rows), language, optional=OPTIONAL)


async def import_rows(work: Work, sheet: ItemSheet, *, dry_run: bool) -> Imported:
    """Add the items of a file as `add_items`; InvalidArgument with every fault of every row, NO_ROWS without any.

    With `dry_run` nothing is written. Aborted VERSION_MISMATCH when the sheet has changed since the template.
    """
    rows, payroll = await _judged(work, sheet)
    refused = _refused(rows)
    if refused:
        raise invalid(*of_rows(refused))
    items = [row.item for row in rows if row.item is not None]
    if not items:
        raise invalid(errors.NO_ROWS)
    if dry_run:
        return Imported(len(items), dry_run, payroll)
    # The version that was judged: what changes it in between is refused when the sheet is locked.
    verb = replace(sheet.verb, expected_version=_version(rows, sheet.verb.expected_version))
    return Imported(len(items), dry_run, await add_items(work, verb, items))


async def _judged(work: Work, sheet: ItemSheet) -> tuple[list[_Row], Payroll]:
    work.require(permissions.PAYROLLS_DRAFT)
    async with work.reading() as session:  # before the file: whose sheet it is not learns nothing by its faults
        await repository.get(session, work.principal, work.today, sheet.verb.payroll_id)
    rows = await asyncio.to_thread(_rows, sheet.content, sheet.media_type)
    good = [row for row in rows if row.item is not None and not row.faults]
    judged = await judge_items(work, sheet.verb, [row.item for row in good if row.item is not None])
    check_version(judged.payroll, _version(rows, None))
    for fault in judged.faults:
        _, _, index, column = fault.pointer.split("/")
        good[int(index)].faults.append(replace(fault, pointer=column))
    for row in good:
        line = judged.lines.get(row.item.line_id) if row.item is not None else None
        if line is not None and row.name and row.name != line.worker_name:
            row.faults.append(NAME_DIFFERS)
    return rows, judged.payroll


def _version(rows: Sequence[_Row], otherwise: int | None) -> int | None:
    return next((row.version for row in rows if row.version is not None), otherwise)


def _rows(content: bytes, media_type: str) -> list[_Row]:
    meanings = {text: kind.code for kind in rulebook.rules().kinds.values() for text in (kind.code, kind.zh, kind.en)}
    found = [
        _row(record, meanings) for record in read_table(content, media_type, COLUMNS, MOST_ROWS, optional=OPTIONAL)
    ]
    rows = [row for row in found if row is not None]
    version = _version(rows, None)
    seen: set[NewItem] = set()
    for row in rows:
        if row.version not in (None, version):
            row.faults.append(errors.VERSION_DIFFERS)
        if row.item is not None and row.item in seen:
            code, zh, en = errors.ROW_TWICE
            row.faults.append(Violation("kind", code, zh, en))
        if row.item is not None:
            seen.add(row.item)
    return rows


def _row(record: TableRow, meanings: dict[str, str]) -> _Row | None:
    """A row; None when nothing is filled in beside what the template gives."""
    row = _Row(record.number, cell_faults(record))
    if not record.fits:
        return row
    cells = {column: cell.strip() for column, cell in record.cells.items()}
    if not any(cells[column] for column in FILLED) and not row.faults:
        return None
    row.name, version, _ = cells.pop("worker_name"), cells.pop("version"), cells.pop("net")
    if version:
        row.version = int(version) if version.isascii() and version.isdigit() and len(version) < 10 else None
        row.faults += [errors.VERSION_UNREADABLE] if row.version is None else []
    if cells["kind"]:
        meant = next((meanings[text] for text in readings(cells["kind"]) if text in meanings), None)
        row.faults += [errors.KIND_UNKNOWN] if meant is None else []
        cells["kind"] = meant or "unknown"
    given, refused = as_model(ItemIn, cells)
    told = {one.pointer for one in row.faults}
    row.faults += [one for one in refused if one.pointer not in told]
    row.item = given.item() if given is not None and not row.faults else None
    return row


def _refused(rows: Sequence[_Row]) -> list[RefusedRow]:
    return [RefusedRow(row.number, "", tuple(row.faults)) for row in rows if row.faults]
