"""The only SQL of API clients. Every query starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import Work
from gateway.access.clients import errors
from gateway.access.clients.models import Client
from gateway.access.clients.states import State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The operator sees all API clients, everybody else those of its own organisation."""
    if Kind.OPERATOR in principal.kinds:
        return true()
    return col(Client.organisation_id) == principal.organisation_id


async def get(session: AsyncSession, principal: Principal, client_id: UUID) -> Client:
    """The client; NotFound CLIENT_NOT_FOUND when the caller may not see it."""
    found = await session.scalar(select(Client).where(visible_to(principal), col(Client.id) == client_id))
    if found is None:
        raise errors.client_not_found(client_id)
    return found


async def own_for_update(session: AsyncSession, principal: Principal, client_id: UUID) -> Client:
    """A client of the caller's own organisation, locked."""
    statement = select(Client).where(
        visible_to(principal),
        col(Client.organisation_id) == principal.organisation_id,
        col(Client.id) == client_id,
    )
    found = await session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise errors.client_not_found(client_id)
    return found


async def active(session: AsyncSession, principal: Principal) -> int:
    """How many active clients the caller's organisation has; its row must be locked."""
    statement = (
        select(func.count())
        .select_from(Client)
        .where(
            visible_to(principal),
            col(Client.organisation_id) == principal.organisation_id,
            col(Client.state) == State.ACTIVE,
        )
    )
    return await session.scalar(statement) or 0


@dataclass(frozen=True, slots=True)
class ClientFilter:
    """Which clients a list shows; None means all."""

    organisation_id: UUID | None = None
    state: State | None = None


async def page(session: AsyncSession, principal: Principal, wanted: ClientFilter, request: PageRequest) -> Page[Client]:
    """The clients that the caller may see, newest first."""
    statement = select(Client).where(visible_to(principal))
    if wanted.organisation_id is not None:
        statement = statement.where(col(Client.organisation_id) == wanted.organisation_id)
    if wanted.state is not None:
        statement = statement.where(col(Client.state) == wanted.state)
    return await paginate(session, statement, keys=(Client.id,), request=request, descending=True)


async def record_use(work: Work, used: Mapping[str, datetime]) -> None:
    """Write when clients (by client id) were last seen; never backwards, in one statement."""
    driver = await work.driver()
    await driver.execute(
        """
        UPDATE clients SET last_used_at = greatest(clients.last_used_at, seen.at)
        FROM unnest($1::text[], $2::timestamptz[]) AS seen (client_id, at)
        WHERE clients.client_id = seen.client_id
        """,
        list(used.keys()),
        list(used.values()),
    )
