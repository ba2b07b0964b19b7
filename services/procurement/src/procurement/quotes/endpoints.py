"""REST door of quotes: only translates. All of it is the supplier's; the buyer reads offers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.clients import SealsDep
from procurement.quotes import service
from procurement.quotes.rules import Content, QuotedLine
from procurement.quotes.schemas import QuoteIn, QuoteOut, ReceiptOut
from procurement.quotes.service import Submit

router = APIRouter(prefix="/quotes", tags=["quotes"])


class QuoteFilters(Filters):
    """Which quotes to list."""

    sourcing_id: UUID | None = None


@router.post(
    "",
    operation_id="submitQuote",
    status_code=201,
    response_model=ReceiptOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def submit(body: QuoteIn, edge: EdgeDep, seals: SealsDep) -> Response:
    """Hand in a quote, or a new version of it, before the deadline. It is sealed; the answer is a receipt."""
    lines = tuple(QuotedLine(**line.model_dump()) for line in body.lines)
    command = Submit(body.sourcing_id, Content(body.freight, body.valid_until, body.note, lines))
    return await edge.write(
        lambda work: service.submit(work, command, seals), ReceiptOut.of, status=201, hide=seals.hide
    )


@router.get("", operation_id="listQuotes", response_model=PageOut[ReceiptOut], responses=problems())
async def list_quotes(filters: Annotated[QuoteFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Receipts of all versions of the caller's own quotes, newest first."""
    return await edge.page(lambda work: service.page(work, filters.sourcing_id, page), ReceiptOut.of)


@router.get("/{quote_id}", operation_id="getQuote", response_model=QuoteOut, responses=problems(NotFound))
async def get(quote_id: UUID, edge: EdgeDep, seals: SealsDep) -> Response:
    """A version of the caller's own quote with its content."""
    return await edge.read(lambda work: service.get(work, quote_id, seals), QuoteOut.opened)


@router.post(
    "/{quote_id}:withdraw",
    operation_id="withdrawQuote",
    response_model=ReceiptOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def withdraw(quote_id: UUID, edge: EdgeDep, seals: SealsDep) -> Response:
    """Take the quote back before the deadline; its newest version names it."""
    return await edge.write(lambda work: service.withdraw(work, quote_id, seals), ReceiptOut.of)
