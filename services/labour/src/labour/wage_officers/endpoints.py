"""REST door of wage officers: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.clients import ProjectsDep
from labour.wage_officers import service
from labour.wage_officers.schemas import EndWageOfficerIn, WageOfficerIn, WageOfficerOut
from labour.wage_officers.service import NewOfficer, OfficerFilter

router = APIRouter(prefix="/wage-officers", tags=["wage officers"])
OUT = WageOfficerOut.model_validate


class WageOfficerFilters(Filters):
    """Which wage officers to list; `on`: who serves on that day."""

    project_id: UUID | None = None
    on: date | None = None


@router.post(
    "",
    operation_id="appointWageOfficer",
    status_code=201,
    response_model=WageOfficerOut,
    responses=problems(NotFound, FailedPrecondition, Unavailable),
)
async def appoint(body: WageOfficerIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Appoint a wage officer (劳资专管员) of a project; its general contractor does that."""
    command = NewOfficer(**body.model_dump())
    return await edge.write(lambda work: service.appoint(work, command, projects), OUT, status=201)


@router.get("", operation_id="listWageOfficers", response_model=PageOut[WageOfficerOut], responses=problems())
async def list_officers(filters: Annotated[WageOfficerFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The wage officers that the caller may see, newest first."""
    wanted = OfficerFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), OUT)


@router.get(
    "/{wage_officer_id}", operation_id="getWageOfficer", response_model=WageOfficerOut, responses=problems(NotFound)
)
async def get(wage_officer_id: UUID, edge: EdgeDep) -> Response:
    """One wage officer."""
    return await edge.read(lambda work: service.get(work, wage_officer_id), OUT)


@router.post(
    "/{wage_officer_id}:end",
    operation_id="endWageOfficer",
    response_model=WageOfficerOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def end(wage_officer_id: UUID, body: EndWageOfficerIn, edge: EdgeDep) -> Response:
    """End the term of a wage officer."""
    return await edge.write(lambda work: service.end(work, wage_officer_id, edge.expected_version, body.last_day), OUT)
