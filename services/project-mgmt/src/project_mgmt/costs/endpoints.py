"""REST door of costs: only translates."""

from __future__ import annotations

from uuid import UUID

from fastapi import APIRouter, Response

from chassis.errors import NotFound
from chassis.http.edge import EdgeDep
from chassis.http.problems import problems
from project_mgmt.costs import service
from project_mgmt.costs.schemas import CostsOut

router = APIRouter(prefix="/projects/{project_id}", tags=["costs"])


@router.get("/costs", operation_id="getCosts", response_model=CostsOut, responses=problems(NotFound))
async def get(project_id: UUID, edge: EdgeDep) -> Response:
    """By cost code: budget, what orders hold, what is accepted, invoiced and paid, and the wages."""
    return await edge.read(lambda work: service.get(work, project_id), CostsOut.of)
