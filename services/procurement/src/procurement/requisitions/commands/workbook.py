"""Requisitions as workbooks (材料需求计划表): one file is one draft for one project, taken whole or not at all."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from chassis.errors import InvalidArgument, Violation, invalid
from chassis.http.language import ENGLISH
from chassis.tabular import TableRow, read_table
from chassis.tabular.checking import MISFIT, RefusedRow, as_day, as_model, labelled, of_rows, readings
from chassis.tabular.reading import MOST_LISTED
from chassis.tabular.templates import marked, template
from chassis.work import Work
from procurement import permissions
from procurement.buyer_codes import service as buyer_codes
from procurement.buyer_codes.rules import LONGEST_CODE
from procurement.clients.projects import ProjectDirectory
from procurement.materials import service as materials
from procurement.orders import errors as order_errors
from procurement.orders.rules import line_amount
from procurement.requisitions import errors, repository, service
from procurement.requisitions.repository import OwnProject
from procurement.requisitions.schemas import LineIn
from procurement.requisitions.service import CreateRequisition, Imported, Line

COLUMNS = (
    "project_code",
    "material_code",
    "unit",
    "specification",
    "quantity",
    "needed_by",
    "cost_code",
    "estimated_price",
)
OPTIONAL = ("wbs_uid",)
MOST_ROWS = 500


@dataclass(frozen=True, slots=True)
class _Known:
    """What the cells of a file can mean: the caller's projects, and materials by code."""

    projects: Sequence[OwnProject]
    materials: Mapping[str, frozenset[str]]


@dataclass(slots=True)
class _Row:
    """A row, what it means and what is wrong with it."""

    number: int
    name: str
    faults: list[Violation]
    project_id: UUID | None = None
    line: Line | None = None


async def blank(work: Work, project_id: UUID | None, language: str) -> Iterable[bytes]:
    """A table to fill in, with drop-downs of the caller's projects (or this one), codes, units and cost codes.

    Cost codes are those that earlier requisitions named. NotFound PROJECT_NOT_FOUND.
    """
    work.require(permissions.REQUISITIONS_CREATE)
    async with work.reading() as session:
        found = await repository.projects(session, work.principal, work.today)
        cost_codes = await repository.cost_codes(session, work.principal, project_id, MOST_LISTED)
    mine = [one for one in found if project_id in (None, one.id)]
    if project_id is not None and not mine:
        raise order_errors.project_not_found(project_id)
    codes = [one.code for one in found]
    choices = {
        "project_code": [
            labelled(
                one.code if codes.count(one.code) == 1 else str(one.id),
                one.name_en if language == ENGLISH and one.name_en else one.name_zh,
            )
            for one in mine
        ],
        "material_code": [*await buyer_codes.choices(work), *await materials.choices(work, language)],
        "unit": await materials.units(work),
        "cost_code": cost_codes,
    }
    return [await asyncio.to_thread(template, (*COLUMNS, *OPTIONAL), choices, MOST_ROWS, language)]


async def check(
    work: Work, content: bytes, media_type: str, language: str, projects: ProjectDirectory
) -> Iterable[bytes]:
    """The same table as a workbook with its failed rows coloured and reasons in a last column."""
    rows = await _read(work, content, media_type, projects)
    return marked(content, media_type, COLUMNS, MOST_ROWS, _refused(rows), language, optional=OPTIONAL)


async def import_rows(
    work: Work, content: bytes, media_type: str, projects: ProjectDirectory, *, dry_run: bool
) -> Imported:
    """Draft a requisition of a table; InvalidArgument with every fault of every row as `/rows/{row}/{column}`.

    With `dry_run` nothing is written.
    """
    rows = await _read(work, content, media_type, projects)
    refused = _refused(rows)
    if refused:
        raise invalid(*of_rows(refused))
    lines = tuple(row.line for row in rows if row.line is not None)
    project_id = next((row.project_id for row in rows if row.project_id is not None), None)
    if project_id is None:
        raise errors.no_rows()
    total = sum((line_amount(line.quantity, line.estimated_price) for line in lines), Decimal("0.00"))
    command = CreateRequisition(None, project_id, "", lines)
    return Imported(len(lines), total, None if dry_run else await service.create(work, command, projects))


