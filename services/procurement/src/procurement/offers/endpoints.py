"""REST door of offers: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.offers import service
from procurement.offers.repository import OfferFilter
from procurement.offers.schemas import ComparedLineOut, OfferOut, OfferSummary

router = APIRouter(tags=["offers"])


class OfferFilters(Filters):
    """Which offers to list."""

    sourcing_id: UUID | None = None
    supplier_id: UUID | None = None


@router.get("/offers", operation_id="listOffers", response_model=PageOut[OfferSummary], responses=problems())
async def list_offers(filters: Annotated[OfferFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """What suppliers offer to the caller: there is nothing before the deadline of a sourcing."""
    wanted = OfferFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), OfferSummary.model_validate)


@router.get("/offers/{offer_id}", operation_id="getOffer", response_model=OfferOut, responses=problems(NotFound))
async def get(offer_id: UUID, edge: EdgeDep) -> Response:
    """One offer with its lines."""
    return await edge.read(lambda work: service.get(work, offer_id), OfferOut.model_validate)


@router.get(
    "/sourcing/{sourcing_id}/comparison",
    operation_id="compareOffers",
    response_model=PageOut[ComparedLineOut],
    responses=problems(NotFound, FailedPrecondition),
)
async def compare(sourcing_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """Suppliers side by side, line by line: prices, landed cost, delivery, the lowest marked, the last price paid."""
    return await edge.page_rows(lambda work: service.compare(work, sourcing_id, page))
