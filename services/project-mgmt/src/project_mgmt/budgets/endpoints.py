"""REST door of budgets: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, DeadlineExceeded, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from project_mgmt.budgets import rules, service
from project_mgmt.budgets.commands import estimate
from project_mgmt.budgets.schemas import BudgetOut, CommitmentOut, EstimateBudgetIn, EstimateOut, SetBudgetIn
from project_mgmt.budgets.service import LineCommand, SetBudget
from project_mgmt.budgets.states import State
from project_mgmt.clients import NeighboursDep

router = APIRouter(prefix="/projects/{project_id}", tags=["budgets"])


class CommitmentFilters(Filters):
    """Which commitments to list."""

    state: State | None = None
    order_id: UUID | None = None
    organisation_id: Annotated[UUID, Query(description="The buyer.")] | None = None


@router.put(
    "/budget",
    operation_id="setBudget",
    response_model=BudgetOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Aborted),
)
async def set_budget(project_id: UUID, body: SetBudgetIn, edge: EdgeDep) -> Response:
    """Set the project's budget (If-Match "0", or none), or replace it (If-Match is its version).

    No cost code may fall below what orders hold of it.
    """
    lines = [LineCommand(line.cost_code, line.name, line.amount) for line in body.lines]
    command = SetBudget(project_id, edge.expected_version, body.currency, lines)
    return await edge.change(lambda work: service.set_budget(work, command), BudgetOut.of)


@router.post(
    "/budget:estimate",
    operation_id="estimateBudget",
    response_model=EstimateOut,
    responses=problems(NotFound, Unavailable, DeadlineExceeded),
)
async def estimate_budget(
    project_id: UUID, body: EstimateBudgetIn, edge: EdgeDep, neighbours: NeighboursDep
) -> Response:
    """Price quantities of materials at the published prices of the project's city; nothing is written.

    A line without a price says why in `code`; the sums per cost code are of the others.
    """
    command = body.command(project_id)
    return await edge.write(lambda work: estimate.estimate(work, command, neighbours.procurement), EstimateOut.of)


@router.get("/budget", operation_id="getBudget", response_model=BudgetOut, responses=problems(NotFound))
async def get_budget(project_id: UUID, edge: EdgeDep) -> Response:
    """The budget by cost code with what is reserved, confirmed and left; for the parties that steer the project."""
    return await edge.read(lambda work: service.get(work, project_id), BudgetOut.of)


@router.get(
    "/commitments",
    operation_id="listCommitments",
    response_model=PageOut[CommitmentOut],
    responses=problems(NotFound),
)
async def list_commitments(
    project_id: UUID, filters: Annotated[CommitmentFilters, Query()], page: PageDep, edge: EdgeDep
) -> Response:
    """What orders hold of the budget, newest first."""
    wanted = rules.CommitmentFilters(**filters.model_dump())
    return await edge.page(lambda work: service.commitment_page(work, project_id, wanted, page), CommitmentOut.of)
