"""REST door of agreements: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.http.turns import Turns
from procurement.agreements import service
from procurement.agreements.commands import approval
from procurement.agreements.commands import call_off as calling
from procurement.agreements.commands.call_off import PublishedPrices
from procurement.agreements.repository import AgreementFilter
from procurement.agreements.schemas import (
    AgreementOut,
    AgreementSummary,
    CallOffIn,
    CallOffOut,
    CallOffsOut,
    CreateAgreementIn,
    TermsIn,
    UsageOut,
)
from procurement.agreements.service import CreateAgreement, Verb
from procurement.agreements.states import Kind, State
from procurement.approvals.schemas import RemarkIn
from procurement.clients import LabourDep
from procurement.orders.schemas import ReasonIn

router = APIRouter(prefix="/agreements", tags=["agreements"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)
ASKING_ERRORS = problems(NotFound, FailedPrecondition, Aborted, Unavailable)
TURNS = Turns()
"""Call-offs of one agreement come one after the other anyway: they wait here, not in the pool of connections."""


class AgreementFilters(Filters):
    """Which agreements to list."""

    state: State | None = None
    kind: Kind | None = None
    supplier_id: UUID | None = None
    holder_id: UUID | None = None
    number: str | None = None


class CallOffFilters(Filters):
    """Which call-offs to list."""

    order_id: UUID | None = None


def published_prices() -> PublishedPrices:
    """Where published prices come from."""
    return calling.price_information


PublishedDep = Annotated[PublishedPrices, Depends(published_prices)]


@router.post(
    "",
    operation_id="createAgreement",
    status_code=201,
    response_model=AgreementOut,
    responses=problems(AlreadyExists),
)
async def create(body: CreateAgreementIn, edge: EdgeDep) -> Response:
    """Write a draft agreement; the caller's organisation holds it."""
    command = CreateAgreement(body.number, body.supplier_id, body.currency, body.plain())
    return await edge.write(lambda work: service.create(work, command), AgreementOut.of, status=201)


