"""REST door of months: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.months import service
from labour.months.schemas import LockedMonthOut

router = APIRouter(prefix="/attendance", tags=["attendance"])


class MonthFilters(Filters):
    """Of which project."""

    project_id: UUID


@router.get(
    "/locked-months", operation_id="listLockedMonths", response_model=PageOut[LockedMonthOut], responses=problems()
)
async def list_months(filters: Annotated[MonthFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The months whose worker days payroll has closed, latest first."""
    return await edge.page(lambda work: service.page(work, filters.project_id, page), LockedMonthOut.model_validate)
