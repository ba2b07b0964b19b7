"""REST door of payables: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.payables import service
from procurement.payables.commands import terms
from procurement.payables.commands.terms import SetTerms
from procurement.payables.repository import PayableFilter
from procurement.payables.schemas import (
    PayableDetailOut,
    PayableOut,
    RaiseAdvanceIn,
    ReceivableOut,
    SetTermsIn,
    TermsOut,
)
from procurement.payables.service import NewAdvance, Verb
from procurement.payables.states import Kind, State, Warned
from procurement.values import Day

router = APIRouter(tags=["payables"])


class PayableFilters(Filters):
    """Which payables to list."""

    project_id: UUID | None = None
    supplier_id: UUID | None = None
    invoice_id: UUID | None = None
    kind: Kind | None = None
    state: State | None = None
    warned: Warned | None = None
    due_before: Day | None = None


class ReceivableFilters(Filters):
    """Which receivables to list."""

    project_id: UUID | None = None
    buyer_id: UUID | None = None
    invoice_id: UUID | None = None
    kind: Kind | None = None
    state: State | None = None
    due_before: Day | None = None


class TermsFilters(Filters):
    """Which payment terms to list."""

    supplier_id: UUID | None = None


@router.post(
    "/payables",
    operation_id="raiseAdvance",
    status_code=201,
    response_model=PayableDetailOut,
    responses=problems(NotFound, AlreadyExists),
)
async def raise_advance(body: RaiseAdvanceIn, edge: EdgeDep) -> Response:
    """Ask for an advance (预付款) to a supplier; invoices become payables by themselves when they are approved."""
    command = NewAdvance(
        body.number,
        body.project_id,
        body.supplier_id,
        tuple(body.order_ids),
        [(cost.cost_code, cost.amount) for cost in body.costs],
        body.currency,
        body.due_on,
        body.note,
    )
    return await edge.write(lambda work: service.raise_advance(work, command), PayableDetailOut.of, status=201)


@router.get("/payables", operation_id="listPayables", response_model=PageOut[PayableOut], responses=problems())
async def list_payables(filters: Annotated[PayableFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """What the caller's organisation owes, the first due first; `warned` is the work list of the clock."""
    wanted = PayableFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), PayableOut.of)


@router.get(
    "/payables/{payable_id}",
    operation_id="getPayable",
    response_model=PayableDetailOut,
    responses=problems(NotFound),
)
async def get(payable_id: UUID, edge: EdgeDep) -> Response:
    """One payable: amounts, due date and which rule gave it, interest, offsets."""
    return await edge.read(lambda work: service.get(work, payable_id), PayableDetailOut.of)


@router.post(
    "/payables/{payable_id}:release",
    operation_id="releaseRetention",
    response_model=PayableDetailOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def release(payable_id: UUID, edge: EdgeDep) -> Response:
    """Retention money (质保金) becomes payable."""
    command = Verb(payable_id, edge.expected_version)
    return await edge.write(lambda work: service.release(work, command), PayableDetailOut.of)


@router.get("/receivables", operation_id="listReceivables", response_model=PageOut[ReceivableOut], responses=problems())
async def list_receivables(filters: Annotated[ReceivableFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """For a supplier: what its buyers owe it, the first due first."""
    wanted = PayableFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_receivables(work, wanted, page), ReceivableOut.of)


@router.get(
    "/receivables/{payable_id}",
    operation_id="getReceivable",
    response_model=ReceivableOut,
    responses=problems(NotFound),
)
async def get_receivable(payable_id: UUID, edge: EdgeDep) -> Response:
    """For a supplier: one of them."""
    return await edge.read(lambda work: service.get_receivable(work, payable_id), ReceivableOut.of)


@router.post(
    "/payment-terms",
    operation_id="setPaymentTerms",
    status_code=201,
    response_model=TermsOut,
    responses=problems(NotFound, AlreadyExists),
)
async def set_terms(body: SetTermsIn, edge: EdgeDep) -> Response:
    """Payment terms from a day on, today at the earliest; payables that stand keep theirs."""
    command = SetTerms(**body.model_dump())
    return await edge.write(lambda work: terms.set_terms(work, command), TermsOut.model_validate, status=201)


@router.get("/payment-terms", operation_id="listPaymentTerms", response_model=PageOut[TermsOut], responses=problems())
async def list_terms(filters: Annotated[TermsFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """All terms that the caller's organisation has ever set, newest first."""
    return await edge.page(lambda work: terms.page(work, filters.supplier_id, page), TermsOut.model_validate)