async def _read(work: Work, content: bytes, media_type: str, projects: ProjectDirectory) -> list[_Row]:
    work.require(permissions.REQUISITIONS_CREATE)
    table = await asyncio.to_thread(read_table, content, media_type, COLUMNS, MOST_ROWS, optional=OPTIONAL)
    read = {code for row in table if row.fits for code in readings(row.cells["material_code"].strip())}
    codes = {code for code in read if len(code) <= LONGEST_CODE and code.isprintable()}
    async with work.reading() as session:
        own = await repository.projects(session, work.principal, work.today)
    known = _Known(own, await buyer_codes.meanings(work, codes))
    rows = [_row(one, known) for one in table]
    project_id = next((row.project_id for row in rows if row.project_id is not None), None)
    for row in rows:
        if row.project_id not in (None, project_id):
            row.faults.append(errors.PROJECT_DIFFERS)
    await _judge(work, project_id, [row for row in rows if row.line is not None], projects)
    return rows


def _row(found: TableRow, known: _Known) -> _Row:
    if not found.fits:
        return _Row(found.number, "", [MISFIT])
    cells: dict[str, object] = {name: cell.strip() for name, cell in found.cells.items()}
    project, material = str(cells.pop("project_code")), str(cells["material_code"])
    row = _Row(found.number, material[:LONGEST_CODE], [])
    row.project_id = _project(row, project, known.projects)
    cells["material_code"] = _material(row, material, known.materials)
    cells["needed_by"] = as_day(str(cells["needed_by"]))
    uid = str(cells["wbs_uid"])
    cells["wbs_uid"] = int(uid) if uid.isascii() and uid.isdigit() and len(uid) <= 10 else uid
    line, faults = as_model(LineIn, cells)
    told = {one.pointer for one in row.faults}
    row.faults += [one for one in faults if one.pointer not in told]
    row.line = None if line is None else Line(**line.model_dump())
    return row


def _project(row: _Row, cell: str, projects: Sequence[OwnProject]) -> UUID | None:
    for text in readings(cell):
        meant = [one.id for one in projects if text in (one.code, str(one.id))]
        if len(meant) == 1:
            return meant[0]
        if meant:
            row.faults.append(errors.PROJECT_AMBIGUOUS)
            return None
    row.faults.append(errors.PROJECT_UNKNOWN)
    return None


def _material(row: _Row, cell: str, known: Mapping[str, frozenset[str]]) -> str:
    for text in readings(cell):
        meant = known.get(text, frozenset())
        if len(meant) == 1:
            return next(iter(meant))
        if meant:
            row.faults.append(errors.MATERIAL_AMBIGUOUS)
            return ""
    if cell:
        row.faults.append(errors.MATERIAL_NOT_FOUND)
    return ""


async def _judge(work: Work, project_id: UUID | None, rows: Sequence[_Row], projects: ProjectDirectory) -> None:
    """Put to the rows what a draft of these lines would be refused for."""
    lines = [row.line for row in rows if row.line is not None]
    refusals = []
    try:
        service.check_lines(work, lines)
    except InvalidArgument as refusal:
        refusals.append(refusal)
    try:
        await service.refuse_unknown_units(work, lines)
    except InvalidArgument as refusal:
        refusals.append(refusal)
    if project_id is not None:
        try:
            await service.task_names(project_id, lines, projects)
        except InvalidArgument as refusal:
            refusals.append(refusal)
    for fault in (one for refusal in refusals for one in refusal.violations):
        _, _, index, column = fault.pointer.split("/")
        rows[int(index)].faults.append(Violation(column, fault.code, fault.zh, fault.en))


def _refused(rows: Iterable[_Row]) -> list[RefusedRow]:
    return [RefusedRow(row.number, row.name, tuple(row.faults)) for row in rows if row.faults]
