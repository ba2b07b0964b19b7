"""REST door of statements: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.statements import service
from procurement.statements.repository import StatementFilter
from procurement.statements.schemas import (
    AgreeLinesIn,
    ChangeLinesIn,
    DraftStatementIn,
    Month,
    StatementOut,
    StatementSummary,
    WithdrawStatementIn,
    first_day,
)
from procurement.statements.service import AgreeLines, ChangeLines, DraftStatement, Figures, Verb
from procurement.statements.states import State

router = APIRouter(prefix="/statements", tags=["statements"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class StatementFilters(Filters):
    """Which statements to list."""

    project_id: UUID | None = None
    buyer_id: UUID | None = None
    supplier_id: UUID | None = None
    period: Month | None = None
    state: State | None = None


def _change(statement_id: UUID, body: ChangeLinesIn, version: int | None) -> ChangeLines:
    lines = (Figures(line.line_id, line.quantity, line.unit_price, line.reason) for line in body.lines)
    return ChangeLines(statement_id, version, tuple(lines))


@router.post(
    "",
    operation_id="draftStatement",
    status_code=201,
    response_model=StatementOut,
    responses=problems(FailedPrecondition),
)
async def draft(body: DraftStatementIn, edge: EdgeDep) -> Response:
    """Draw up what was accepted or returned until the end of a month and stands on no statement yet.

    At most 1,000 lines; the rest comes with the next statement of the month.
    """
    command = DraftStatement(body.project_id, body.buyer_id, body.supplier_id, first_day(body.period), body.currency)
    return await edge.write(lambda work: service.draft(work, command), StatementOut.of, status=201)


@router.get("", operation_id="listStatements", response_model=PageOut[StatementSummary], responses=problems())
async def list_statements(filters: Annotated[StatementFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's statements, newest first, without their lines."""
    period = None if filters.period is None else first_day(filters.period)
    wanted = StatementFilter(**(filters.model_dump() | {"period": period}))
    return await edge.page(lambda work: service.page(work, wanted, page), StatementSummary.model_validate)


@router.get("/{statement_id}", operation_id="getStatement", response_model=StatementOut, responses=problems(NotFound))
async def get(statement_id: UUID, edge: EdgeDep) -> Response:
    """One statement with its lines."""
    return await edge.read(lambda work: service.get(work, statement_id), StatementOut.of)


@router.post(
    "/{statement_id}:propose", operation_id="proposeStatement", response_model=StatementOut, responses=VERB_ERRORS
)
async def propose(statement_id: UUID, edge: EdgeDep) -> Response:
    """Show a draft to the other side, and agree to all of it."""
    command = Verb(statement_id, edge.expected_version)
    return await edge.write(lambda work: service.propose(work, command), StatementOut.of)


@router.post(
    "/{statement_id}:withdraw", operation_id="withdrawStatement", response_model=StatementOut, responses=VERB_ERRORS
)
async def withdraw(statement_id: UUID, body: WithdrawStatementIn, edge: EdgeDep) -> Response:
    """Take a statement back of which nothing is agreed by both, and say why."""
    command = Verb(statement_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.withdraw(work, command), StatementOut.of)


@router.post(
    "/{statement_id}:agree", operation_id="agreeStatementLines", response_model=StatementOut, responses=VERB_ERRORS
)
async def agree(statement_id: UUID, body: AgreeLinesIn, edge: EdgeDep) -> Response:
    """Agree to lines; what both sides have agreed to can be invoiced while other lines are open."""
    command = AgreeLines(statement_id, edge.expected_version, tuple(body.line_ids))
    return await edge.write(lambda work: service.agree(work, command), StatementOut.of)


@router.post(
    "/{statement_id}:dispute", operation_id="disputeStatementLines", response_model=StatementOut, responses=VERB_ERRORS
)
async def dispute(statement_id: UUID, body: ChangeLinesIn, edge: EdgeDep) -> Response:
    """Say that lines are wrong, why, and what they should say."""
    command = _change(statement_id, body, edge.expected_version)
    return await edge.write(lambda work: service.dispute(work, command), StatementOut.of)


@router.post(
    "/{statement_id}:correct", operation_id="correctStatementLines", response_model=StatementOut, responses=VERB_ERRORS
)
async def correct(statement_id: UUID, body: ChangeLinesIn, edge: EdgeDep) -> Response:
    """Change what lines say; a line with the figures that the other side claimed is agreed by both at once."""
    command = _change(statement_id, body, edge.expected_version)
    return await edge.write(lambda work: service.correct(work, command), StatementOut.of)


@router.post("/{statement_id}:close", operation_id="closeStatement", response_model=StatementOut, responses=VERB_ERRORS)
async def close(statement_id: UUID, edge: EdgeDep) -> Response:
    """The buyer files an agreed statement."""
    command = Verb(statement_id, edge.expected_version)
    return await edge.write(lambda work: service.close(work, command), StatementOut.of)
