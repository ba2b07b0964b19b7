"""REST door of the work list: only translates."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Path, Response

from chassis.errors import NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import PageOut
from procurement.worklist import service
from procurement.worklist.rules import Kind
from procurement.worklist.schemas import WaitingOut, WorkItemOut, WorklistOut

router = APIRouter(prefix="/worklist", tags=["work list"])


@router.get("", operation_id="getWorklist", response_model=WorklistOut, responses=problems())
async def get(edge: EdgeDep) -> Response:
    """What waits (待办) for the caller in its organisation, by kind."""
    return await edge.read(
        service.counts, lambda found: WorklistOut(kinds=[WaitingOut.model_validate(one) for one in found])
    )


@router.get("/{kind}", operation_id="listWorkItems", response_model=PageOut[WorkItemOut], responses=problems(NotFound))
async def list_items(
    kind: Annotated[Kind, Path(examples=["orders_to_approve"])], page: PageDep, edge: EdgeDep
) -> Response:
    """What waits of one kind, the first due first; empty when another role does it."""
    return await edge.page(lambda work: service.page(work, kind, page), WorkItemOut.model_validate)
