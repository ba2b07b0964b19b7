"""REST door of filings: only translates."""

from __future__ import annotations

from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.clients.authorities import Kind
from labour.filings import service
from labour.filings.repository import FilingFilter
from labour.filings.schemas import FilingOut, FilingReceiptOut
from labour.filings.states import State

router = APIRouter(prefix="/filings", tags=["filings"])


class FilingFilters(Filters):
    """Which filings to list."""

    project_id: UUID | None = None
    connection_id: UUID | None = None
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    kind: Kind | None = None
    state: State | None = None
    mend_by: Literal["employer", "connection", "authority", "platform"] | None = None


@router.get("", operation_id="listFilings", response_model=PageOut[FilingOut], responses=problems())
async def list_filings(filters: Annotated[FilingFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """What is or was filed of the caller's own people and, for the general contractor, of its projects."""
    wanted = FilingFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), FilingOut.model_validate)


@router.get("/{filing_id}", operation_id="getFiling", response_model=FilingOut, responses=problems(NotFound))
async def get_filing(filing_id: UUID, edge: EdgeDep) -> Response:
    """One filing."""
    return await edge.read(lambda work: service.get(work, filing_id), FilingOut.model_validate)


@router.get(
    "/{filing_id}/receipts",
    operation_id="listReceipts",
    response_model=PageOut[FilingReceiptOut],
    responses=problems(NotFound),
)
async def list_receipts(filing_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """What the platform said about a filing (回执), newest first."""
    return await edge.page(
        lambda work: service.page_of_receipts(work, filing_id, page), FilingReceiptOut.model_validate
    )


@router.post(
    "/{filing_id}:retry",
    operation_id="retryFiling",
    response_model=FilingOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def retry(filing_id: UUID, edge: EdgeDep) -> Response:
    """File again what was refused, once the cause is mended."""
    return await edge.write(
        lambda work: service.retry(work, filing_id, edge.expected_version), FilingOut.model_validate
    )


@router.post(
    "/{filing_id}:resend",
    operation_id="resendFiling",
    response_model=FilingOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def resend(filing_id: UUID, edge: EdgeDep) -> Response:
    """File again what was accepted, when the authority has lost it."""
    return await edge.write(
        lambda work: service.resend(work, filing_id, edge.expected_version), FilingOut.model_validate
    )
