"""Forgotten attendance as a workbook (补卡表): a row is a worker's day, whose coming and going become proposals.

A row is taken whole or not at all, so that a corrected file can be sent again; the raw swipes never change, and another
person has to approve, as in `repairs:batch`.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, time, timedelta
from uuid import UUID

from chassis.clock import SHANGHAI
from chassis.errors import Violation, invalid
from chassis.files import repository as files
from chassis.files.errors import file_unknown
from chassis.tabular import TableRow, read_table
from chassis.tabular.checking import RefusedRow, as_day, as_model, cell_faults, labelled, readings
from chassis.tabular.reading import MOST_LISTED
from chassis.tabular.templates import marked, template
from chassis.work import Work
from labour import permissions
from labour.attendance.errors import NOT_ASSIGNED
from labour.attendance.rules import IN, OUT
from labour.repairs import errors, repository
from labour.repairs.commands.propose import ProposedRepair, ProposeRepairs, propose
from labour.repairs.repository import Named
from labour.repairs.schemas import ForgottenDayIn

COLUMNS = ("worker_ref", "day", "came_at", "went_at", "reason")
OPTIONAL = ("worker_name",)
SHOWN = ("worker_ref", "worker_name", "day", "came_at", "went_at", "reason")
MOST_ROWS = 5_000
AT_ONCE = 1_000
"""Rows that are judged in one go, as many as a batch has."""
UNKNOWN_WORKER = Violation("worker_ref", NOT_ASSIGNED.code, NOT_ASSIGNED.zh, NOT_ASSIGNED.en)
_TIME = re.compile(r"([0-9]{1,2})[:：]([0-9]{2})(?:[:：]([0-9]{2})(?:\.0+)?)?")


@dataclass(frozen=True, slots=True)
class ForgottenDays:
    """A sheet of one project; `file_id` is the scan of the paper list that it was typed from."""

    project_id: UUID
    content: bytes
    media_type: str
    file_id: UUID | None = None


@dataclass(slots=True)
class Day:
    """A row, what is wrong with it, and the repairs that it has become."""

    number: int
    faults: list[Violation] = field(default_factory=list)
    given: ForgottenDayIn | None = None
    name: str = ""
    worker_id: UUID | None = None
    repair_ids: list[UUID] = field(default_factory=list)

    def swipes(self) -> list[tuple[str, str, datetime]]:
        """(column, direction, instant) of each time; who goes no later than he came goes on the next day."""
        if self.given is None:
            return []
        came, went, day = self.given.came_at, self.given.went_at, self.given.day
        found = [("came_at", IN, datetime.combine(day, came, SHANGHAI))] if came is not None else []
        if went is not None:
            over_midnight = came is not None and went <= came
            gone_on = day + timedelta(days=1) if over_midnight else day
            found.append(("went_at", OUT, datetime.combine(gone_on, went, SHANGHAI)))
        return found


async def blank(work: Work, project_id: UUID, language: str) -> Iterable[bytes]:
    """A sheet to fill in, with a drop-down of the caller's own workers on the project."""
    work.require(permissions.REPAIRS_PROPOSE)
    async with work.reading() as session:
        own = await repository.own_people(session, work.principal, project_id, None, MOST_LISTED)
    names = permissions.WORKERS_READ.allows(work.principal)
    choices = {"worker_ref": [labelled(one.external_id, one.name if names else "") for one in own]}
    return [await asyncio.to_thread(template, SHOWN, choices, MOST_ROWS, language)]


async def check(work: Work, sheet: ForgottenDays, language: str) -> Iterable[bytes]:
    """The same sheet as a workbook with its failed rows coloured and the reasons in a last column."""
    rows = await import_rows(work, sheet, dry_run=True)
    refused = [RefusedRow(row.number, "", tuple(row.faults)) for row in rows if row.faults]
    return marked(sheet.content, sheet.media_type, COLUMNS, MOST_ROWS, refused, language, optional=OPTIONAL)


async def import_rows(work: Work, sheet: ForgottenDays, *, dry_run: bool) -> list[Day]:
    """Propose what the good rows say; a fault's pointer is its column. With `dry_run` nothing is written.

    InvalidArgument FILE_UNKNOWN for a scan that the caller's organisation has not uploaded.
    """
    work.require(permissions.REPAIRS_PROPOSE)
    rows = await asyncio.to_thread(_rows, sheet)
    await _refuse_unknown_scan(work, sheet)
    await _find_workers(work, sheet.project_id, rows)
    for start in range(0, len(rows), AT_ONCE):
        part = [row for row in rows[start : start + AT_ONCE] if not row.faults]
        await _propose(work, sheet, part, dry_run=True)
        if not dry_run:
            await _propose(work, sheet, [row for row in part if not row.faults], dry_run=False)
    return rows


