"""REST door of guarantees: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from procurement.guarantees import service
from procurement.guarantees.repository import GuaranteeFilter
from procurement.guarantees.schemas import (
    ClaimGuaranteeIn,
    ExtendGuaranteeIn,
    GuaranteeOut,
    RecordGuaranteeIn,
    ReleaseGuaranteeIn,
)
from procurement.guarantees.service import NewGuarantee, Verb
from procurement.guarantees.states import Kind, State

router = APIRouter(prefix="/guarantees", tags=["guarantees"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class GuaranteeFilters(Filters):
    """Which guarantees to list."""

    project_id: UUID | None = None
    applicant_id: UUID | None = None
    beneficiary_id: UUID | None = None
    kind: Kind | None = None
    state: State | None = None
    expiring_within: Annotated[int, Field(ge=0, le=3650)] | None = None


@router.post(
    "",
    operation_id="recordGuarantee",
    status_code=201,
    response_model=GuaranteeOut,
    responses=problems(NotFound, AlreadyExists),
)
async def record(body: RecordGuaranteeIn, edge: EdgeDep) -> Response:
    """Put a guarantee (保函) on record that the caller's organisation has received."""
    command = NewGuarantee(**body.model_dump())
    return await edge.write(lambda work: service.record(work, command), GuaranteeOut.model_validate, status=201)


@router.get("", operation_id="listGuarantees", response_model=PageOut[GuaranteeOut], responses=problems())
async def list_guarantees(filters: Annotated[GuaranteeFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Guarantees that the caller's organisation has received or given, the first to end first."""
    wanted = GuaranteeFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), GuaranteeOut.model_validate)


@router.get("/{guarantee_id}", operation_id="getGuarantee", response_model=GuaranteeOut, responses=problems(NotFound))
async def get(guarantee_id: UUID, edge: EdgeDep) -> Response:
    """One guarantee."""
    return await edge.read(lambda work: service.get(work, guarantee_id), GuaranteeOut.model_validate)


@router.post(
    "/{guarantee_id}:extend", operation_id="extendGuarantee", response_model=GuaranteeOut, responses=VERB_ERRORS
)
async def extend(guarantee_id: UUID, body: ExtendGuaranteeIn, edge: EdgeDep) -> Response:
    """Its issuer has prolonged it."""
    command = Verb(guarantee_id, edge.expected_version)
    return await edge.write(lambda work: service.extend(work, command, body.valid_until), GuaranteeOut.model_validate)


@router.post(
    "/{guarantee_id}:release", operation_id="releaseGuarantee", response_model=GuaranteeOut, responses=VERB_ERRORS
)
async def release(guarantee_id: UUID, body: ReleaseGuaranteeIn, edge: EdgeDep) -> Response:
    """The beneficiary gives it back."""
    command = Verb(guarantee_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.release(work, command), GuaranteeOut.model_validate)


@router.post("/{guarantee_id}:claim", operation_id="claimGuarantee", response_model=GuaranteeOut, responses=VERB_ERRORS)
async def claim(guarantee_id: UUID, body: ClaimGuaranteeIn, edge: EdgeDep) -> Response:
    """The beneficiary draws on it."""
    command = Verb(guarantee_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.claim(work, command, body.amount), GuaranteeOut.model_validate)
