"""REST door of wage standings: only translates."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.errors import DeadlineExceeded, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import PageOut
from procurement.clients import LabourDep
from procurement.wage_standings.commands import hints
from procurement.wage_standings.schemas import WageStandingOut

router = APIRouter(tags=["wage-standings"])
ERRORS = problems(NotFound, FailedPrecondition, Unavailable, DeadlineExceeded)


@router.get(
    "/suppliers/{supplier_file_id}/wage-standing",
    operation_id="getSupplierWageStanding",
    response_model=WageStandingOut,
    responses=ERRORS,
)
async def of_supplier(supplier_file_id: UUID, edge: EdgeDep, labour: LabourDep) -> Response:
    """How a supplier stands with its workers' wages today (用工信用): early warning, listing, overdue months."""
    return await edge.read(lambda work: hints.of_supplier(work, supplier_file_id, labour), WageStandingOut.of)


@router.get(
    "/sourcing/{sourcing_id}/wage-standings",
    operation_id="listOfferedWageStandings",
    response_model=PageOut[WageStandingOut],
    responses=ERRORS,
)
async def of_offers(sourcing_id: UUID, page: PageDep, edge: EdgeDep, labour: LabourDep) -> Response:
    """Beside the comparison: how each supplier that offers stands with its workers' wages today."""
    return await edge.page(lambda work: hints.of_offers(work, sourcing_id, page, labour), WageStandingOut.of)
