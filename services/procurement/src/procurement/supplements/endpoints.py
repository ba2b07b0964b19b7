"""REST door of supplemental agreements: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, DeadlineExceeded, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.approvals.schemas import RemarkIn
from procurement.clients import LabourDep
from procurement.orders.schemas import ReasonIn
from procurement.supplements import service
from procurement.supplements.commands import approval
from procurement.supplements.schemas import DraftSupplementIn, SupplementOut
from procurement.supplements.service import Verb
from procurement.supplements.states import State

router = APIRouter(prefix="/agreements/{agreement_id}/supplements", tags=["supplemental agreements"])

ERRORS = problems(NotFound, FailedPrecondition, Aborted)
ASKING = problems(NotFound, FailedPrecondition, Aborted, Unavailable, DeadlineExceeded)


class SupplementFilters(Filters):
    """Which supplements to list."""

    state: State | None = None


@router.post("", operation_id="draftSupplement", status_code=201, response_model=SupplementOut, responses=ERRORS)
async def draft(agreement_id: UUID, body: DraftSupplementIn, edge: EdgeDep) -> Response:
    """Write what shall change in a signed agreement: caps, last day, more items, who may call off."""
    command = body.plain(agreement_id, edge.expected_version)
    return await edge.write(lambda work: service.draft(work, command), SupplementOut.of, status=201)


@router.get("", operation_id="listSupplements", response_model=PageOut[SupplementOut], responses=problems(NotFound))
async def list_supplements(
    agreement_id: UUID, filters: Annotated[SupplementFilters, Query()], page: PageDep, edge: EdgeDep
) -> Response:
    """The agreement's history, newest supplement first; a supplier sees what was proposed to it, others none."""
    return await edge.page(lambda work: service.page(work, agreement_id, filters.state, page), SupplementOut.of)


@router.get(
    "/{supplement_id}", operation_id="getSupplement", response_model=SupplementOut, responses=problems(NotFound)
)
async def get(agreement_id: UUID, supplement_id: UUID, edge: EdgeDep) -> Response:
    """One supplement: what it says, and what the agreement said before."""
    return await edge.read(lambda work: service.get(work, agreement_id, supplement_id), SupplementOut.of)


@router.post("/{supplement_id}:submit", operation_id="submitSupplement", response_model=SupplementOut, responses=ASKING)
async def submit(agreement_id: UUID, supplement_id: UUID, edge: EdgeDep, labour: LabourDep) -> Response:
    """Hand a draft to those who approve what it adds at most: the steps are fixed by the matrix of today."""
    command = Verb(agreement_id, supplement_id, edge.expected_version)
    return await edge.write(lambda work: approval.submit(work, command, labour), SupplementOut.of)


@router.post(
    "/{supplement_id}:approve", operation_id="approveSupplement", response_model=SupplementOut, responses=ASKING
)
async def approve(
    agreement_id: UUID, supplement_id: UUID, edge: EdgeDep, labour: LabourDep, body: RemarkIn | None = None
) -> Response:
    """Approve the step that waits; with the last one the supplement is proposed to the supplier."""
    command = Verb(agreement_id, supplement_id, edge.expected_version, body.remark if body else "")
    return await edge.write(lambda work: approval.approve(work, command, labour), SupplementOut.of)


@router.post("/{supplement_id}:reject", operation_id="rejectSupplement", response_model=SupplementOut, responses=ERRORS)
async def reject(agreement_id: UUID, supplement_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Refuse at the step that waits and say why; it is a draft again."""
    command = Verb(agreement_id, supplement_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: approval.reject(work, command), SupplementOut.of)


@router.post(
    "/{supplement_id}:propose", operation_id="proposeSupplement", response_model=SupplementOut, responses=ASKING
)
async def propose(agreement_id: UUID, supplement_id: UUID, edge: EdgeDep, labour: LabourDep) -> Response:
    """Submit somebody else's draft and approve its first step at once; if that is all, the supplier is shown it."""
    command = Verb(agreement_id, supplement_id, edge.expected_version)
    return await edge.write(lambda work: approval.propose(work, command, labour), SupplementOut.of)


@router.post(
    "/{supplement_id}:withdraw", operation_id="withdrawSupplement", response_model=SupplementOut, responses=ERRORS
)
async def withdraw(agreement_id: UUID, supplement_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """Take it back before the supplier has signed, and say why."""
    command = Verb(agreement_id, supplement_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.withdraw(work, command), SupplementOut.of)


@router.post("/{supplement_id}:sign", operation_id="signSupplement", response_model=SupplementOut, responses=ERRORS)
async def sign(agreement_id: UUID, supplement_id: UUID, edge: EdgeDep) -> Response:
    """The supplier signs; the agreement reads so from now on."""
    command = Verb(agreement_id, supplement_id, edge.expected_version)
    return await edge.write(lambda work: service.sign(work, command), SupplementOut.of)


@router.post(
    "/{supplement_id}:decline", operation_id="declineSupplement", response_model=SupplementOut, responses=ERRORS
)
async def decline(agreement_id: UUID, supplement_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """The supplier does not sign and says why; the agreement stays as it is."""
    command = Verb(agreement_id, supplement_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.decline(work, command), SupplementOut.of)
