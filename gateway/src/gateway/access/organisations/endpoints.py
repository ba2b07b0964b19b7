"""REST door of organisations: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response
from pydantic import Field

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep, PublicEdgeDep
from chassis.http.once import write_once
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.identity import Kind
from gateway.access.organisations import service
from gateway.access.organisations.repository import OrganisationFilter
from gateway.access.organisations.schemas import (
    AdmitOrganisationIn,
    DirectoryEntry,
    OrganisationOut,
    ReasonIn,
    RegisteredOrganisation,
    RegisterOrganisationIn,
)
from gateway.access.organisations.service import RegisterOrganisation, Verb
from gateway.access.organisations.states import State
from gateway.clients import CipherDep

router = APIRouter(prefix="/organisations", tags=["organisations"])
directory_router = APIRouter(prefix="/directory", tags=["directory"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)
_Code = Annotated[str | None, Field(max_length=18)]


class OrganisationFilters(Filters):
    """Which organisations to list."""

    state: State | None = None
    kind: Kind | None = None
    uscc: _Code = None


class DirectoryFilters(Filters):
    """Which entries to list."""

    kind: Kind | None = None
    uscc: _Code = None


@router.post(
    "",
    operation_id="registerOrganisation",
    status_code=201,
    response_model=RegisteredOrganisation,
    responses=problems(AlreadyExists),
    openapi_extra={"security": []},
)
async def register(body: RegisterOrganisationIn, edge: PublicEdgeDep, cipher: CipherDep) -> Response:
    """Apply for admission; needs no token. The first administrator's password is in this answer only."""
    command = RegisterOrganisation(
        body.name,
        body.uscc,
        tuple(body.kinds),
        body.contact.name,
        body.contact.email,
        body.contact.phone,
        body.administrator.name,
        body.administrator.email,
    )
    return await write_once(
        edge,
        lambda work: service.register(work, command, cipher),
        RegisteredOrganisation.of,
        field="initial_password",
        status=201,
    )


@router.get("", operation_id="listOrganisations", response_model=PageOut[OrganisationOut], responses=problems())
async def list_organisations(
    filters: Annotated[OrganisationFilters, Query()], page: PageDep, edge: EdgeDep
) -> Response:
    """The caller's own organisation; all of them for the operator, newest first."""
    wanted = OrganisationFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), OrganisationOut.of)


@router.get(
    "/{organisation_id}",
    operation_id="getOrganisation",
    response_model=OrganisationOut,
    responses=problems(NotFound),
)
async def get(organisation_id: UUID, edge: EdgeDep) -> Response:
    """One organisation: the caller's own, or any for the operator."""
    return await edge.read(lambda work: service.get(work, organisation_id), OrganisationOut.of)


@router.post(
    "/{organisation_id}:admit",
    operation_id="admitOrganisation",
    response_model=OrganisationOut,
    responses=problems(NotFound, FailedPrecondition, Aborted, AlreadyExists),
)
async def admit(organisation_id: UUID, body: AdmitOrganisationIn, edge: EdgeDep) -> Response:
    """The operator lets an organisation in; its first administrator can then sign in."""
    kinds = None if body.kinds is None else tuple(body.kinds)
    command = Verb(organisation_id, edge.expected_version, kinds=kinds)
    return await edge.write(lambda work: service.admit(work, command), OrganisationOut.of)


@router.post(
    "/{organisation_id}:reject",
    operation_id="rejectOrganisation",
    response_model=OrganisationOut,
    responses=VERB_ERRORS,
)
async def reject(organisation_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """The operator refuses an application and says why."""
    command = Verb(organisation_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.reject(work, command), OrganisationOut.of)


@router.post(
    "/{organisation_id}:suspend",
    operation_id="suspendOrganisation",
    response_model=OrganisationOut,
    responses=VERB_ERRORS,
)
async def suspend(organisation_id: UUID, body: ReasonIn, edge: EdgeDep) -> Response:
    """The operator shuts an organisation out; its tokens end within five minutes."""
    command = Verb(organisation_id, edge.expected_version, body.reason)
    return await edge.write(lambda work: service.suspend(work, command), OrganisationOut.of)


@router.post(
    "/{organisation_id}:reinstate",
    operation_id="reinstateOrganisation",
    response_model=OrganisationOut,
    responses=VERB_ERRORS,
)
async def reinstate(organisation_id: UUID, edge: EdgeDep) -> Response:
    """The operator lets a suspended organisation in again."""
    command = Verb(organisation_id, edge.expected_version)
    return await edge.write(lambda work: service.reinstate(work, command), OrganisationOut.of)


@directory_router.get("", operation_id="listDirectory", response_model=PageOut[DirectoryEntry], responses=problems())
async def list_directory(filters: Annotated[DirectoryFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Who is on the platform: name, code, kinds; for every signed-in caller."""
    wanted = OrganisationFilter(**filters.model_dump())
    return await edge.page(lambda work: service.directory(work, wanted, page), DirectoryEntry.of)
