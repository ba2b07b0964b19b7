"""Use cases of API clients."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import audit
from chassis.identity import Role
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from gateway import permissions
from gateway.access.clients import errors, repository, states
from gateway.access.clients.models import PREFIX, Client
from gateway.access.clients.repository import ClientFilter
from gateway.access.clients.states import Action
from gateway.access.organisations import repository as organisations
from gateway.access.provisioning import service as provisioning
from gateway.access.secrets import Cipher, new_client_secret

MOST_ACTIVE = 100
"""Active clients of one organisation; each is a client of the realm."""


@dataclass(frozen=True, slots=True)
class CreateClient:
    """A name for people, and the roles of its service account."""

    name: str
    roles: tuple[Role, ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a client and the version that the caller saw."""

    client_id: UUID
    expected_version: int | None


async def create(work: Work, command: CreateClient, cipher: Cipher) -> tuple[Client, str]:
    """Make a client of the caller's organisation; answers its secret.

    InvalidArgument ROLE_NOT_ALLOWED; FailedPrecondition TOO_MANY_CLIENTS, ORGANISATION_NOT_ACTIVE.
    """
    work.require(permissions.CLIENTS_MANAGE)
    session = await work.writing()
    organisation = await organisations.own_for_update(session, work.principal)
    allowed = permissions.roles_for_clients(organisation.kinds)
    if set(command.roles) - allowed:
        raise errors.roles_not_allowed(set(command.roles) - allowed, allowed)
    if await repository.active(session, work.principal) >= MOST_ACTIVE:
        raise errors.too_many(MOST_ACTIVE)
    row_id = new_id()
    issued = cipher.seal(new_client_secret(), f"{PREFIX}{row_id.hex}")
    client = Client(
        id=row_id,
        version=1,
        created_at=work.now,
        updated_at=work.now,
        organisation_id=organisation.id,
        client_id=f"{PREFIX}{row_id.hex}",
        name=command.name,
        roles=sorted({role.value for role in command.roles}),
        state=states.CLIENT.initial,
        secret=issued.sealed,
        created_by=work.principal.subject,
    )
    session.add(client)
    work.audit("clients.create", "client", client.id, None, _audited(client))
    await provisioning.request(work, organisation.id, client.id)
    return client, issued.plain


async def get(work: Work, client_id: UUID) -> Client:
    """One client."""
    work.require(permissions.CLIENTS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, client_id)


async def page(work: Work, wanted: ClientFilter, request: PageRequest) -> Page[Client]:
    """The clients that the caller may see, newest first."""
    work.require(permissions.CLIENTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def rotate(work: Work, command: Verb, cipher: Cipher) -> tuple[Client, str]:
    """Give a client a new secret; the old one ends as soon as Keycloak has the new one."""
    work.require(permissions.CLIENTS_MANAGE)
    client, before = await _apply(work, command, Action.ROTATE)
    issued = cipher.seal(new_client_secret(), client.client_id)
    client.secret = issued.sealed
    return await _close(work, client, Action.ROTATE, before), issued.plain


async def revoke(work: Work, command: Verb) -> Client:
    """Shut a client for good."""
    work.require(permissions.CLIENTS_MANAGE)
    client, before = await _apply(work, command, Action.REVOKE)
    client.secret = ""
    return await _close(work, client, Action.REVOKE, before)


async def record_use(work: Work, used: Mapping[str, datetime]) -> None:
    """For the edge: when clients (by client id) were last seen."""
    work.require(permissions.PROVISION)
    await repository.record_use(work, used)


async def _apply(work: Work, command: Verb, action: Action) -> tuple[Client, audit.Fields]:
    session = await work.writing()
    await organisations.own_for_update(session, work.principal)
    client = await repository.own_for_update(session, work.principal, command.client_id)
    check_version(client, command.expected_version)
    before = _audited(client)
    client.state = states.CLIENT.apply(client.state, action)
    return client, before


async def _close(work: Work, client: Client, action: Action, before: audit.Fields) -> Client:
    touch(client, work)
    work.audit(f"clients.{action}", "client", client.id, before, _audited(client))
    await provisioning.request(work, client.organisation_id, client.id)
    return client


def _audited(client: Client) -> audit.Fields:
    return audit.fields(client, "client_id", "name", "roles", "state", "version")
