"""REST door of the catalogue: only translates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from pydantic import Field

from chassis.errors import NotFound, PayloadTooLarge, UnsupportedMediaType
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.uploads import upload
from procurement.materials import service
from procurement.materials.repository import MaterialFilter
from procurement.materials.schemas import ImportOut, MaterialOut

router = APIRouter(prefix="/materials", tags=["materials"])

LARGEST_FILE = 2 * 1024 * 1024
EXAMPLE = "code,name_zh,name_en,specification,units,retired\n01090001,圆钢,round bar,HPB300 φ8,t|kg,no\n"


class MaterialFilters(Filters):
    """Which materials to list."""

    code: Annotated[str, Field(pattern=r"^[0-9]{1,8}$", description="A prefix of the code.")] | None = None
    text: Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[^\x00]*$")] | None = None
    retired: bool = False


@router.get("", operation_id="listMaterials", response_model=PageOut[MaterialOut], responses=problems())
async def list_materials(filters: Annotated[MaterialFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The catalogue (GB/T 50851) by code."""
    wanted = MaterialFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), MaterialOut.of)


@router.get("/{code}", operation_id="getMaterial", response_model=MaterialOut, responses=problems(NotFound))
async def get(code: Annotated[str, Path(pattern=r"^[0-9]{8}$", examples=["01090001"])], edge: EdgeDep) -> Response:
    """One material by its code."""
    return await edge.read(lambda work: service.get(work, code), MaterialOut.of)


@router.post(
    ":import",
    operation_id="importMaterials",
    response_model=ImportOut,
    responses=problems(PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload("text/csv", example=EXAMPLE),
    max_body_size=LARGEST_FILE,
)
async def import_catalogue(edge: EdgeDep) -> Response:
    """Take over a catalogue file (CSV, UTF-8): good rows are written, bad ones come back with column and reason."""
    content = await edge.body(limit=LARGEST_FILE, types=("text/csv",))
    return await edge.write(lambda work: service.import_catalogue(work, content), ImportOut.of)
