"""REST door of indicators: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Self
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import model_validator

from chassis.errors import NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.faults import fault
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.values import Code
from project_mgmt.indicators import rules, service
from project_mgmt.indicators.rules import Measure
from project_mgmt.indicators.schemas import IndicatorDayOut, IndicatorOut, TotalsOut

router = APIRouter(prefix="/projects/{project_id}/indicators", tags=["indicators"])


class DayRange(Filters):
    """Which days and which measure; both days inclusive, in Asia/Shanghai."""

    day_from: Annotated[date, Query(examples=["2026-11-01"])] | None = None
    day_to: Annotated[date, Query(examples=["2026-11-30"])] | None = None
    measure: Measure | None = None

    @model_validator(mode="after")
    def _forward(self) -> Self:
        if self.day_from and self.day_to and self.day_to < self.day_from:
            raise fault("DATES_BACKWARDS", zh="结束日期早于开始日期", en="day_to lies before day_from")
        return self


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
