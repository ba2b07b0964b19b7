"""REST door of indicators: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import model_validator

from chassis.errors import DeadlineExceeded, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.faults import fault
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.values import Code
from project_mgmt.clients import NeighboursDep
from project_mgmt.indicators import rules, service
from project_mgmt.indicators.commands import reconcile
from project_mgmt.indicators.rules import Measure
from project_mgmt.indicators.schemas import IndicatorDayOut, IndicatorOut, ReconciliationOut, TotalsOut

router = APIRouter(prefix="/projects/{project_id}/indicators", tags=["indicators"])


class Days(Filters):
    """Which days; both inclusive, in Asia/Shanghai."""

    day_from: Annotated[date, Query(examples=["2026-11-01"])] | None = None
    day_to: Annotated[date, Query(examples=["2026-11-30"])] | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.day_from and self.day_to and self.day_to < self.day_from:
            raise fault("DATES_BACKWARDS", zh="结束日期早于开始日期", en="day_to lies before day_from")
        return self


class DayRange(Days):
    """The same, and which measure."""

    measure: Measure | None = None


class IndicatorFilters(DayRange):
    """The same, and for one cost code, employer or machine."""

    detail: Code | None = None


@router.get("", operation_id="listIndicators", response_model=PageOut[IndicatorOut], responses=problems(NotFound))
async def list_indicators(
    project_id: UUID, filters: Annotated[IndicatorFilters, Query()], page: PageDep, edge: EdgeDep
) -> Response:
    """Figures by day and cost code, employer or machine, oldest first; built from the other services' facts."""
    wanted = rules.IndicatorFilters(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, project_id, wanted, page), IndicatorOut.of)


@router.get(
    "/days",
    operation_id="listIndicatorDays",
    response_model=PageOut[IndicatorDayOut],
    responses=problems(NotFound),
)
async def list_days(project_id: UUID, filters: Annotated[DayRange, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Figures summed by day, oldest first."""
    wanted = rules.IndicatorFilters(**filters.model_dump())
    return await edge.page(lambda work: service.day_page(work, project_id, wanted, page), IndicatorDayOut.of)


@router.get("/totals", operation_id="getIndicatorTotals", response_model=TotalsOut, responses=problems(NotFound))
async def get_totals(project_id: UUID, filters: Annotated[DayRange, Query()], edge: EdgeDep) -> Response:
    """Figures summed over a range of days, or over the project's whole life."""
    wanted = rules.IndicatorFilters(**filters.model_dump())
    return await edge.read(lambda work: service.totals(work, project_id, wanted), TotalsOut.of)


@router.get(
    "/reconciliation",
    operation_id="reconcileLabourDays",
    response_model=ReconciliationOut,
    responses=problems(NotFound, Unavailable, DeadlineExceeded),
)
async def reconcile_labour_days(
    project_id: UUID, days: Annotated[Days, Query()], edge: EdgeDep, neighbours: NeighboursDep
) -> Response:
    """Our labour days (工日) per employer and day beside labour's own: equal, or which differ by how much.

    Of the last 31 days when none are named. A fact that is on its way shows as a difference: ask again.
    """
    return await edge.read(
        lambda work: reconcile.labour_days(work, project_id, days.day_from, days.day_to, neighbours.labour),
        ReconciliationOut.of,
    )
