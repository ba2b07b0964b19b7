"""REST door of break rules: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.breaks import service
from labour.breaks.schemas import BreakRuleOut, SetBreakRuleIn
from labour.breaks.service import SetBreakRule
from labour.clients import ProjectsDep

router = APIRouter(prefix="/attendance", tags=["attendance"])


class BreakRuleFilters(Filters):
    """Of which project."""

    project_id: UUID


@router.post(
    "/break-rules",
    operation_id="setBreakRule",
    status_code=201,
    response_model=BreakRuleOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Unavailable),
)
async def set_break_rule(body: SetBreakRuleIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Set the break that a project takes off worker days, from a day to come on."""
    command = SetBreakRule(**body.model_dump())
    return await edge.write(
        lambda work: service.set_rule(work, command, projects), BreakRuleOut.model_validate, status=201
    )


@router.get("/break-rules", operation_id="listBreakRules", response_model=PageOut[BreakRuleOut], responses=problems())
async def list_break_rules(filters: Annotated[BreakRuleFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The break rules of a project, latest first."""
    return await edge.page(lambda work: service.page(work, filters.project_id, page), BreakRuleOut.model_validate)
