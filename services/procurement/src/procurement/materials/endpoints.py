"""REST door of the catalogue: only translates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from chassis.errors import NotFound, PayloadTooLarge, UnsupportedMediaType
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.language import Language, language_of
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.uploads import download, upload
from chassis.tabular import CSV, XLSX
from procurement.materials import service
from procurement.materials.exchange import EXAMPLE as XML_EXAMPLE
from procurement.materials.exchange import FORMATS, XML, Format
from procurement.materials.repository import BranchFilter, MaterialFilter
from procurement.materials.schemas import BranchOut, ImportOut, MaterialOut
from procurement.values import DryRun

router = APIRouter(prefix="/materials", tags=["materials"])
branch_router = APIRouter(prefix="/material-branches", tags=["materials"])

LARGEST_FILE = 2 * 1024 * 1024
EXAMPLE = "code,name_zh,name_en,specification,units,retired\n01090001,圆钢,round bar,HPB300 φ8,t|kg,no\n"
BRANCH_EXAMPLE = "code,name_zh,name_en\n01,黑色及有色金属,ferrous and non-ferrous metals\n0109,圆钢,round bar\n"
WORKBOOK = "(an XLSX workbook with the same columns)"


class MaterialFilters(Filters):
    """Which materials to list."""

    code: Annotated[str, Field(pattern=r"^[0-9]{1,8}$", description="A prefix of the code.")] | None = None
    text: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")] | None = None
    retired: bool = False


class ExportFilters(MaterialFilters):
    """Which materials to write into which kind of file."""

    format: Format = "csv"


class BranchFilters(Filters):
    """Which classes to list."""

    code: Annotated[str, Field(pattern=r"^[0-9]{1,4}$", description="A prefix of the code.")] | None = None
    majors: Annotated[bool, Field(description="Only the major classes.")] = False


@router.get("", operation_id="listMaterials", response_model=PageOut[MaterialOut], responses=problems())
async def list_materials(filters: Annotated[MaterialFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The catalogue (GB/T 50851) by code."""
    wanted = MaterialFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), MaterialOut.of)


@router.get("/{code}", operation_id="getMaterial", response_model=MaterialOut, responses=problems(NotFound))
async def get(code: Annotated[str, Path(pattern=r"^[0-9]{8}$", examples=["01090001"])], edge: EdgeDep) -> Response:
    """One material by its code."""
    return await edge.read(lambda work: service.get(work, code), MaterialOut.of)


@router.get(
    ":export",
    operation_id="exportMaterials",
    response_class=Response,
    responses=problems() | download({CSV: EXAMPLE, XLSX: WORKBOOK, XML: XML_EXAMPLE}),
)
async def export(filters: Annotated[ExportFilters, Query()], edge: EdgeDep) -> Response:
    """The catalogue as a file that the import takes again; no cell of it is a formula."""
    wanted = MaterialFilter(filters.code, filters.text, filters.retired)
    media_type = FORMATS[filters.format]
    name = f"materials.{filters.format}"
    return await edge.generate(lambda work: service.export(work, wanted, media_type), media_type=media_type, name=name)


@router.post(
    ":import",
    operation_id="importMaterials",
    response_model=ImportOut,
    responses=problems(PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK, XML: XML_EXAMPLE}),
    max_body_size=LARGEST_FILE,
)
async def import_catalogue(edge: EdgeDep, dry_run: DryRun = False) -> Response:
    """Take over a catalogue file (CSV, XLSX, XML): good rows are written, bad ones come back with column and reason."""
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX, XML))
    return await edge.write(
        lambda work: service.import_catalogue(work, content, edge.media_type, dry_run=dry_run), ImportOut.of
    )


@router.get(
    ":template",
    operation_id="getMaterialsTemplate",
    response_class=Response,
    responses=problems() | download({XLSX: WORKBOOK}),
)
async def blank(edge: EdgeDep, language: Language = None) -> Response:
    """An empty workbook for the import, with drop-downs and headings in Chinese or English."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.blank(work, wanted), media_type=XLSX, name="materials-template.xlsx"
    )


@router.post(
    ":check",
    operation_id="checkMaterials",
    response_class=Response,
    responses=problems(PayloadTooLarge, UnsupportedMediaType) | download({XLSX: WORKBOOK}),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def check(edge: EdgeDep, language: Language = None) -> Response:
    """The same file back with its failed rows coloured and the reasons beside them; nothing is written.

    An Idempotency-Key is demanded as everywhere, but no answer is kept under it: asked again it says the same.
    """
    edge.demand_key()
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX))
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: service.check(work, content, edge.media_type, wanted),
        media_type=XLSX,
        name="materials-checked.xlsx",
    )


@branch_router.get("", operation_id="listMaterialBranches", response_model=PageOut[BranchOut], responses=problems())
async def list_branches(filters: Annotated[BranchFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The classes of the catalogue, each major class followed by its sub classes."""
    wanted = BranchFilter(**filters.model_dump())
    return await edge.page(lambda work: service.branches(work, wanted, page), BranchOut.of)


@branch_router.post(
    ":import",
    operation_id="importMaterialBranches",
    response_model=ImportOut,
    responses=problems(PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({CSV: BRANCH_EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def import_branches(edge: EdgeDep, dry_run: DryRun = False) -> Response:
    """Take over the names of the catalogue's classes (CSV, XLSX), row by row."""
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX))
    return await edge.write(
        lambda work: service.import_branches(work, content, edge.media_type, dry_run=dry_run), ImportOut.of
    )
