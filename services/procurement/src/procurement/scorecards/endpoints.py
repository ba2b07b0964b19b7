"""REST door of scorecards: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Path, Query, Response

from chassis.errors import NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.values import Currency
from procurement.scorecards import service
from procurement.scorecards.rules import Figure
from procurement.scorecards.schemas import FigureRowOut, ScorecardOut
from procurement.scorecards.service import Question
from procurement.values import Day

router = APIRouter(prefix="/suppliers/{supplier_file_id}/scorecard", tags=["suppliers"])


class Scope(Filters):
    """Which days count (both included; the year up to today without them), and orders in which currency."""

    first_day: Day | None = None
    last_day: Day | None = None
    currency: Currency = "CNY"


def _question(supplier_file_id: UUID, scope: Scope) -> Question:
    return Question(supplier_file_id, scope.currency, scope.first_day, scope.last_day)


@router.get("", operation_id="getScorecard", response_model=ScorecardOut, responses=problems(NotFound))
async def get(supplier_file_id: UUID, scope: Annotated[Scope, Query()], edge: EdgeDep) -> Response:
    """What the buyer's own orders and deliveries say about a supplier."""
    question = _question(supplier_file_id, scope)
    return await edge.read(lambda work: service.get(work, question), ScorecardOut.model_validate)


@router.get(
    "/{figure}/rows",
    operation_id="listScorecardRows",
    response_model=PageOut[FigureRowOut],
    responses=problems(NotFound),
)
async def list_rows(
    supplier_file_id: UUID,
    figure: Annotated[Figure, Path(examples=["in_full"])],
    scope: Annotated[Scope, Query()],
    page: PageDep,
    edge: EdgeDep,
) -> Response:
    """The lines behind a figure; over all pages they add up to it."""
    question = _question(supplier_file_id, scope)
    return await edge.page(lambda work: service.page(work, question, figure, page), FigureRowOut.model_validate)
