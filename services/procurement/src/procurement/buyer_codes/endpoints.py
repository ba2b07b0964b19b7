"""REST door of own codes: only translates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.buyer_codes import service
from procurement.buyer_codes.repository import BuyerCodeFilter
from procurement.buyer_codes.rules import OwnCode
from procurement.buyer_codes.schemas import BuyerCodeOut, BuyerCodesIn
from procurement.materials.schemas import ImportOut

router = APIRouter(prefix="/buyer-codes", tags=["materials"])


class BuyerCodeFilters(Filters):
    """Which own codes to list."""

    own_code: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00]*$")] | None = None
    material_code: Annotated[str, Field(pattern=r"^[0-9]{8}$", examples=["01090001"])] | None = None


@router.get("", operation_id="listBuyerCodes", response_model=PageOut[BuyerCodeOut], responses=problems())
async def list_codes(filters: Annotated[BuyerCodeFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's own material codes; with `own_code` what that one means."""
    wanted = BuyerCodeFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), BuyerCodeOut.of)


@router.post(":batch", operation_id="mapBuyerCodes", response_model=ImportOut, responses=problems())
async def upsert(body: BuyerCodesIn, edge: EdgeDep) -> Response:
    """Map up to 1,000 own codes to the catalogue's; each row is answered by itself."""
    rows = [OwnCode(number, row.own_code, row.material_code, row.name) for number, row in enumerate(body.rows)]
    return await edge.write(lambda work: service.upsert(work, rows), ImportOut.of)
