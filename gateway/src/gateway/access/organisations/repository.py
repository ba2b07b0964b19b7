"""The only SQL of organisations. Every query starts from `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from gateway.access.organisations import errors
from gateway.access.organisations.models import Organisation
from gateway.access.organisations.states import IN_KEYCLOAK, State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The operator and the gateway's own jobs see all organisations, everybody else its own."""
    if Kind.OPERATOR in principal.kinds or principal.service == "gateway":
        return true()
    return col(Organisation.id) == principal.organisation_id


def listed() -> ColumnElement[bool]:
    """The directory: who has been admitted. Open to every signed-in caller, with few columns."""
    return col(Organisation.state).in_(IN_KEYCLOAK)


async def add(session: AsyncSession, organisation: Organisation) -> None:
    """Write a new organisation; AlreadyExists USCC_TAKEN."""
    session.add(organisation)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "organisations_uscc_taken":
            raise errors.uscc_taken(organisation.uscc) from None
        raise


async def get(session: AsyncSession, principal: Principal, organisation_id: UUID) -> Organisation:
    """The organisation; NotFound ORGANISATION_NOT_FOUND when the caller may not see it."""
    statement = select(Organisation).where(visible_to(principal), col(Organisation.id) == organisation_id)
    found = await session.scalar(statement)
    if found is None:
        raise errors.organisation_not_found(organisation_id)
    return found


async def get_for_update(session: AsyncSession, principal: Principal, organisation_id: UUID) -> Organisation:
    """The same, locked until the end of the transaction and as it is now."""
    statement = select(Organisation).where(visible_to(principal), col(Organisation.id) == organisation_id)
    found = await session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if found is None:
        raise errors.organisation_not_found(organisation_id)
    return found


async def own_for_update(session: AsyncSession, principal: Principal) -> Organisation:
    """The caller's own organisation, locked; FailedPrecondition ORGANISATION_NOT_ACTIVE unless it is active.

    Every change to members and clients takes this lock, so what is counted (administrators) stays counted.
    """
    found = await get_for_update(session, principal, principal.organisation_id)
    if found.state != State.ACTIVE:
        raise errors.not_active(found.state)
    return found


async def active_with(session: AsyncSession, uscc: str) -> Organisation | None:
    """The active organisation with this code, which the directory shows to everybody."""
    statement = select(Organisation).where(listed(), col(Organisation.uscc) == uscc)
    return await session.scalar(statement.where(col(Organisation.state) == State.ACTIVE))


async def untold_for_update(session: AsyncSession, principal: Principal) -> list[Organisation]:
    """Those in the directory whose newest version no fact carries, locked; one that is being changed tells itself."""
    statement = select(Organisation).where(
        visible_to(principal), listed(), col(Organisation.told_version) != col(Organisation.version)
    )
    return list(await session.scalars(statement.with_for_update(skip_locked=True)))


@dataclass(frozen=True, slots=True)
class OrganisationFilter:
    """Which organisations a list shows; None means all."""

    state: State | None = None
    kind: Kind | None = None
    uscc: str | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: OrganisationFilter, request: PageRequest
) -> Page[Organisation]:
    """The organisations that the caller may see, newest first."""
    return await _page(session, visible_to(principal), wanted, request)


async def directory(session: AsyncSession, wanted: OrganisationFilter, request: PageRequest) -> Page[Organisation]:
    """Who has been admitted, newest first."""
    return await _page(session, listed(), wanted, request)


async def _page(
    session: AsyncSession, visible: ColumnElement[bool], wanted: OrganisationFilter, request: PageRequest
) -> Page[Organisation]:
    statement = select(Organisation).where(visible)
    if wanted.state is not None:
        statement = statement.where(col(Organisation.state) == wanted.state)
    if wanted.kind is not None:
        statement = statement.where(col(Organisation.kinds).contains([wanted.kind.value]))
    if wanted.uscc is not None:
        statement = statement.where(col(Organisation.uscc) == wanted.uscc.upper())
    return await paginate(session, statement, keys=(Organisation.id,), request=request, descending=True)
