"""Piece records as a workbook (计件表): taken whole or not at all, and not a second time."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.errors import Violation, invalid
from chassis.tabular import TableRow, read_table
from chassis.tabular.checking import RefusedRow, as_day, as_model, cell_faults, labelled, of_rows, readings
from chassis.tabular.reading import MOST_LISTED
from chassis.tabular.templates import marked, template
from chassis.work import Work
from labour import permissions
from labour.assignments import repository as assignments
from labour.assignments.errors import NAME_DIFFERS
from labour.payroll_files import errors
from labour.payrolls import repository, rules
from labour.payrolls.commands.pieces import Pieces, record
from labour.payrolls.schemas import PieceIn

COLUMNS = ("worker_ref", "day", "quantity", "unit", "noted_by")
OPTIONAL = ("worker_name", "note")
SHOWN = ("worker_ref", "worker_name", "day", "quantity", "unit", "noted_by", "note")
MOST_ROWS = 10_000
NOBODY = UUID(int=0)


@dataclass(frozen=True, slots=True)
class PieceSheet:
    """A file with pieces of the caller's own workers on a project."""

    project_id: UUID
    content: bytes
    media_type: str


@dataclass(slots=True)
class _Row:
    number: int
    faults: list[Violation] = field(default_factory=list)
    ref: str = ""
    name: str = ""
    pieces: Pieces | None = None


async def blank(work: Work, project_id: UUID, language: str) -> Iterable[bytes]:
    """A table to fill in, with a drop-down of one's own workers on the project."""
    work.require(permissions.PIECES_RECORD)
    async with work.reading() as session:
        own = await assignments.own_people(session, work.principal, project_id, None, MOST_LISTED)
    names = permissions.WORKERS_READ.allows(work.principal)
    choices = {"worker_ref": [labelled(one.external_id, one.name if names else "") for one in own]}
    return [await asyncio.to_thread(template, SHOWN, choices, MOST_ROWS, language)]


async def check(work: Work, sheet: PieceSheet, language: str) -> Iterable[bytes]:
    """The same file as a workbook with its failed rows coloured and the reasons in a last column."""
    refused = _refused(await _judged(work, sheet))
    return marked(sheet.content, sheet.media_type, COLUMNS, MOST_ROWS, refused, language, optional=OPTIONAL)


async def import_rows(work: Work, sheet: PieceSheet, *, dry_run: bool) -> int:
    """Record the pieces of a file; answers how many. InvalidArgument with every fault of every row, or NO_ROWS.

    With `dry_run` nothing is written.
    """
    rows = await _judged(work, sheet)
    refused = _refused(rows)
    if refused:
        raise invalid(*of_rows(refused))
    found = [row.pieces for row in rows if row.pieces is not None]
    if not found:
        raise invalid(errors.NO_ROWS)
    return len(found) if dry_run else len(await record(work, sheet.project_id, found))


async def _judged(work: Work, sheet: PieceSheet) -> list[_Row]:
    work.require(permissions.PIECES_RECORD)
    rows = await asyncio.to_thread(_rows, sheet)
    await _find_workers(work, sheet.project_id, rows)
    employer_id = work.principal.organisation_id
    said = [row.pieces for row in rows if row.pieces is not None]
    async with work.reading() as session:
        months = {rules.month_of(one.day)[0] for one in said}
        locked = {
            month for month in months if await repository.is_locked(session, sheet.project_id, employer_id, month)
        }
        known = await repository.pieces_on(session, sheet.project_id, employer_id, {one.day for one in said})
    standing = {_key(Pieces(one.worker_id, one.day, one.quantity, one.unit, one.note, one.noted_by)) for one in known}
    seen: set[object] = set()
    for row in rows:
        if row.pieces is not None:
            row.faults += _faults(row.pieces, work.today, locked, standing, seen)
            seen.add(_key(row.pieces))
    return rows


def _faults(
    pieces: Pieces, today: date, locked: set[date], standing: set[tuple[object, ...]], seen: set[object]
) -> Iterable[Violation]:
    if pieces.day > today:
        yield errors.PIECES_AHEAD
    if rules.month_of(pieces.day)[0] in locked:
        yield errors.PIECES_LOCKED
    if _key(pieces) in standing:
        yield errors.PIECES_TWICE
    if _key(pieces) in seen:
        code, zh, en = errors.ROW_TWICE
        yield Violation("worker_ref", code, zh, en)


def _key(pieces: Pieces) -> tuple[object, ...]:
    quantity = pieces.quantity.quantize(Decimal("0.001"))
    return pieces.worker_id, pieces.day, quantity, pieces.unit, pieces.note, pieces.noted_by


async def _find_workers(work: Work, project_id: UUID, rows: Sequence[_Row]) -> None:
    refs = {text for row in rows for text in readings(row.ref)}
    async with work.reading() as session:
        own = await assignments.own_people(session, work.principal, project_id, refs, MOST_LISTED)
    known = {one.external_id: one for one in own}
    for row in rows:
        meant = next((known[text] for text in readings(row.ref) if text in known), None)
        if meant is None:
            row.faults += [errors.NOT_ON_PROJECT] if row.ref else []
            row.pieces = None
            continue
        row.faults += [NAME_DIFFERS] if row.name not in ("", meant.name) else []
        row.pieces = replace(row.pieces, worker_id=meant.worker_id) if row.pieces is not None else None


def _rows(sheet: PieceSheet) -> list[_Row]:
    table = read_table(sheet.content, sheet.media_type, COLUMNS, MOST_ROWS, optional=OPTIONAL)
    return [_row(one) for one in table]


def _row(found: TableRow) -> _Row:
    row = _Row(found.number, cell_faults(found, days=("day",)))
    if not found.fits:
        return row
    cells: dict[str, object] = {column: cell.strip() for column, cell in found.cells.items()}
    row.name, row.ref = str(cells.pop("worker_name")), str(cells.pop("worker_ref"))
    cells["worker_id"] = NOBODY if row.ref else ""
    cells["day"] = as_day(str(cells["day"]))
    given, refused = as_model(PieceIn, cells)
    told = {one.pointer for one in row.faults}
    at_columns = [replace(one, pointer="worker_ref") if one.pointer == "worker_id" else one for one in refused]
    row.faults += [one for one in at_columns if one.pointer not in told]
    row.pieces = given.pieces() if given is not None else None
    return row


def _refused(rows: Iterable[_Row]) -> list[RefusedRow]:
    return [RefusedRow(row.number, row.ref[:64], tuple(row.faults)) for row in rows if row.faults]
