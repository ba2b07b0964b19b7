"""REST door of team figures: only translates."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.evidence.endpoints import Month
from labour.team_figures import service
from labour.team_figures.repository import TeamFilter
from labour.team_figures.schemas import TeamDayOut, TeamMonthOut, TeamStandingsOut

router = APIRouter(tags=["teams"])


class TeamDayFilters(Filters):
    """Which days of a project to list, both included, of one employer or team or of all."""

    project_id: UUID
    employer_id: UUID | None = None
    team_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None


class TeamMonthFilters(Filters):
    """Which months of a project to list, both included, of one employer or team or of all."""

    project_id: UUID
    employer_id: UUID | None = None
    team_id: UUID | None = None
    first_month: Month | None = None
    last_month: Month | None = None


def _first(month: str) -> date:
    return date.fromisoformat(f"{month}-01")


def _last(month: str) -> date:
    return (_first(month) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


@router.get(
    "/attendance/team-days", operation_id="listTeamDays", response_model=PageOut[TeamDayOut], responses=problems()
)
async def list_team_days(filters: Annotated[TeamDayFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Members, heads, worker days and hours of each team of a project by day, latest first."""
    wanted = TeamFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page, by_month=False), TeamDayOut.of)


@router.get(
    "/attendance/team-months",
    operation_id="listTeamMonths",
    response_model=PageOut[TeamMonthOut],
    responses=problems(),
)
async def list_team_months(filters: Annotated[TeamMonthFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The same by month; a transfer in the middle of a month splits it."""
    wanted = TeamFilter(
        filters.project_id,
        filters.employer_id,
        filters.team_id,
        _first(filters.first_month) if filters.first_month else None,
        _last(filters.last_month) if filters.last_month else None,
    )
    return await edge.page(lambda work: service.page(work, wanted, page, by_month=True), TeamMonthOut.of)


@router.get(
    "/evidence/team-totals",
    operation_id="getEvidenceTeamTotals",
    response_model=TeamStandingsOut,
    responses=problems(),
)
async def team_totals(
    project_id: Annotated[UUID, Query()], month: Annotated[Month, Query()], edge: EdgeDep
) -> Response:
    """How the evidence of each team of a project stands in a month; the teams of an employer add up to it."""
    return await edge.read(lambda work: service.standing(work, project_id, _first(month)), TeamStandingsOut.of)
