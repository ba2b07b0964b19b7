"""Attendance lists as workbooks (签到表): one file is one session, taken whole or not at all."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis.clock import SHANGHAI
from chassis.errors import Violation, invalid
from chassis.tabular import TableRow, read_table
from chassis.tabular.checking import MISFIT, RefusedRow, as_model, of_rows
from chassis.tabular.templates import marked, template
from chassis.work import Work
from labour import permissions
from labour.sessions import repository, states
from labour.sessions.commands.attend import attend, judge
from labour.sessions.rules import AttendanceRow
from labour.sessions.schemas import MOST_ROWS, AttendanceRowIn
from labour.sessions.states import Action
from labour.workers import repository as workers

COLUMNS = ("worker_id", "worker_name", "checked_in_at", "checked_out_at", "score")
OPTIONAL = ("correction",)
INSTANTS = ("checked_in_at", "checked_out_at")
_LOCAL = re.compile(r"([0-9]{4})[-/.]([0-9]{1,2})[-/.]([0-9]{1,2})[ T]([0-9]{1,2}):([0-9]{2})(?::([0-9]{2})(?:\.0+)?)?")


@dataclass(frozen=True, slots=True)
class Taken:
    """What a file changes: rows whose attendance is recorded, and rows that say what stands already."""

    updated: int
    duplicate: int


async def blank(work: Work, session_id: UUID, language: str) -> Iterable[bytes]:
    """The list of a session to fill in: who is enrolled is given, times are those of Asia/Shanghai."""
    work.require(permissions.SESSIONS_RUN)
    async with work.reading() as session:
        await repository.own(session, work.principal, session_id)
        enrolled = await repository.all_attendees(session, session_id)
        people = await workers.by_ids(session, None, (one.worker_id for one in enrolled))
    rows = [{"worker_id": str(one.worker_id), "worker_name": people[one.worker_id].name} for one in enrolled]
    most = max(len(rows), 1)
    return [await asyncio.to_thread(template, (*COLUMNS, *OPTIONAL), {}, most, language, rows=rows)]


async def check(work: Work, session_id: UUID, content: bytes, media_type: str, language: str) -> Iterable[bytes]:
    """The same list as a workbook with its failed rows coloured and the reasons in a last column."""
    _, refused = await _read(work, session_id, content, media_type)
    return marked(content, media_type, COLUMNS, MOST_ROWS, refused, language, optional=OPTIONAL)


async def import_rows(work: Work, session_id: UUID, content: bytes, media_type: str, *, dry_run: bool) -> Taken:
    """Record a list; InvalidArgument with every fault of every row as `/rows/{row}/{column}`.

    With `dry_run` nothing is written.
    """
    rows, refused = await _read(work, session_id, content, media_type)
    if refused:
        raise invalid(*of_rows(refused))
    if dry_run:
        async with work.reading() as session:
            view = await repository.own(session, work.principal, session_id)
            known = await repository.attendees(session, session_id, [row.worker_id for row in rows])
        statuses = [one.status for one in judge(work, view, rows, known)]
    else:
        statuses = [one.status for one in await attend(work, session_id, rows)]
    return Taken(statuses.count("updated"), statuses.count("duplicate"))


async def _read(
    work: Work, session_id: UUID, content: bytes, media_type: str
) -> tuple[list[AttendanceRow], list[RefusedRow]]:
    """The rows of a list; refused ones by what the row says and by what the session allows."""
    work.require(permissions.SESSIONS_RUN)
    async with work.reading() as session:
        view = await repository.own(session, work.principal, session_id)
    states.SESSION.apply(view.session.state, Action.ATTEND)
    table = await asyncio.to_thread(read_table, content, media_type, COLUMNS, MOST_ROWS, optional=OPTIONAL)
    good: list[tuple[int, AttendanceRow]] = []
    refused: list[RefusedRow] = []
    for record in table:
        row, faults = _row(record)
        if row is None:
            refused.append(RefusedRow(record.number, record.cells.get("worker_id", "")[:64], tuple(faults)))
        else:
            good.append((record.number, row))
    rows = [row for _, row in good]
    async with work.reading() as session:
        known = await repository.attendees(session, session_id, [row.worker_id for row in rows])
    for (number, row), outcome in zip(good, judge(work, view, rows, known), strict=True):
        if outcome.faults:
            refused.append(RefusedRow(number, str(row.worker_id), outcome.faults))
    return rows, sorted(refused, key=lambda one: one.row)


def _row(record: TableRow) -> tuple[AttendanceRow | None, Sequence[Violation]]:
    if not record.fits:
        return None, [MISFIT]
    cells: dict[str, object] = {name: cell.strip() for name, cell in record.cells.items() if name != "worker_name"}
    for name in INSTANTS:
        cells[name] = _instant(str(cells[name]))
    found, faults = as_model(AttendanceRowIn, cells)
    return (found.row() if found is not None else None), faults


def _instant(cell: str) -> str:
    """An instant as people type it, 2026/11/23 8:30, as one of Asia/Shanghai; anything else as it is."""
    found = _LOCAL.fullmatch(cell)
    if found is None:
        return cell
    year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
    try:
        return datetime(year, month, day, hour, minute, second, tzinfo=SHANGHAI).isoformat()
    except ValueError:
        return cell
