"""The only SQL of provisioning: what Keycloak does not hold yet, and the notes that it does now.

Not for callers: only the gateway itself asks (its jobs), so `visible_to` is all or nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, false, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from gateway.access.clients.models import Client
from gateway.access.members.models import Member
from gateway.access.organisations.models import Organisation
from gateway.access.organisations.states import IN_KEYCLOAK


@dataclass(frozen=True, slots=True)
class Pending:
    """An organisation, and its member or client that Keycloak does not hold as it is."""

    organisation: Organisation
    members: list[Member]
    clients: list[Client]


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """Everything for the gateway's own jobs, nothing for anybody else."""
    return true() if principal.service == "gateway" else false()


async def pending(session: AsyncSession, principal: Principal, organisation_id: UUID, only: UUID) -> Pending | None:
    """An organisation and what of `only` must be brought to Keycloak; None when it is not to be there at all."""
    organisation = await session.scalar(
        select(Organisation).where(
            visible_to(principal),
            col(Organisation.id) == organisation_id,
            col(Organisation.state).in_(IN_KEYCLOAK),
        )
    )
    if organisation is None:
        return None
    members = await session.scalars(
        select(Member).where(
            visible_to(principal),
            col(Member.organisation_id) == organisation_id,
            col(Member.id) == only,
            col(Member.synced_version) != col(Member.version),
        )
    )
    clients = await session.scalars(
        select(Client).where(
            visible_to(principal),
            col(Client.organisation_id) == organisation_id,
            col(Client.id) == only,
            col(Client.synced_version) != col(Client.version),
        )
    )
    return Pending(organisation, list(members), list(clients))


async def mark(session: AsyncSession, principal: Principal, applied: Pending, subjects: dict[UUID, str]) -> bool:
    """Note what Keycloak holds now and wipe the secrets that it has; False when something changed meanwhile.

    What changed is marked as not held, because our older state may have reached Keycloak after the newer one.
    """
    complete = True
    rows: list[Organisation | Member | Client] = [applied.organisation, *applied.members, *applied.clients]
    for seen in rows:
        kind = type(seen)
        current = await session.scalar(
            select(kind).where(visible_to(principal), col(kind.id) == seen.id).with_for_update()
        )
        if current is None:
            continue
        if isinstance(current, Member):
            current.subject = subjects.get(seen.id, "") or current.subject
        if current.version != seen.version:
            current.synced_version = 0
            complete = False
            continue
        current.synced_version = current.version
        if isinstance(current, Member | Client):
            current.secret = ""
    return complete
