"""REST door of the work breakdown: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import FailedPrecondition, NotFound, PayloadTooLarge, UnsupportedMediaType
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from project_mgmt.wbs import mspdi, rules, service
from project_mgmt.wbs.schemas import ImportOut, TaskOut
from project_mgmt.wbs.service import ImportSchedule

router = APIRouter(prefix="/projects/{project_id}", tags=["wbs"])

XML = ("application/xml", "text/xml")
EXAMPLE = (
    f'<?xml version="1.0"?><Project xmlns="{mspdi.NAMESPACE}"><Tasks><Task><UID>1</UID><Name>基坑支护</Name>'
    "<OutlineNumber>1</OutlineNumber><OutlineLevel>1</OutlineLevel><WBS>1</WBS><Start>2026-12-01T08:00:00</Start>"
    "<Finish>2026-12-11T17:00:00</Finish><Duration>PT72H0M0S</Duration></Task></Tasks></Project>"
)


class TaskFilters(Filters):
    """Which tasks to list."""

    milestone: bool | None = None
    summary: bool | None = None
    max_level: Annotated[int, Query(ge=0, le=1000)] | None = None
    include_retired: bool = False


@router.post(
    "/wbs:import",
    operation_id="importWbs",
    response_model=ImportOut,
    max_body_size=mspdi.MAX_BYTES,
    responses=problems(NotFound, FailedPrecondition, PayloadTooLarge, UnsupportedMediaType),
    openapi_extra={
        "requestBody": {
            "required": True,
            "content": {"application/xml": {"schema": {"type": "string", "format": "binary"}, "example": EXAMPLE}},
        }
    },
)
async def import_wbs(project_id: UUID, edge: EdgeDep) -> Response:
    """Read a Microsoft Project XML file (MSPDI), at most 10 MiB and 10,000 tasks.

    Tasks are known by their UID: a second file changes what differs, and what it no longer holds is kept as retired.
    Times without an offset mean Asia/Shanghai.
    """
    data = await edge.body(limit=mspdi.MAX_BYTES, types=XML)
    command = ImportSchedule(project_id, data)
    return await edge.write(lambda work: service.import_schedule(work, command), ImportOut.of)


@router.get("/wbs", operation_id="listWbs", response_model=PageOut[TaskOut], responses=problems(NotFound))
async def list_wbs(
    project_id: UUID, filters: Annotated[TaskFilters, Query()], page: PageDep, edge: EdgeDep
) -> Response:
    """The tasks of a project in outline order."""
    wanted = rules.TaskFilters(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, project_id, wanted, page), TaskOut.of)
