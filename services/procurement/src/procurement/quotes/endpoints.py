"""REST door of quotes: only translates. All of it is the supplier's; the buyer reads offers."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import FailedPrecondition, NotFound, PayloadTooLarge, UnsupportedMediaType
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.language import Language, language_of
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.uploads import download, upload
from chassis.tabular import CSV, XLSX
from procurement.clients import SealsDep
from procurement.quotes import service
from procurement.quotes.commands import workbook
from procurement.quotes.rules import Content, QuotedLine
from procurement.quotes.schemas import QuoteImportOut, QuoteIn, QuoteOut, ReceiptOut
from procurement.quotes.service import Submit
from procurement.values import DryRun

router = APIRouter(prefix="/quotes", tags=["quotes"])

LARGEST_FILE = 2 * 1024 * 1024
EXAMPLE = (
    "position,material_code,material_name,specification,unit,quantity,"
    "unit_price,tax_percent,delivery_on,alternative_code,note,freight,valid_until\n"
    "1,01090001,圆钢,HPB300 φ8,t,10,3890.00,13,2099-01-01,,,800.00,2099-01-31\n"
)
WORKBOOK = "(an XLSX workbook with the same columns)"


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


@router.get(
    ":template",
    operation_id="getQuoteTemplate",
    response_class=Response,
    responses=problems(NotFound, FailedPrecondition) | download({XLSX: WORKBOOK}),
)
async def blank(sourcing_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The lines of an inquiry as a workbook (grey: what is asked for), for an invited supplier to fill in."""
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: workbook.blank(work, sourcing_id, wanted), media_type=XLSX, name="quote-template.xlsx"
    )


@router.post(
    ":check",
    operation_id="checkQuote",
    response_class=Response,
    responses=problems(NotFound, FailedPrecondition, PayloadTooLarge, UnsupportedMediaType)
    | download({XLSX: WORKBOOK}),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def check(sourcing_id: UUID, edge: EdgeDep, language: Language = None) -> Response:
    """The same file back with its failed rows coloured and the reasons beside them; nothing of it is kept.

    An Idempotency-Key is demanded as everywhere, but no answer is kept under it: asked again it says the same.
    """
    edge.demand_key()
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX))
    wanted = language_of(language, edge)
    return await edge.generate(
        lambda work: workbook.check(work, sourcing_id, content, edge.media_type, wanted),
        media_type=XLSX,
        name="quote-checked.xlsx",
    )


@router.post(
    ":import",
    operation_id="importQuote",
    response_model=QuoteImportOut,
    responses=problems(NotFound, FailedPrecondition, PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: WORKBOOK}),
    max_body_size=LARGEST_FILE,
)
async def import_quote(sourcing_id: UUID, edge: EdgeDep, seals: SealsDep, dry_run: DryRun = False) -> Response:
    """Hand in a file (CSV, XLSX) as a quote or a new version of it, or refuse it with every fault of every row.

    A fault points at `/rows/{row}/{column}`; rows count from 0 below the header. It is sealed as any quote.
    """
    content = await edge.body(limit=LARGEST_FILE, types=(CSV, XLSX))
    return await edge.write(
        lambda work: workbook.import_rows(work, sourcing_id, content, edge.media_type, seals, dry_run=dry_run),
        QuoteImportOut.of,
        hide=seals.hide,
    )
