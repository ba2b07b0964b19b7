"""The only SQL of connections. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from labour.authorities import errors
from labour.authorities.models import Connection, Scope
from labour.authorities.states import State


@dataclass(frozen=True, slots=True)
class ConnectionFilter:
    """Which connections a list shows; None means all."""

    project_id: UUID | None = None
    authority: str | None = None
    state: State | None = None


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """An organisation sees its own connections and nobody else's."""
    return col(Connection.organisation_id) == principal.organisation_id


async def get(session: AsyncSession, principal: Principal, connection_id: UUID, *, lock: bool = False) -> Connection:
    """The connection, locked as it is now if asked so; NotFound CONNECTION_NOT_FOUND when it is not the caller's."""
    statement = select(Connection).where(visible_to(principal), col(Connection.id) == connection_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    connection = await session.scalar(statement)
    if connection is None:
        raise errors.connection_not_found(connection_id)
    return connection


async def page(
    session: AsyncSession, principal: Principal, wanted: ConnectionFilter, request: PageRequest
) -> Page[Connection]:
    """The caller's connections, newest first."""
    statement = select(Connection).where(visible_to(principal))
    for name in ("project_id", "authority", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Connection, name) == value)
    return await paginate(session, statement, keys=(Connection.id,), request=request, descending=True)


async def one_at_a_time(session: AsyncSession, project_id: UUID) -> None:
    """Two who connect one project do it one after the other."""
    name = f"labour.authorities:{project_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def is_taken(session: AsyncSession, wanted: Connection) -> bool:
    """Whether the organisation, or for scope `project` anybody, has such a connection."""
    same = col(Connection.organisation_id) == wanted.organisation_id
    if wanted.scope is Scope.PROJECT:
        same = or_(same, col(Connection.scope) == Scope.PROJECT)
    found = select(col(Connection.id)).where(
        col(Connection.project_id) == wanted.project_id, col(Connection.authority) == wanted.authority, same
    )
    return (await session.execute(found)).first() is not None


async def by_id(session: AsyncSession, connection_id: UUID, *, lock: bool = False) -> Connection:
    """For jobs: the connection, which is there, whoever's it is."""
    statement = select(Connection).where(col(Connection.id) == connection_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.scalars(statement)).one()


async def active(session: AsyncSession) -> list[UUID]:
    """For jobs: the connections over which something is filed."""
    return list(await session.scalars(select(col(Connection.id)).where(col(Connection.state) == State.ACTIVE)))
