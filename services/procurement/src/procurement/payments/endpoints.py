"""REST door of payments: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.values import Code
from procurement.approvals.schemas import RemarkIn
from procurement.clients import VaultDep
from procurement.payments import service
from procurement.payments.commands import prove as proving
from procurement.payments.commands.prove import Refund
from procurement.payments.repository import PaymentFilter, ReceiptFilter
from procurement.payments.schemas import (
    BankFileOut,
    ExportPaymentIn,
    PaymentOut,
    PaymentReasonIn,
    PaymentSummary,
    PreparePaymentIn,
    ProvePaymentIn,
    ReceiptOut,
    RecordRefundIn,
)
from procurement.payments.service import Prepare, Verb
from procurement.payments.states import State
from procurement.values import Day

router = APIRouter(tags=["payments"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class PaymentFilters(Filters):
    """Which payment orders to list."""

    state: State | None = None
    number: Code | None = None
    refund: bool | None = None


class ReceiptFilters(Filters):
    """Which receipts to list."""

    buyer_id: UUID | None = None
    project_id: UUID | None = None
    payable_id: UUID | None = None
    paid_from: Day | None = None


@router.post(
    "/payments",
    operation_id="preparePayment",
    status_code=201,
    response_model=PaymentOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition),
)
async def prepare(body: PreparePaymentIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Draft a payment of several payables, each in full or in part; what it takes is bound until it is over."""
    items = tuple((item.payable_id, item.amount) for item in body.items)
    command = Prepare(body.number, body.execute_on, body.debtor.account(), body.note, items)
    return await edge.write(lambda work: service.prepare(work, command, vault), PaymentOut.of, status=201)


@router.get("/payments", operation_id="listPayments", response_model=PageOut[PaymentSummary], responses=problems())
async def list_payments(filters: Annotated[PaymentFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's payment orders, newest first, without their items."""
    wanted = PaymentFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), PaymentSummary.model_validate)


@router.get(
    "/payments/{payment_id}", operation_id="getPayment", response_model=PaymentOut, responses=problems(NotFound)
)
async def get(payment_id: UUID, edge: EdgeDep, vault: VaultDep) -> Response:
    """One payment order with its items; account numbers masked."""
    return await edge.read(lambda work: service.get(work, payment_id, vault), PaymentOut.of)


@router.post(
    "/payments/{payment_id}:submit", operation_id="submitPayment", response_model=PaymentOut, responses=VERB_ERRORS
)
async def submit(payment_id: UUID, edge: EdgeDep, vault: VaultDep) -> Response:
    """Hand it to those who approve its amount; the suppliers' bank accounts are fixed now."""
    command = Verb(payment_id, edge.expected_version)
    return await edge.write(lambda work: service.submit(work, command, vault), PaymentOut.of)


@router.post(
    "/payments/{payment_id}:approve", operation_id="approvePayment", response_model=PaymentOut, responses=VERB_ERRORS
)
async def approve(payment_id: UUID, edge: EdgeDep, vault: VaultDep, body: RemarkIn | None = None) -> Response:
    """Approve the step that waits, for oneself or by delegation; with the last one the payment is approved."""
    command = Verb(payment_id, edge.expected_version, body.remark if body else "")
    return await edge.write(lambda work: service.approve(work, command, vault), PaymentOut.of)


@router.post(
    "/payments/{payment_id}:reject", operation_id="rejectPayment", response_model=PaymentOut, responses=VERB_ERRORS
)
async def reject(payment_id: UUID, body: PaymentReasonIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Send it back to the accountant at the step that waits, and say why."""
    command = Verb(payment_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.reject(work, command, vault), PaymentOut.of)


@router.post(
    "/payments/{payment_id}:cancel", operation_id="cancelPayment", response_model=PaymentOut, responses=VERB_ERRORS
)
async def cancel(payment_id: UUID, body: PaymentReasonIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Call it off before the bank has it; its payables are open again."""
    command = Verb(payment_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.cancel(work, command, vault), PaymentOut.of)


@router.post(
    "/payments/{payment_id}:export", operation_id="exportPayment", response_model=BankFileOut, responses=VERB_ERRORS
)
async def export(payment_id: UUID, body: ExportPaymentIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """The file for the bank, ISO 20022 pain.001 or CSV, account numbers in clear; the taking is audited.

    An Idempotency-Key is demanded as everywhere, but the answer is not kept under it: it would rest in clear. Asking
    again gives what the bank has not answered yet, with another audit row.
    """
    edge.demand_key()
    command = Verb(payment_id, edge.expected_version)
    return await edge.change(lambda work: service.export(work, command, body.format, vault), BankFileOut.of)


@router.post(
    "/payments/{payment_id}:prove", operation_id="provePayment", response_model=PaymentOut, responses=VERB_ERRORS
)
async def prove(payment_id: UUID, body: ProvePaymentIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """What the bank did of all items or of some, with its references; failed items are open again."""
    command = Verb(payment_id, edge.expected_version)
    results = tuple(one.result() for one in body.results)
    return await edge.write(lambda work: proving.prove(work, command, results, vault), PaymentOut.of)


@router.post(
    "/refunds",
    operation_id="recordRefund",
    status_code=201,
    response_model=PaymentOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def refund(body: RecordRefundIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Book what a supplier paid back for a credit or an advance: a payment with negative amounts."""
    command = Refund(**body.model_dump())
    return await edge.write(lambda work: proving.refund(work, command, vault), PaymentOut.of, status=201)


@router.get("/receipts", operation_id="listReceipts", response_model=PageOut[ReceiptOut], responses=problems())
async def list_receipts(filters: Annotated[ReceiptFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """For a supplier: what it was paid, newest first."""
    wanted = ReceiptFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_receipts(work, wanted, page), ReceiptOut.model_validate)