@router.get("", operation_id="listAgreements", response_model=PageOut[AgreementSummary], responses=problems())
async def list_agreements(filters: Annotated[AgreementFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Agreements that the caller holds, supplies or may call off from, newest first, without their items."""
    wanted = AgreementFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), AgreementSummary.summary)


@router.get("/{agreement_id}", operation_id="getAgreement", response_model=AgreementOut, responses=problems(NotFound))
async def get(agreement_id: UUID, edge: EdgeDep) -> Response:
    """One agreement with its items and caps."""
    return await edge.read(lambda work: service.get(work, agreement_id), AgreementOut.of)


@router.put("/{agreement_id}", operation_id="reviseAgreement", response_model=AgreementOut, responses=VERB_ERRORS)
async def revise(agreement_id: UUID, body: TermsIn, edge: EdgeDep) -> Response:
    """Replace the terms of a draft; If-Match is required."""
    version, terms = edge.required_version, body.plain()
    return await edge.change(lambda work: service.revise(work, agreement_id, version, terms), AgreementOut.of)


@router.get(
    "/{agreement_id}/usage", operation_id="getAgreementUsage", response_model=UsageOut, responses=problems(NotFound)
)
async def usage(agreement_id: UUID, edge: EdgeDep) -> Response:
    """Ordered, delivered and left against every cap; an entitled organisation sees its own."""
    return await edge.read(lambda work: service.usage(work, agreement_id), UsageOut.of)


@router.get(
    "/{agreement_id}/call-offs",
    operation_id="listCallOffs",
    response_model=PageOut[CallOffOut],
    responses=problems(NotFound),
)
async def list_call_offs(
    agreement_id: UUID, filters: Annotated[CallOffFilters, Query()], page: PageDep, edge: EdgeDep
) -> Response:
    """What was called off, newest first, with how each price came about and the soft caps that were passed."""
    return await edge.page(lambda work: service.call_offs(work, agreement_id, filters.order_id, page), CallOffOut.of)


@router.post(
    "/{agreement_id}:call-off",
    operation_id="callOff",
    status_code=201,
    response_model=CallOffsOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition),
)
async def call_off(agreement_id: UUID, body: CallOffIn, edge: EdgeDep, published: PublishedDep) -> Response:
    """Make draft orders at the agreement's prices of today, within its caps; all of them or none."""
    orders = [order.plain() for order in body.orders]
    async with TURNS.of(agreement_id):
        return await edge.write(
            lambda work: calling.call_off(work, agreement_id, orders, published), CallOffsOut.of, status=201
        )


@router.post(
    "/{agreement_id}:submit", operation_id="submitAgreement", response_model=AgreementOut, responses=ASKING_ERRORS
)
async def submit(agreement_id: UUID, edge: EdgeDep, labour: LabourDep) -> Response:
    """Hand a draft to those who approve what it can cost at most: the steps are fixed by the matrix of today."""
    command = Verb(agreement_id, edge.expected_version)
    return await edge.write(lambda work: approval.submit(work, command, labour), AgreementOut.of)


@router.post(
    "/{agreement_id}:approve", operation_id="approveAgreement", response_model=AgreementOut, responses=ASKING_ERRORS
)
async def approve(agreement_id: UUID, edge: EdgeDep, labour: LabourDep, body: RemarkIn | None = None) -> Response:
    """Approve the step that waits; with the last one the agreement is proposed to the supplier."""
    command = Verb(agreement_id, edge.expected_version, body.remark if body else "")
    return await edge.write(lambda work: approval.approve(work, command, labour), AgreementOut.of)


@router.post(
    "/{agreement_id}:reject", operation_id="rejectAgreement", response_model=AgreementOut, responses=VERB_ERRORS
)
async def reject(agreement_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Refuse at the step that waits and say why; it is a draft again."""
    command = Verb(agreement_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: approval.reject(work, command), AgreementOut.of)


@router.post(
    "/{agreement_id}:propose", operation_id="proposeAgreement", response_model=AgreementOut, responses=ASKING_ERRORS
)
async def propose(agreement_id: UUID, edge: EdgeDep, labour: LabourDep) -> Response:
    """Submit somebody else's draft and approve its first step at once; if that is all, the supplier is shown it."""
    command = Verb(agreement_id, edge.expected_version)
    return await edge.write(lambda work: approval.propose(work, command, labour), AgreementOut.of)


@router.post("/{agreement_id}:sign", operation_id="signAgreement", response_model=AgreementOut, responses=VERB_ERRORS)
async def sign(agreement_id: UUID, edge: EdgeDep) -> Response:
    """The supplier signs; orders may be called off from the first day of validity."""
    command = Verb(agreement_id, edge.expected_version)
    return await edge.write(lambda work: service.sign(work, command), AgreementOut.of)


@router.post(
    "/{agreement_id}:decline", operation_id="declineAgreement", response_model=AgreementOut, responses=VERB_ERRORS
)
async def decline(agreement_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """The supplier does not sign and says why; it is a draft again."""
    command = Verb(agreement_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.decline(work, command), AgreementOut.of)


@router.post(
    "/{agreement_id}:suspend", operation_id="suspendAgreement", response_model=AgreementOut, responses=VERB_ERRORS
)
async def suspend(agreement_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Stop call-offs for a while and say why; orders that stand go on."""
    command = Verb(agreement_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.suspend(work, command), AgreementOut.of)


@router.post(
    "/{agreement_id}:resume", operation_id="resumeAgreement", response_model=AgreementOut, responses=VERB_ERRORS
)
async def resume(agreement_id: UUID, edge: EdgeDep) -> Response:
    """Let orders be called off again."""
    command = Verb(agreement_id, edge.expected_version)
    return await edge.write(lambda work: service.resume(work, command), AgreementOut.of)


@router.post("/{agreement_id}:end", operation_id="endAgreement", response_model=AgreementOut, responses=VERB_ERRORS)
async def end(agreement_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """End it and say why; nothing more is called off, orders that stand go on."""
    command = Verb(agreement_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.end(work, command), AgreementOut.of)
