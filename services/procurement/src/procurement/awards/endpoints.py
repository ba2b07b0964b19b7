"""REST door of awards: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.awards import service
from procurement.awards.schemas import AwardIn, AwardOut, AwardSummary, OutcomeOut
from procurement.awards.service import Give, Wanted

router = APIRouter(tags=["awards"])


class AwardFilters(Filters):
    """Which awards to list."""

    sourcing_id: UUID | None = None


@router.post(
    "/awards",
    operation_id="giveAward",
    status_code=201,
    response_model=AwardOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def give(body: AwardIn, edge: EdgeDep) -> Response:
    """Award lines of an opened sourcing, whole or split; draft orders follow. If-Match names the sourcing's version."""
    lines = tuple(Wanted(line.offer_line_id, line.quantity, line.reason.strip()) for line in body.lines)
    command = Give(body.sourcing_id, edge.expected_version, body.note, lines)
    return await edge.write(lambda work: service.give(work, command), AwardOut.of, status=201)


@router.get("/awards", operation_id="listAwards", response_model=PageOut[AwardSummary], responses=problems())
async def list_awards(filters: Annotated[AwardFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The buyer's awards, newest first, without lines."""
    return await edge.page(lambda work: service.page(work, filters.sourcing_id, page), AwardSummary.model_validate)


@router.get("/awards/{award_id}", operation_id="getAward", response_model=AwardOut, responses=problems(NotFound))
async def get(award_id: UUID, edge: EdgeDep) -> Response:
    """One award with its lines and orders."""
    return await edge.read(lambda work: service.get(work, award_id), AwardOut.of)


@router.get(
    "/sourcing/{sourcing_id}/outcome",
    operation_id="getOutcome",
    response_model=OutcomeOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def outcome(sourcing_id: UUID, edge: EdgeDep) -> Response:
    """What the caller, an invited supplier, has won or lost; once all is decided."""
    return await edge.read(lambda work: service.outcome(work, sourcing_id), OutcomeOut.of)
