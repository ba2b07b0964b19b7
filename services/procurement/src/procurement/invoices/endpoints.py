"""REST door of invoices: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.invoices import service
from procurement.invoices.commands.enter import enter as enter_invoice
from procurement.invoices.repository import InvoiceFilter
from procurement.invoices.rules import EnteredLine, EnterInvoice
from procurement.invoices.schemas import (
    ApproveInvoiceIn,
    CreditDueOut,
    EnterInvoiceIn,
    InvoiceOut,
    InvoiceReasonIn,
    InvoiceSummary,
)
from procurement.invoices.service import Verb
from procurement.invoices.states import Kind, State

router = APIRouter(prefix="/invoices", tags=["invoices"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class InvoiceFilters(Filters):
    """Which invoices to list."""

    project_id: UUID | None = None
    buyer_id: UUID | None = None
    supplier_id: UUID | None = None
    state: State | None = None
    kind: Kind | None = None
    number: str | None = None
    corrects_id: UUID | None = None


class CreditDueFilters(Filters):
    """Whose credit notes are due."""

    project_id: UUID | None = None


@router.post(
    "",
    operation_id="enterInvoice",
    status_code=201,
    response_model=InvoiceOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition),
)
async def enter(body: EnterInvoiceIn, edge: EdgeDep) -> Response:
    """The seller enters an invoice or a credit note as printed; it is matched with order and acceptance at once."""
    lines = tuple(EnteredLine(**line.model_dump()) for line in body.lines)
    command = EnterInvoice(**(body.model_dump() | {"lines": lines}))
    return await edge.write(lambda work: enter_invoice(work, command), InvoiceOut.of, status=201)


@router.get("", operation_id="listInvoices", response_model=PageOut[InvoiceSummary], responses=problems())
async def list_invoices(filters: Annotated[InvoiceFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's invoices, newest first, without their lines."""
    wanted = InvoiceFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), InvoiceSummary.model_validate)


@router.get("/credit-due", operation_id="listCreditDue", response_model=PageOut[CreditDueOut], responses=problems())
async def list_credit_due(filters: Annotated[CreditDueFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Approved invoices that need a credit note (红字发票) because goods went back after they were billed."""
    return await edge.page(lambda work: service.credit_due(work, filters.project_id, page), CreditDueOut.model_validate)


@router.get("/{invoice_id}", operation_id="getInvoice", response_model=InvoiceOut, responses=problems(NotFound))
async def get(invoice_id: UUID, edge: EdgeDep) -> Response:
    """One invoice with its lines and the reasons why they do not match."""
    return await edge.read(lambda work: service.get(work, invoice_id), InvoiceOut.of)


@router.post("/{invoice_id}:match", operation_id="matchInvoice", response_model=InvoiceOut, responses=VERB_ERRORS)
async def match(invoice_id: UUID, edge: EdgeDep) -> Response:
    """Compare with order and acceptance again."""
    command = Verb(invoice_id, edge.expected_version)
    return await edge.write(lambda work: service.match(work, command), InvoiceOut.of)


@router.post("/{invoice_id}:approve", operation_id="approveInvoice", response_model=InvoiceOut, responses=VERB_ERRORS)
async def approve(invoice_id: UUID, body: ApproveInvoiceIn, edge: EdgeDep) -> Response:
    """Take an invoice; one that does not match needs a reason, and never bills more than was accepted."""
    command = Verb(invoice_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.approve(work, command), InvoiceOut.of)


@router.post("/{invoice_id}:reject", operation_id="rejectInvoice", response_model=InvoiceOut, responses=VERB_ERRORS)
async def reject(invoice_id: UUID, body: InvoiceReasonIn, edge: EdgeDep) -> Response:
    """Refuse an invoice and say why."""
    command = Verb(invoice_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.reject(work, command), InvoiceOut.of)


@router.post("/{invoice_id}:cancel", operation_id="cancelInvoice", response_model=InvoiceOut, responses=VERB_ERRORS)
async def cancel(invoice_id: UUID, body: InvoiceReasonIn, edge: EdgeDep) -> Response:
    """The seller takes an invoice back that is not approved, and says why."""
    command = Verb(invoice_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.cancel(work, command), InvoiceOut.of)
