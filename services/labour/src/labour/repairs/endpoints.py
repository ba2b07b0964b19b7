"""REST door of repairs: only translates."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.attendance.schemas import fault_row
from labour.clients import ProjectsDep
from labour.repairs import service
from labour.repairs.schemas import (
    ApproveRepairsIn,
    DecideRepairIn,
    ProposeRepairsIn,
    RepairOut,
    RepairResult,
    RepairResults,
)
from labour.repairs.service import ApproveRepairs, ProposedRepair, ProposeRepairs, RepairFilter, Result
from labour.repairs.states import State

router = APIRouter(prefix="/attendance", tags=["attendance"])


class RepairFilters(Filters):
    """Which repairs of a project to list."""

    project_id: UUID
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    state: State | None = None


def _results(results: Sequence[Result]) -> RepairResults:
    rows = [
        RepairResult(
            row=one.row, status=one.status, id=one.repair_id, errors=[fault_row(fault) for fault in one.faults]
        )
        for one in results
    ]
    refused = sum(one.status == "refused" for one in rows)
    return RepairResults(taken=len(rows) - refused, refused=refused, results=rows)


@router.post("/repairs:batch", operation_id="proposeRepairs", response_model=RepairResults, responses=problems())
async def propose_repairs(body: ProposeRepairsIn, edge: EdgeDep) -> Response:
    """Propose up to 1,000 forgotten swipes; the answer says row by row what became of them."""
    command = ProposeRepairs(body.project_id, [ProposedRepair(**row.model_dump()) for row in body.repairs])
    return await edge.write(lambda work: service.propose(work, command), _results)


@router.post(
    "/repairs:approve",
    operation_id="approveRepairs",
    response_model=RepairResults,
    responses=problems(NotFound, FailedPrecondition, Unavailable),
)
async def approve_repairs(body: ApproveRepairsIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Confirm up to 1,000 repairs that somebody else has proposed; each is refused or approved by itself."""
    command = ApproveRepairs(body.project_id, body.repair_ids, body.reason)
    return await edge.write(lambda work: service.approve(work, command, projects), _results)


@router.post(
    "/repairs/{repair_id}:reject",
    operation_id="rejectRepair",
    response_model=RepairOut,
    responses=problems(NotFound, FailedPrecondition, Aborted, Unavailable),
)
async def reject_repair(repair_id: UUID, body: DecideRepairIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Turn a repair down, as the general contractor."""
    return await edge.write(
        lambda work: service.reject(work, repair_id, body.reason, edge.expected_version, projects),
        RepairOut.model_validate,
    )


@router.post(
    "/repairs/{repair_id}:withdraw",
    operation_id="withdrawRepair",
    response_model=RepairOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def withdraw_repair(repair_id: UUID, body: DecideRepairIn, edge: EdgeDep) -> Response:
    """Take a proposal of one's own organisation back."""
    return await edge.write(
        lambda work: service.withdraw(work, repair_id, body.reason, edge.expected_version), RepairOut.model_validate
    )


@router.get("/repairs", operation_id="listRepairs", response_model=PageOut[RepairOut], responses=problems())
async def list_repairs(filters: Annotated[RepairFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The repairs of a project that the caller may see, newest first."""
    wanted = RepairFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), RepairOut.model_validate)


@router.get("/repairs/{repair_id}", operation_id="getRepair", response_model=RepairOut, responses=problems(NotFound))
async def get_repair(repair_id: UUID, edge: EdgeDep) -> Response:
    """One repair."""
    return await edge.read(lambda work: service.get(work, repair_id), RepairOut.model_validate)
