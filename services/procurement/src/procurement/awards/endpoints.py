"""REST door of awards: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.approvals.schemas import RemarkIn
from procurement.awards import service
from procurement.awards.commands import approval
from procurement.awards.repository import AwardFilter
from procurement.awards.schemas import AwardIn, AwardOut, AwardSummary, OutcomeOut
from procurement.awards.service import Give, Verb, Wanted
from procurement.awards.states import State
from procurement.clients import LabourDep
from procurement.orders.schemas import ReasonIn

router = APIRouter(tags=["awards"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)
ASKING_ERRORS = problems(NotFound, FailedPrecondition, Aborted, Unavailable)


class AwardFilters(Filters):
    """Which awards to list."""

    sourcing_id: UUID | None = None
    state: State | None = None


@router.post(
    "/awards",
    operation_id="giveAward",
    status_code=201,
    response_model=AwardOut,
    responses=ASKING_ERRORS,
)
async def give(body: AwardIn, edge: EdgeDep, labour: LabourDep) -> Response:
    """Award lines of an opened sourcing, whole or split; with its approval draft orders follow.

    If-Match names the sourcing's version.
    """
    lines = tuple(Wanted(line.offer_line_id, line.quantity, line.reason.strip()) for line in body.lines)
    command = Give(body.sourcing_id, edge.expected_version, body.note, lines)
    return await edge.write(lambda work: service.give(work, command, labour), AwardOut.of, status=201)


@router.get("/awards", operation_id="listAwards", response_model=PageOut[AwardSummary], responses=problems())
async def list_awards(filters: Annotated[AwardFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The buyer's awards, newest first, without lines."""
    wanted = AwardFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), AwardSummary.model_validate)


@router.get("/awards/{award_id}", operation_id="getAward", response_model=AwardOut, responses=problems(NotFound))
async def get(award_id: UUID, edge: EdgeDep) -> Response:
    """One award with its lines and orders."""
    return await edge.read(lambda work: service.get(work, award_id), AwardOut.of)


@router.post(
    "/awards/{award_id}:approve", operation_id="approveAward", response_model=AwardOut, responses=ASKING_ERRORS
)
async def approve(award_id: UUID, edge: EdgeDep, labour: LabourDep, body: RemarkIn | None = None) -> Response:
    """Approve the step that waits; with the last one draft orders follow, and the suppliers that won are told."""
    command = Verb(award_id, edge.expected_version, body.remark if body else "")
    return await edge.write(lambda work: approval.approve(work, command, labour), AwardOut.of)


@router.post("/awards/{award_id}:reject", operation_id="rejectAward", response_model=AwardOut, responses=VERB_ERRORS)
async def reject(award_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Refuse at the step that waits and say why; what it held can be awarded again."""
    command = Verb(award_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: approval.reject(work, command), AwardOut.of)


@router.post(
    "/awards/{award_id}:withdraw", operation_id="withdrawAward", response_model=AwardOut, responses=VERB_ERRORS
)
async def withdraw(award_id: UUID, edge: EdgeDep) -> Response:
    """Take back an award that waits for approval; what it held can be awarded again."""
    command = Verb(award_id, edge.expected_version)
    return await edge.write(lambda work: approval.withdraw(work, command), AwardOut.of)


@router.get(
    "/sourcing/{sourcing_id}/outcome",
    operation_id="getOutcome",
    response_model=OutcomeOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def outcome(sourcing_id: UUID, edge: EdgeDep) -> Response:
    """What the caller, an invited supplier, has won or lost; once all is decided."""
    return await edge.read(lambda work: service.outcome(work, sourcing_id), OutcomeOut.of)
