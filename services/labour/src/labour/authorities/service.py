"""Use cases of connections to authorities' platforms."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID

from chassis import audit
from chassis.crypto import Vault
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.assignments.commands.assign import EMPLOYER_ROLES
from labour.authorities import errors, repository, rules, states
from labour.authorities.models import Connection, Scope
from labour.authorities.repository import ConnectionFilter
from labour.authorities.rules import Authority
from labour.authorities.states import Action
from labour.clients.authority_platforms import Platforms
from labour.clients.projects import ProjectDirectory

COLLECT = "filings.collect"
"""The job that looks what a connection has to file; it stands in `labour.filings`."""

GENERAL_CONTRACTOR = "general_contractor"

SHOWN = ("project_id", "authority", "scope", "app_id", "state")


@dataclass(frozen=True, slots=True)
class Connect:
    """Access to a platform for one project, as the authority granted it."""

    project_id: UUID
    authority: str
    scope: Scope
    app_id: str
    secret: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Rotate:
    """A new secret, and a new app id where there is one."""

    connection_id: UUID
    secret: str = field(repr=False)
    app_id: str | None
    expected_version: int | None


@dataclass(frozen=True, slots=True)
class Offered:
    """A platform, and whether this installation reaches it today."""

    authority: Authority
    reached: bool


async def platforms(work: Work, reach: Platforms) -> list[Offered]:
    """Every platform of the directory."""
    work.require(permissions.CODES_READ)
    return [
        Offered(one, one.offered(work.today) and reach.address(one.code) is not None)
        for one in rules.directory().values()
    ]


async def connect(
    work: Work, command: Connect, projects: ProjectDirectory, reach: Platforms, vault: Vault
) -> Connection:
    """Connect a project; everything on record is filed from now on. Project-mgmt is asked for the caller's part."""
    work.require(permissions.AUTHORITIES_MANAGE)
    authority = _known(work, command.authority, reach)
    _fit(authority, command.secret)
    party = await projects.party(command.project_id, work.principal.organisation_id, work.today)
    if not party.roles:
        raise errors.project_not_found(command.project_id)
    if command.scope is Scope.PROJECT and GENERAL_CONTRACTOR not in party.roles:
        raise errors.not_the_general_contractor(command.project_id)
    if not party.roles.intersection(EMPLOYER_ROLES):
        raise errors.not_an_employer(command.project_id)
    session = await work.writing()
    await repository.one_at_a_time(session, command.project_id)
    connection = _row(work, command, vault)
    if await repository.is_taken(session, connection):
        raise errors.already_connected(command.project_id)
    session.add(connection)
    work.audit("authorities.connect", "connection", connection.id, None, audit.fields(connection, *SHOWN))
    await _collect(work, connection)
    return connection


def _known(work: Work, code: str, reach: Platforms) -> Authority:
    authority = rules.directory().get(code)
    if authority is None:
        raise errors.authority_unknown(code)
    if not authority.offered(work.today) or reach.address(code) is None:
        raise errors.not_reached(code)
    return authority


def _fit(authority: Authority, secret: str) -> None:
    if len(secret) != authority.limits.secret_characters:
        raise errors.secret_unfit(authority.limits.secret_characters)


def _row(work: Work, command: Connect, vault: Vault) -> Connection:
    connection_id = new_id()
    return Connection(
        id=connection_id,
        version=1,
        created_at=work.now,
        updated_at=work.now,
        project_id=command.project_id,
        organisation_id=work.principal.organisation_id,
        authority=command.authority,
        scope=command.scope,
        app_id=command.app_id,
        secret=vault.encrypt(command.secret, rules.secret_place(connection_id)),
        state=states.CONNECTION.initial,
    )


async def rotate(work: Work, command: Rotate, vault: Vault) -> Connection:
    """Take over a new secret; what is on its way is asked for under it."""
    work.require(permissions.AUTHORITIES_MANAGE)
    session = await work.writing()
    connection = await repository.get(session, work.principal, command.connection_id, lock=True)
    check_version(connection, command.expected_version)
    _fit(rules.directory()[connection.authority], command.secret)
    connection.state = states.CONNECTION.apply(connection.state, Action.ROTATE)
    before = audit.fields(connection, "app_id")
    connection.secret = vault.encrypt(command.secret, rules.secret_place(connection.id))
    connection.app_id = command.app_id or connection.app_id
    touch(connection, work)
    after = audit.fields(connection, "app_id") | {"secret": "rotated"}
    work.audit("authorities.rotate", "connection", connection.id, before, after)
    return connection


async def suspend(work: Work, connection_id: UUID, expected_version: int | None) -> Connection:
    """File nothing any more until it is resumed; what is on record meanwhile is filed then."""
    return await _move(work, connection_id, expected_version, Action.SUSPEND)


async def resume(work: Work, connection_id: UUID, expected_version: int | None) -> Connection:
    """File again, also after the authority turned us away and that was mended."""
    connection = await _move(work, connection_id, expected_version, Action.RESUME)
    await _collect(work, connection)
    return connection


async def _move(work: Work, connection_id: UUID, expected_version: int | None, action: Action) -> Connection:
    work.require(permissions.AUTHORITIES_MANAGE)
    session = await work.writing()
    connection = await repository.get(session, work.principal, connection_id, lock=True)
    check_version(connection, expected_version)
    before = audit.fields(connection, "state", "fault_code")
    connection.state = states.CONNECTION.apply(connection.state, action)
    connection.fault_code, connection.barred_at = "", None
    touch(connection, work)
    after = audit.fields(connection, "state", "fault_code")
    work.audit(f"authorities.{action}", "connection", connection.id, before, after)
    return connection


async def _collect(work: Work, connection: Connection) -> None:
    await work.enqueue(COLLECT, {"connection_id": str(connection.id)}, dedupe_key=f"{COLLECT}:{connection.id}")


async def get(work: Work, connection_id: UUID) -> Connection:
    """One of the caller's connections."""
    work.require(permissions.AUTHORITIES_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, connection_id)


async def page(work: Work, wanted: ConnectionFilter, request: PageRequest) -> Page[Connection]:
    """The caller's connections, newest first."""
    work.require(permissions.AUTHORITIES_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)