def _rows(sheet: ForgottenDays) -> list[Day]:
    table = read_table(sheet.content, sheet.media_type, COLUMNS, MOST_ROWS, optional=OPTIONAL)
    rows = [_row(record) for record in table]
    seen: set[tuple[str, str, datetime]] = set()
    for row in rows:
        if row.given is None:
            continue
        said = {(row.given.worker_ref, direction, at) for _, direction, at in row.swipes()}
        if said & seen:
            row.faults.append(errors.DAY_TWICE)
        seen |= said
    return rows


def _row(record: TableRow) -> Day:
    row = Day(record.number, cell_faults(record, days=("day",)))
    if not record.fits:
        return row
    cells = {column: cell.strip() for column, cell in record.cells.items()}
    row.name = cells.pop("worker_name")
    cells["day"] = as_day(cells["day"])
    for column in ("came_at", "went_at"):
        found = _time(cells[column])
        if found is None:
            code, zh, en = errors.TIME_INVALID
            row.faults.append(Violation(column, code, zh, en))
        cells[column] = found or ""
    if not cells["came_at"] and not cells["went_at"] and not row.faults:
        row.faults.append(errors.NO_TIME)
    row.given, refused = as_model(ForgottenDayIn, cells)
    told = {one.pointer for one in row.faults}
    row.faults += [one for one in refused if one.pointer not in told]
    return row


def _time(cell: str) -> str | None:
    """A time as people type it (8:30) in ISO 8601; empty stays empty; None when it is none."""
    found = _TIME.fullmatch(cell)
    if found is None:
        return "" if cell == "" else None
    hour, minute, second = (int(part or 0) for part in found.groups())
    return time(hour, minute, second).isoformat() if hour < 24 and minute < 60 and second < 60 else None


async def _refuse_unknown_scan(work: Work, sheet: ForgottenDays) -> None:
    if sheet.file_id is None:
        return
    async with work.reading() as session:
        known = await files.uploaded(session, work.principal, [sheet.file_id])
    if sheet.file_id not in known:
        raise invalid(file_unknown("query:file_id"))


async def _find_workers(work: Work, project_id: UUID, rows: Sequence[Day]) -> None:
    """Whom each row means: an own worker by his external id, or an assignment by its id."""
    refs = {text for row in rows if row.given is not None for text in readings(row.given.worker_ref)}
    ids = {found for found in map(_uuid, refs) if found is not None}
    async with work.reading() as session:
        own = await repository.own_people(session, work.principal, project_id, refs, MOST_LISTED)
        others = await repository.assigned(session, work.principal, work.today, project_id, ids)
    known: Mapping[str, Named] = {str(one.assignment_id): one for one in others} | {one.external_id: one for one in own}
    for row in rows:
        if row.given is None:
            continue
        meant = next((known[text] for text in readings(row.given.worker_ref) if text in known), None)
        if meant is None:
            row.faults.append(UNKNOWN_WORKER)
            continue
        row.worker_id = meant.worker_id
        if row.name and meant.name and row.name != meant.name:
            row.faults.append(errors.NAME_DIFFERS)


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


async def _propose(work: Work, sheet: ForgottenDays, rows: Sequence[Day], *, dry_run: bool) -> None:
    """Put to each row what its swipes would be refused for, or the repairs that they have become."""
    wanted: list[ProposedRepair] = []
    places: list[tuple[Day, str]] = []
    for row in rows:
        for column, direction, at in row.swipes():
            if row.worker_id is not None and row.given is not None:
                wanted.append(ProposedRepair(row.worker_id, at, direction, row.given.reason, sheet.file_id))
                places.append((row, column))
    if not wanted:
        return
    results = await propose(work, ProposeRepairs(sheet.project_id, wanted), dry_run=dry_run)
    for (row, column), result in zip(places, results, strict=True):
        row.faults += [replace(one, pointer=_column(one, column)) for one in result.faults]
        if result.repair_id is not None:
            row.repair_ids.append(result.repair_id)


def _column(fault: Violation, column: str) -> str:
    return "worker_ref" if fault.pointer.endswith("/worker_id") else column
