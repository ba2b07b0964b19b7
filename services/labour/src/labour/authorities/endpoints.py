"""REST door of connections: only translates."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.crypto import Vault
from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.authorities import rules, service
from labour.authorities.repository import ConnectionFilter
from labour.authorities.schemas import (
    ConnectIn,
    ConnectionOut,
    LegalBasisOut,
    PlatformOut,
    PlatformsOut,
    RotateIn,
)
from labour.authorities.service import Connect, Offered, Rotate
from labour.authorities.states import State
from labour.clients import PlatformsDep, ProjectsDep, VaultDep
from labour.workers.schemas import FilterText

router = APIRouter(prefix="/authorities", tags=["authorities"])


class ConnectionFilters(Filters):
    """Which connections to list."""

    project_id: UUID | None = None
    authority: FilterText | None = None
    state: State | None = None


def _platforms(offered: list[Offered]) -> PlatformsOut:
    return PlatformsOut(
        items=[PlatformOut(**_plain(one), reached=one.reached) for one in offered],
        legal_basis=[LegalBasisOut.model_validate(one) for one in rules.legal_basis()],
    )


def _plain(one: Offered) -> dict[str, object]:
    names = ("code", "zh", "en", "source", "status", "valid_from", "valid_to")
    return {name: getattr(one.authority, name) for name in names}


def _hidden(vault: Vault) -> Callable[[bytes], bytes]:
    """Turns the stored fingerprint of a body with a secret in it into one that nobody can guess against."""
    return lambda fingerprint: vault.index("authorities.secret", fingerprint.hex())


@router.get("/platforms", operation_id="listPlatforms", response_model=PlatformsOut, responses=problems())
async def list_platforms(edge: EdgeDep, platforms: PlatformsDep) -> Response:
    """The platforms that can be connected, and the legal ground on which what is filed."""
    return await edge.read(lambda work: service.platforms(work, platforms), _platforms)


@router.post(
    "/connections",
    operation_id="connectAuthority",
    status_code=201,
    response_model=ConnectionOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Unavailable),
)
async def connect(
    body: ConnectIn, edge: EdgeDep, projects: ProjectsDep, platforms: PlatformsDep, vault: VaultDep
) -> Response:
    """Connect a project to a platform with the access that the authority granted."""
    secret = body.secret
    command = Connect(body.project_id, body.authority, body.scope, body.app_id, secret)
    return await edge.write(
        lambda work: service.connect(work, command, projects, platforms, vault),
        ConnectionOut.model_validate,
        status=201,
        hide=_hidden(vault),
    )


@router.get("/connections", operation_id="listConnections", response_model=PageOut[ConnectionOut], responses=problems())
async def list_connections(filters: Annotated[ConnectionFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The caller's connections, newest first."""
    wanted = ConnectionFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), ConnectionOut.model_validate)


@router.get(
    "/connections/{connection_id}",
    operation_id="getConnection",
    response_model=ConnectionOut,
    responses=problems(NotFound),
)
async def get_connection(connection_id: UUID, edge: EdgeDep) -> Response:
    """One connection."""
    return await edge.read(lambda work: service.get(work, connection_id), ConnectionOut.model_validate)


@router.post(
    "/connections/{connection_id}:rotate",
    operation_id="rotateConnection",
    response_model=ConnectionOut,
    responses=problems(NotFound, Aborted),
)
async def rotate(connection_id: UUID, body: RotateIn, edge: EdgeDep, vault: VaultDep) -> Response:
    """Take over a new secret."""
    command = Rotate(connection_id, body.secret, body.app_id, edge.expected_version)
    return await edge.write(
        lambda work: service.rotate(work, command, vault), ConnectionOut.model_validate, hide=_hidden(vault)
    )


@router.post(
    "/connections/{connection_id}:suspend",
    operation_id="suspendConnection",
    response_model=ConnectionOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def suspend(connection_id: UUID, edge: EdgeDep) -> Response:
    """File nothing any more until it is resumed."""
    return await edge.write(
        lambda work: service.suspend(work, connection_id, edge.expected_version), ConnectionOut.model_validate
    )


@router.post(
    "/connections/{connection_id}:resume",
    operation_id="resumeConnection",
    response_model=ConnectionOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def resume(connection_id: UUID, edge: EdgeDep) -> Response:
    """File again what has been waiting."""
    return await edge.write(
        lambda work: service.resume(work, connection_id, edge.expected_version), ConnectionOut.model_validate
    )
