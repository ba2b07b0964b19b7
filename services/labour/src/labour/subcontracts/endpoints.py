"""REST door of subcontracts: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.clients import ProjectsDep
from labour.subcontracts import service
from labour.subcontracts.schemas import (
    ChangeSubcontractIn,
    EndSubcontractIn,
    QualificationIn,
    SubcontractIn,
    SubcontractOut,
)
from labour.subcontracts.service import SubcontractFilter, Verb
from labour.subcontracts.states import State

router = APIRouter(prefix="/subcontracts", tags=["subcontracts"])
CHANGES = problems(NotFound, AlreadyExists, FailedPrecondition, Aborted, Unavailable)
OUT = SubcontractOut.model_validate


class SubcontractFilters(Filters):
    """Which subcontracts to list."""

    project_id: UUID | None = None
    contractor_id: UUID | None = None
    subcontractor_id: UUID | None = None
    state: State | None = None


@router.post(
    "",
    operation_id="recordSubcontract",
    status_code=201,
    response_model=SubcontractOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Unavailable),
)
async def record(body: SubcontractIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Put a subcontract (分包合同) on record as a draft; the general contractor does that."""
    terms, qualification = body.terms(), body.qualification.qualification()
    return await edge.write(lambda work: service.record(work, terms, qualification, projects), OUT, status=201)


@router.get("", operation_id="listSubcontracts", response_model=PageOut[SubcontractOut], responses=problems())
async def list_subcontracts(filters: Annotated[SubcontractFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The subcontracts that the caller may see, newest first."""
    wanted = SubcontractFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), OUT)


@router.get(
    "/{subcontract_id}", operation_id="getSubcontract", response_model=SubcontractOut, responses=problems(NotFound)
)
async def get(subcontract_id: UUID, edge: EdgeDep) -> Response:
    """One subcontract."""
    return await edge.read(lambda work: service.get(work, subcontract_id), OUT)


@router.patch("/{subcontract_id}", operation_id="changeSubcontract", response_model=SubcontractOut, responses=CHANGES)
async def change(subcontract_id: UUID, body: ChangeSubcontractIn, edge: EdgeDep) -> Response:
    """Change some terms of a draft. If-Match is required."""
    command = Verb(subcontract_id, edge.required_version)
    values = body.model_dump(exclude_none=True)
    return await edge.change(lambda work: service.change(work, command, values), OUT)


@router.post(
    "/{subcontract_id}:activate",
    operation_id="activateSubcontract",
    response_model=SubcontractOut,
    responses=CHANGES,
)
async def activate(subcontract_id: UUID, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Let a draft count; the subcontractor's qualification has to be valid."""
    command = Verb(subcontract_id, edge.expected_version)
    return await edge.write(lambda work: service.activate(work, command, projects), OUT)


@router.post(
    "/{subcontract_id}:renew-qualification",
    operation_id="renewQualification",
    response_model=SubcontractOut,
    responses=CHANGES,
)
async def renew_qualification(subcontract_id: UUID, body: QualificationIn, edge: EdgeDep) -> Response:
    """Record the subcontractor's new or prolonged qualification (资质)."""
    command, qualification = Verb(subcontract_id, edge.expected_version), body.qualification()
    return await edge.write(lambda work: service.renew_qualification(work, command, qualification), OUT)


@router.post("/{subcontract_id}:end", operation_id="endSubcontract", response_model=SubcontractOut, responses=CHANGES)
async def end(subcontract_id: UUID, body: EndSubcontractIn, edge: EdgeDep) -> Response:
    """End a subcontract, with its last day and why."""
    command = Verb(subcontract_id, edge.expected_version)
    return await edge.write(lambda work: service.end(work, command, body.ended_on, body.reason), OUT)
