"""REST door of approval: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.approvals import service
from procurement.approvals.models import DocumentKind
from procurement.approvals.repository import DelegationFilter, MatrixFilter, StepFilter
from procurement.approvals.rules import Band
from procurement.approvals.schemas import (
    DelegateIn,
    DelegationOut,
    MatrixOut,
    MatrixRowOut,
    SetMatrixIn,
    StepOut,
    Subject,
)
from procurement.approvals.service import Delegate, Revoke, SetMatrix
from procurement.approvals.states import DelegationState, State

router = APIRouter(tags=["approvals"])


class MatrixFilters(Filters):
    """Which matrices to list."""

    document_kind: DocumentKind | None = None


class StepFilters(Filters):
    """Which steps to list; `mine`: what waits for the caller now."""

    document_kind: DocumentKind | None = None
    document_id: UUID | None = None
    state: State | None = None
    mine: bool = False


class DelegationFilters(Filters):
    """Which delegations to list."""

    from_subject: Subject | None = None
    to_subject: Subject | None = None
    state: DelegationState | None = None


@router.post(
    "/approval-matrices",
    operation_id="setApprovalMatrix",
    status_code=201,
    response_model=MatrixRowOut,
    responses=problems(),
)
async def set_matrix(body: SetMatrixIn, edge: EdgeDep) -> Response:
    """Set who approves which amount, from a day on, today at the earliest; what is submitted already is not touched."""
    bands = tuple(Band(band.up_to, tuple(band.roles)) for band in body.bands)
    command = SetMatrix(body.document_kind, bands, body.valid_from, body.source, body.same_person)
    return await edge.write(lambda work: service.set_matrix(work, command), MatrixRowOut.model_validate, status=201)


@router.get(
    "/approval-matrices",
    operation_id="listApprovalMatrices",
    response_model=PageOut[MatrixRowOut],
    responses=problems(),
)
async def list_matrices(filters: Annotated[MatrixFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Every matrix that the caller's organisation has ever set, newest first."""
    wanted = MatrixFilter(**filters.model_dump())
    return await edge.page(lambda work: service.matrix_page(work, wanted, page), MatrixRowOut.model_validate)


@router.get(
    "/approval-matrices/{document_kind}",
    operation_id="getApprovalMatrixInForce",
    response_model=MatrixOut,
    responses=problems(NotFound),
)
async def get_matrix(document_kind: DocumentKind, edge: EdgeDep, on: date | None = None) -> Response:
    """Who approves which amount of such documents on a day (today), with the limit of each role."""
    return await edge.read(lambda work: service.get_matrix_in_force(work, document_kind, on), MatrixOut.of)


@router.get("/approval-steps", operation_id="listApprovalSteps", response_model=PageOut[StepOut], responses=problems())
async def list_steps(filters: Annotated[StepFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Decisions on the organisation's documents, newest first; `mine=true`: what waits for the caller now."""
    wanted = StepFilter(**filters.model_dump())
    return await edge.page(lambda work: service.step_page(work, wanted, page), StepOut.of)


@router.post(
    "/delegations",
    operation_id="delegateApproval",
    status_code=201,
    response_model=DelegationOut,
    responses=problems(FailedPrecondition),
)
async def delegate(body: DelegateIn, edge: EdgeDep) -> Response:
    """Let another member decide for the caller, in roles that the caller holds, from the first to the last day."""
    command = Delegate(**(body.model_dump() | {"roles": tuple(body.roles)}))
    return await edge.write(lambda work: service.delegate(work, command), DelegationOut.model_validate, status=201)


@router.get("/delegations", operation_id="listDelegations", response_model=PageOut[DelegationOut], responses=problems())
async def list_delegations(filters: Annotated[DelegationFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The organisation's delegations, newest first."""
    wanted = DelegationFilter(**filters.model_dump())
    return await edge.page(lambda work: service.delegation_page(work, wanted, page), DelegationOut.model_validate)


@router.post(
    "/delegations/{delegation_id}:revoke",
    operation_id="revokeDelegation",
    response_model=DelegationOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def revoke(delegation_id: UUID, edge: EdgeDep) -> Response:
    """End a delegation at once; its giver or an administrator may."""
    command = Revoke(delegation_id, edge.expected_version)
    return await edge.write(lambda work: service.revoke(work, command), DelegationOut.model_validate)
