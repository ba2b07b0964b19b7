"""REST door of conversions: only translates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.errors import FailedPrecondition, NotFound, PayloadTooLarge, UnsupportedMediaType
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.uploads import upload
from chassis.tabular import CSV, XLSX
from chassis.values import Quantity
from procurement.materials.endpoints import WORKBOOK
from procurement.materials.schemas import ImportOut
from procurement.orders.schemas import MaterialCode, Unit
from procurement.units import service
from procurement.units.schemas import ConversionOut, ConvertedOut
from procurement.values import DryRun

router = APIRouter(prefix="/unit-conversions", tags=["materials"])

LARGEST_FILE = 2 * 1024 * 1024
EXAMPLE = (
    "material_code,from_unit,to_unit,numerator,denominator,source,valid_from\n"
    "01090001,m,kg,79,200,GB/T 1499.1-2017,2018-09-01\n"
)


class ConversionFilters(Filters):
    """Whose conversions to list."""

    material_code: Annotated[str, Field(pattern=r"^[0-9]{8}$", examples=["01090001"])] | None = None


class Asked(Filters):
    """What to convert."""

    material_code: MaterialCode
    quantity: Annotated[Quantity, Field(examples=["100"])]
    from_unit: Annotated[Unit, Field(examples=["m"])]
    to_unit: Annotated[Unit, Field(examples=["t"])]


@router.get("", operation_id="listUnitConversions", response_model=PageOut[ConversionOut], responses=problems())
async def list_conversions(filters: Annotated[ConversionFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The conversions that count for a material, with those that are the same for all; oldest first."""
    return await edge.page(lambda work: service.page(work, filters.material_code, page), ConversionOut.of)


@router.get(
    ":convert",
    operation_id="convertQuantity",
    response_model=ConvertedOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def convert(asked: Annotated[Asked, Query()], edge: EdgeDep) -> Response:
    """A quantity of a material in another unit, by the conversions of today."""
    return await edge.read(
        lambda work: service.convert(work, asked.material_code, asked.quantity, asked.from_unit, asked.to_unit),
        ConvertedOut.of,
    )


@router.post(
    ":import",
    operation_id="importUnitConversions",
    response_model=ImportOut,
    responses=problems(PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def import_conversions(edge: EdgeDep, dry_run: DryRun = False) -> Response:
    """Add conversions of materials (CSV, XLSX), row by row; what stands is never changed."""
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX))
    return await edge.write(
        lambda work: service.import_conversions(work, content, edge.media_type, dry_run=dry_run), ImportOut.of
    )
