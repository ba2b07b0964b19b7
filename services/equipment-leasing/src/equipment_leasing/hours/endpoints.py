"""REST door of machine hours: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from equipment_leasing.hours import service
from equipment_leasing.hours.repository import HoursFilter
from equipment_leasing.hours.schemas import DayHoursOut
from equipment_leasing.values import Day

router = APIRouter(prefix="/hours", tags=["hours"])


class HoursFilters(Filters):
    """Which hours to list; days inclusive."""

    project_id: UUID | None = None
    machine_id: UUID | None = None
    first_day: Day | None = None
    last_day: Day | None = None


@router.get("", operation_id="listMachineHours", response_model=PageOut[DayHoursOut], responses=problems())
async def list_hours(filters: Annotated[HoursFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Operating hours per project, machine and day, latest day first."""
    wanted = HoursFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), DayHoursOut.model_validate)
