"""REST door of API clients: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.once import write_once
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from gateway.access.clients import service
from gateway.access.clients.repository import ClientFilter
from gateway.access.clients.schemas import ClientOut, CreateClientIn, IssuedClient
from gateway.access.clients.service import CreateClient, Verb
from gateway.access.clients.states import State
from gateway.clients import CipherDep

router = APIRouter(prefix="/clients", tags=["clients"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)


class ClientFilters(Filters):
    """Which API clients to list; `organisation_id` is for the operator."""

    organisation_id: UUID | None = None
    state: State | None = None


@router.post(
    "",
    operation_id="createClient",
    status_code=201,
    response_model=IssuedClient,
    responses=problems(NotFound, FailedPrecondition),
)
async def create(body: CreateClientIn, edge: EdgeDep, cipher: CipherDep) -> Response:
    """Make an API client of the caller's organisation; its secret is in this answer only."""
    command = CreateClient(body.name, tuple(body.roles))
    return await write_once(
        edge,
        lambda work: service.create(work, command, cipher),
        IssuedClient.of,
        field="client_secret",
        status=201,
    )


@router.get("", operation_id="listClients", response_model=PageOut[ClientOut], responses=problems())
async def list_clients(filters: Annotated[ClientFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The API clients of the caller's organisation, newest first, with their last use."""
    wanted = ClientFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), ClientOut.of)


@router.get("/{client_id}", operation_id="getClient", response_model=ClientOut, responses=problems(NotFound))
async def get(client_id: UUID, edge: EdgeDep) -> Response:
    """One API client."""
    return await edge.read(lambda work: service.get(work, client_id), ClientOut.of)


@router.post("/{client_id}:rotate", operation_id="rotateClient", response_model=IssuedClient, responses=VERB_ERRORS)
async def rotate(client_id: UUID, edge: EdgeDep, cipher: CipherDep) -> Response:
    """Give an API client a new secret; it is in this answer only."""
    command = Verb(client_id, edge.expected_version)
    return await write_once(
        edge,
        lambda work: service.rotate(work, command, cipher),
        IssuedClient.of,
        field="client_secret",
    )


@router.post("/{client_id}:revoke", operation_id="revokeClient", response_model=ClientOut, responses=VERB_ERRORS)
async def revoke(client_id: UUID, edge: EdgeDep) -> Response:
    """Shut an API client for good."""
    command = Verb(client_id, edge.expected_version)
    return await edge.write(lambda work: service.revoke(work, command), ClientOut.of)
