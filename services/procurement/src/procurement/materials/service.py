"""Use cases of the catalogue."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from chassis import audit
from chassis.http.language import ENGLISH
from chassis.pages import Page, PageRequest
from chassis.tabular import CSV, XLSX, write_csv, write_xlsx
from chassis.tabular.checking import RefusedRow, labelled
from chassis.tabular.reading import MOST_LISTED
from chassis.tabular.templates import marked, template
from chassis.work import Work
from procurement import permissions
from procurement.materials import exchange, repository, rules
from procurement.materials.exchange import Item
from procurement.materials.models import Branch, CostType, Material
from procurement.materials.repository import BranchFilter, Exported, MaterialFilter
from procurement.materials.rules import CatalogueRow, MaterialFields


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that was taken (or, dry, would be) and what became of it: created, updated or unchanged."""

    row: int
    code: str
    status: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The answer to an import: every row is in one of the two lists."""

    taken: tuple[Taken, ...]
    refused: tuple[RefusedRow, ...]
    dry_run: bool = False


async def import_catalogue(work: Work, content: bytes, media_type: str = CSV, *, dry_run: bool = False) -> ImportReport:
    """Take over a catalogue file (CSV, XLSX, XML): good rows are written, bad ones come back with column and reason.

    With `dry_run` nothing is written and the answer is the same.
    """
    work.require(permissions.MATERIALS_IMPORT)
    good, refused = rules.read_catalogue(content, media_type)
    async with work.reading() as session:
        standing = await repository.standing(session, [row.code for row in good])
    outcome = rules.statuses(good, standing)
    changed = [row for row in good if outcome[row.code] != "unchanged"]
    if changed and not dry_run:
        await _write(work, changed, standing, outcome)
    taken = tuple(Taken(row.row, row.code, outcome[row.code]) for row in good)
    return ImportReport(taken, tuple(refused), dry_run)


async def check(work: Work, content: bytes, media_type: str, language: str) -> Iterable[bytes]:
    """The same table (CSV, XLSX) as a workbook with its failed rows coloured and reasons in a last column."""
    work.require(permissions.MATERIALS_IMPORT)
    _, refused = rules.read_catalogue(content, media_type)
    return marked(content, media_type, rules.COLUMNS, rules.MOST_ROWS, refused, language, optional=rules.OPTIONAL)


async def blank(work: Work, language: str) -> Iterable[bytes]:
    """An empty table to fill in, with drop-downs of what the catalogue knows."""
    work.require(permissions.MATERIALS_READ)
    async with work.reading() as session:
        units = await repository.units(session, work.principal)
    choices: dict[str, Sequence[str]] = {"units": units, "retired": ["no", "yes"], "cost_type": list(CostType)}
    return [template((*rules.COLUMNS, *rules.OPTIONAL), choices, rules.MOST_ROWS, language)]


async def units(work: Work) -> list[str]:
    """For workbooks of other aggregates: every unit of the catalogue."""
    async with work.reading() as session:
        return await repository.units(session, work.principal)


async def choices(work: Work, language: str) -> list[str]:
    """For workbooks of other aggregates: the catalogue as a drop-down, as far as one goes."""
    async with work.reading() as session:
        found = await repository.labels(session, work.principal, MOST_LISTED)
    return [
        labelled(code, en if language == ENGLISH and en else zh, specification) for code, zh, en, specification in found
    ]


async def _write(
    work: Work, rows: list[CatalogueRow], standing: dict[str, MaterialFields], outcome: dict[str, str]
) -> None:
    ids = await repository.upsert(await work.driver(), rows, work.now)
    for row in rows:
        before = standing.get(row.code)
        work.audit(
            f"materials.{outcome[row.code]}",
            "material",
            ids[row.code],
            None if before is None else _audited(row.code, before),
            _audited(row.code, row.fields),
        )


def _audited(code: str, fields: MaterialFields) -> audit.Fields:
    kept = audit.fields(fields, "name_zh", "name_en", "specification", "cost_type", "retired")
    return {"code": code, "units": list(fields.units)} | kept


async def import_branches(work: Work, content: bytes, media_type: str = CSV, *, dry_run: bool = False) -> ImportReport:
    """Take over the names of the catalogue's classes (CSV, XLSX), row by row; with `dry_run` nothing is written."""
    work.require(permissions.MATERIALS_IMPORT)
    good, refused = rules.read_branches(content, media_type)
    async with work.reading() as session:
        standing = await repository.standing_branches(session, [row.code for row in good])
    outcome = {}
    for row in good:
        before = standing.get(row.code)
        same = before is not None and (before.name_zh, before.name_en) == (row.name_zh, row.name_en)
        outcome[row.code] = "unchanged" if same else "created" if before is None else "updated"
    changed = [row for row in good if outcome[row.code] != "unchanged"]
    if changed and not dry_run:
        ids = await repository.upsert_branches(await work.driver(), changed, work.now)
        for row in changed:
            after = audit.fields(row, "code", "name_zh", "name_en")
            work.audit(f"materials.branch-{outcome[row.code]}", "branch", ids[row.code], None, after)
    taken = tuple(Taken(row.row, row.code, outcome[row.code]) for row in good)
    return ImportReport(taken, tuple(refused), dry_run)


async def branches(work: Work, wanted: BranchFilter, request: PageRequest) -> Page[Branch]:
    """The classes by code: a major class, then its sub classes, which is the tree in reading order."""
    work.require(permissions.MATERIALS_READ)
    async with work.reading() as session:
        return await repository.branches(session, work.principal, wanted, request)


async def get(work: Work, code: str) -> Material:
    """One material by its code."""
    work.require(permissions.MATERIALS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, code)


async def page(work: Work, wanted: MaterialFilter, request: PageRequest) -> Page[Material]:
    """The catalogue by code."""
    work.require(permissions.MATERIALS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def export(work: Work, wanted: MaterialFilter, media_type: str) -> Iterable[bytes]:
    """The catalogue as a file that `import_catalogue` takes: CSV, XLSX or XML."""
    work.require(permissions.MATERIALS_READ)
    async with work.reading() as session:
        found = await repository.export(session, work.principal, wanted)
    if media_type == exchange.XML:
        return exchange.write(_item(one) for one in found)
    columns = (*rules.COLUMNS, *rules.OPTIONAL)
    rows = (
        (
            one.code,
            one.fields.name_zh,
            one.fields.name_en,
            one.fields.specification,
            "|".join(one.fields.units),
            "yes" if one.fields.retired else "no",
            one.fields.cost_type.value,
        )
        for one in found
    )
    return write_xlsx(columns, rows) if media_type == XLSX else write_csv(columns, rows)


def _item(one: Exported) -> Item:
    return Item(
        code=one.code,
        name_zh=one.fields.name_zh,
        name_en=one.fields.name_en,
        specification=one.fields.specification,
        cost_type=one.fields.cost_type.value,
        units=one.fields.units,
        retired="yes" if one.fields.retired else "no",
    )
