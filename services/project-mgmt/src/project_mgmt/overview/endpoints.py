"""REST door of the overview: only translates."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.errors import NotFound
from chassis.http.edge import EdgeDep
from chassis.http.problems import problems
from project_mgmt.clients import NeighboursDep
from project_mgmt.overview import service
from project_mgmt.overview.schemas import OverviewOut

router = APIRouter(prefix="/projects/{project_id}", tags=["overview"])


@router.get("/overview", operation_id="getOverview", response_model=OverviewOut, responses=problems(NotFound))
async def get(project_id: UUID, edge: EdgeDep, neighbours: NeighboursDep) -> Response:
    """Budget, indicators, who is on site, what is ordered, which machines stand there.

    A service that does not answer in time is named in `missing`; the rest is answered all the same.
    """
    return await edge.read(lambda work: service.get(work, project_id, neighbours), OverviewOut.of)
