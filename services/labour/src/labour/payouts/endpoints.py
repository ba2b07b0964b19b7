"""REST door of payouts: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, PayloadTooLarge, UnsupportedMediaType
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.uploads import upload
from chassis.tabular import CSV, XLSX
from labour.clients import VaultDep
from labour.payouts import bank_file, service
from labour.payouts.commands import answer, payees
from labour.payouts.repository import PayeeFilter, PayoutFilter
from labour.payouts.schemas import (
    BankFileOut,
    ExportPayoutIn,
    PayeeIn,
    PayeeOut,
    PayoutIn,
    PayoutOut,
    PayoutReasonIn,
    PayoutRowOut,
    PreparedOut,
)
from labour.payouts.service import Verb
from labour.payouts.states import PayeeState, State

router = APIRouter(tags=["payouts"])

VERB = problems(NotFound, FailedPrecondition, Aborted)
PAYOUT, PAYEE = "/payouts/{payout_id}", "/payees/{payee_id}"
LARGEST_FILE = 4 * 1024 * 1024
EXAMPLE = (
    "serial,amount,result,bank_reference,paid_on,reason\r\n"
    "0199c0de000070008000000000000001,5000.00,paid,ICBC-1,2026-11-23,\r\n"
)


class PayoutFilters(Filters):
    """Which payouts to list."""

    project_id: UUID | None = None
    account_id: UUID | None = None
    state: State | None = None


class PayeeFilters(Filters):
    """Which payee changes to list."""

    worker_id: UUID | None = None
    project_id: UUID | None = None
    state: PayeeState | None = None


@router.post(
    "/payouts",
    operation_id="preparePayout",
    status_code=201,
    response_model=PreparedOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition),
)
async def prepare(body: PayoutIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Draft a payout of approved wages that are on no other way to the bank, to each worker's own card."""
    command = body.command()
    return await edge.write(lambda work: service.prepare(work, command, vault), PreparedOut.of, status=201)


@router.get("/payouts", operation_id="listPayouts", response_model=PageOut[PayoutOut], responses=problems())
async def list_payouts(filters: Annotated[PayoutFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The payouts that the caller may see, newest first."""
    wanted = PayoutFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), PayoutOut.model_validate)


@router.get(PAYOUT, operation_id="getPayout", response_model=PayoutOut, responses=problems(NotFound))
async def get(payout_id: UUID, edge: EdgeDep) -> Response:
    """One payout."""
    return await edge.read(lambda work: service.get(work, payout_id), PayoutOut.model_validate)


@router.get(
    f"{PAYOUT}/rows", operation_id="listPayoutRows", response_model=PageOut[PayoutRowOut], responses=problems(NotFound)
)
async def list_rows(payout_id: UUID, page: PageDep, edge: EdgeDep) -> Response:
    """The transfers of a payout in their order, card numbers masked."""
    return await edge.page(lambda work: service.page_of_rows(work, payout_id, page), PayoutRowOut.model_validate)


@router.post(f"{PAYOUT}:approve", operation_id="approvePayout", response_model=PayoutOut, responses=VERB)
async def approve(payout_id: UUID, edge: EdgeDep) -> Response:
    """Approve it; its total is taken from the wage account."""
    command = Verb(payout_id, edge.expected_version)
    return await edge.write(lambda work: service.approve(work, command), PayoutOut.model_validate)


@router.post(f"{PAYOUT}:cancel", operation_id="cancelPayout", response_model=PayoutOut, responses=VERB)
async def cancel(payout_id: UUID, body: PayoutReasonIn, edge: EdgeDep) -> Response:
    """Call it off before the bank has it; what was taken goes back to the account."""
    command = Verb(payout_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.cancel(work, command), PayoutOut.model_validate)


@router.post(f"{PAYOUT}:export", operation_id="exportPayout", response_model=BankFileOut, responses=VERB)
async def export(payout_id: UUID, body: ExportPayoutIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """The file for the bank, account numbers in clear; every taking is audited.

    An Idempotency-Key is demanded as everywhere, but the answer is not kept under it: it would rest in clear.
    """
    edge.demand_key()
    command = Verb(payout_id, edge.expected_version)
    return await edge.change(lambda work: service.export(work, command, body.format, vault), BankFileOut.of)


@router.post(
    f"{PAYOUT}:settle",
    operation_id="settlePayout",
    response_model=PayoutOut,
    responses=problems(NotFound, FailedPrecondition, Aborted, PayloadTooLarge, UnsupportedMediaType),
    openapi_extra=upload({CSV: EXAMPLE, XLSX: "(an XLSX workbook)"}),
    max_body_size=LARGEST_FILE,
)
async def settle(payout_id: UUID, edge: EdgeDep) -> Response:
    """Read the bank's answer back, row by row: taken whole, or refused whole with every row that does not fit."""
    kinds = {kind.media_type: name for name, kind in bank_file.FORMATS.items()}
    content = await edge.body(limit=LARGEST_FILE, types=tuple(kinds))
    command, name = Verb(payout_id, edge.expected_version), kinds[edge.media_type]
    return await edge.write(lambda work: answer.settle(work, command, name, content), PayoutOut.model_validate)


@router.post(
    "/payees",
    operation_id="proposePayee",
    status_code=201,
    response_model=PayeeOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def propose(body: PayeeIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Propose that a worker's wages go to another card, or to his heir, with the evidence."""
    new = body.payee()
    return await edge.write(lambda work: payees.propose(work, new, vault), PayeeOut.model_validate, status=201)


@router.get("/payees", operation_id="listPayees", response_model=PageOut[PayeeOut], responses=problems())
async def list_payees(filters: Annotated[PayeeFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The payee changes that the caller may see, newest first."""
    wanted = PayeeFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_payees(work, wanted, page), PayeeOut.model_validate)


@router.post(
    f"{PAYEE}:confirm",
    operation_id="confirmPayee",
    response_model=PayeeOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Aborted),
)
async def confirm(payee_id: UUID, edge: EdgeDep) -> Response:
    """For the general contractor: the evidence shows it; his payouts go there from now on."""
    expected = edge.expected_version
    return await edge.write(lambda work: payees.confirm(work, payee_id, expected), PayeeOut.model_validate)


@router.post(f"{PAYEE}:decline", operation_id="declinePayee", response_model=PayeeOut, responses=VERB)
async def decline(payee_id: UUID, body: PayoutReasonIn, edge: EdgeDep) -> Response:
    """For the general contractor: the evidence does not show it."""
    expected = edge.expected_version
    return await edge.write(lambda work: payees.decline(work, payee_id, expected, body.reason), PayeeOut.model_validate)


@router.post(f"{PAYEE}:revoke", operation_id="revokePayee", response_model=PayeeOut, responses=VERB)
async def revoke(payee_id: UUID, body: PayoutReasonIn, edge: EdgeDep) -> Response:
    """For the general contractor: wages go to the registered card again."""
    expected = edge.expected_version
    return await edge.write(lambda work: payees.revoke(work, payee_id, expected, body.reason), PayeeOut.model_validate)
