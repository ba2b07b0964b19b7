"""REST door of days: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.attendance.repository import AttendanceFilter
from labour.days import service
from labour.days.schemas import (
    DaySwipeOut,
    DirectionErrorOut,
    EmployerDayOut,
    ExplainedDayOut,
    HeatMapOut,
    OverlapOut,
    PresenceOut,
    WorkerDayOut,
)
from labour.days.service import Explained, Overlap, Remarked

router = APIRouter(prefix="/attendance", tags=["attendance"])


class WorkerDayFilters(Filters):
    """Which worker days of a project to list; both days included."""

    project_id: UUID
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None


class DaysFilters(Filters):
    """Which days of a project, both included; the last 31 days when none are named."""

    project_id: UUID
    first_day: date | None = None
    last_day: date | None = None


class EmployerDayFilters(DaysFilters):
    """Which days of a project to list, of one employer or of all."""

    employer_id: UUID | None = None


def _swipe(one: Remarked) -> DaySwipeOut:
    swipe = one.swipe
    return DaySwipeOut(
        at=swipe.at,
        direction=swipe.direction,
        device_id=swipe.device_id,
        sequence=swipe.sequence,
        repair_id=swipe.repair_id,
        counted=swipe.counted,
        remark=one.remark,
    )


def _explained(one: Explained) -> ExplainedDayOut:
    return ExplainedDayOut(
        **one.day.model_dump(),
        swipes=[_swipe(swipe) for swipe in one.swipes],
        remarks=list(one.remarks),
        on_site_minutes=int(one.on_site.total_seconds() // 60),
        break_minutes=int(one.off.total_seconds() // 60),
        locked=one.locked,
        source=one.source,
    )


def _overlap(one: Overlap) -> OverlapOut:
    own, other = one.pair.own, one.pair.other
    return OverlapOut(
        day=own.day,
        assignment_id=own.assignment_id,
        worker_id=own.worker_id,
        employer_id=own.employer_id,
        other_day=other.day,
        other_assignment_id=other.assignment_id,
        other_project_id=other.project_id,
        other_employer_id=other.employer_id,
        begins=one.at_once.begins,
        ends=one.at_once.ends,
    )


@router.get("/worker-days", operation_id="listWorkerDays", response_model=PageOut[WorkerDayOut], responses=problems())
async def list_worker_days(filters: Annotated[WorkerDayFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The worker days (工日) of a project that the caller may see, newest first."""
    wanted = AttendanceFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), WorkerDayOut.model_validate)


@router.get("/presence", operation_id="getPresence", response_model=PresenceOut, responses=problems())
async def presence(project_id: Annotated[UUID, Query()], edge: EdgeDep) -> Response:
    """Who is on site now, per employer."""
    return await edge.read(lambda work: service.presence(work, project_id), PresenceOut.model_validate)


@router.get(
    "/worker-days/{assignment_id}/{day}",
    operation_id="explainWorkerDay",
    response_model=ExplainedDayOut,
    responses=problems(NotFound),
)
async def explain_worker_day(assignment_id: UUID, day: date, edge: EdgeDep) -> Response:
    """Why a worker day counts what it counts: its swipes and repairs, what is odd about them, the break taken off."""
    return await edge.read(lambda work: service.explain(work, assignment_id, day), _explained)


@router.get(
    "/direction-errors",
    operation_id="listDirectionErrors",
    response_model=PageOut[DirectionErrorOut],
    responses=problems(),
)
async def list_direction_errors(
    filters: Annotated[WorkerDayFilters, Query()], page: PageDep, edge: EdgeDep
) -> Response:
    """Swipes of at most 31 days that went the same way as the worker's swipe before, latest first."""
    wanted = AttendanceFilter(**filters.model_dump())
    return await edge.page(
        lambda work: service.page_of_direction_errors(work, wanted, page), DirectionErrorOut.model_validate
    )


@router.get("/overlaps", operation_id="listOverlaps", response_model=PageOut[OverlapOut], responses=problems())
async def list_overlaps(filters: Annotated[DaysFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Persons who were inside at two sites at once, of at most 31 days; both days must be visible to the caller."""
    wanted = AttendanceFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_overlaps(work, wanted, page), _overlap)


@router.get(
    "/employer-days", operation_id="listEmployerDays", response_model=PageOut[EmployerDayOut], responses=problems()
)
async def list_employer_days(filters: Annotated[EmployerDayFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Workers and worker days of a project by day and employer, latest day first."""
    wanted = AttendanceFilter(**filters.model_dump())
    return await edge.page(
        lambda work: service.page_of_employer_days(work, wanted, page), EmployerDayOut.model_validate
    )


@router.get("/heat-map", operation_id="getHeatMap", response_model=HeatMapOut, responses=problems())
async def heat_map(project_id: Annotated[UUID, Query()], day: Annotated[date, Query()], edge: EdgeDep) -> Response:
    """Passes of a calendar day by device and hour."""
    return await edge.read(lambda work: service.heat_map(work, project_id, day), HeatMapOut.model_validate)
