"""Use cases of the catalogue."""

from __future__ import annotations

from dataclasses import dataclass

from chassis.pages import Page, PageRequest
from chassis.work import Work
from procurement import permissions
from procurement.materials import repository, rules
from procurement.materials.models import Material
from procurement.materials.repository import MaterialFilter
from procurement.materials.rules import RefusedRow


@dataclass(frozen=True, slots=True)
class Taken:
    """A row that was taken and what became of it: created, updated or unchanged."""

    row: int
    code: str
    status: str


@dataclass(frozen=True, slots=True)
class ImportReport:
    """The answer to an import: every row is in one of the two lists."""

    taken: tuple[Taken, ...]
    refused: tuple[RefusedRow, ...]


async def import_catalogue(work: Work, content: bytes) -> ImportReport:
    """Take over a catalogue file: good rows are written, bad ones come back with column and reason."""
    work.require(permissions.MATERIALS_IMPORT)
    good, refused = rules.read_catalogue(content)
    outcome = await repository.upsert(await work.driver(), good, work.now) if good else {}
    for row in good:
        if row.code in outcome:
            status, material_id = outcome[row.code]
            after = {"code": row.code, "name_zh": row.name_zh, "units": list(row.units), "retired": row.retired}
            work.audit(f"materials.{status}", "material", material_id, None, after)
    taken = tuple(Taken(row.row, row.code, outcome.get(row.code, ("unchanged", None))[0]) for row in good)
    return ImportReport(taken, tuple(refused))


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
