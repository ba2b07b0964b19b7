"""The only SQL of affiliations. Every query starts from `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from gateway.access.affiliations import errors
from gateway.access.affiliations.models import Affiliation
from gateway.access.affiliations.states import State
from gateway.access.organisations.models import Organisation


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The operator sees all affiliations, everybody else those of which it is a side."""
    if Kind.OPERATOR in principal.kinds:
        return true()
    own = principal.organisation_id
    return or_(col(Affiliation.parent_id) == own, col(Affiliation.child_id) == own)


async def add(session: AsyncSession, affiliation: Affiliation) -> None:
    """Write a new request; AlreadyExists AFFILIATION_OPEN."""
    session.add(affiliation)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "affiliations_open":
            raise errors.already_open() from None
        raise


async def get(session: AsyncSession, principal: Principal, affiliation_id: UUID) -> Affiliation:
    """The affiliation; NotFound AFFILIATION_NOT_FOUND when the caller may not see it."""
    found = await session.scalar(
        select(Affiliation).where(visible_to(principal), col(Affiliation.id) == affiliation_id)
    )
    if found is None:
        raise errors.affiliation_not_found(affiliation_id)
    return found


async def locked(session: AsyncSession, principal: Principal, affiliation_id: UUID) -> tuple[Affiliation, Organisation]:
    """The affiliation and its child, locked, the child first: what is decided about one child comes in a row."""
    of_it = select(Organisation).join(Affiliation, col(Affiliation.child_id) == col(Organisation.id))
    of_it = of_it.where(visible_to(principal), col(Affiliation.id) == affiliation_id)
    child = await session.scalar(of_it.with_for_update(of=Organisation).execution_options(populate_existing=True))
    if child is None:
        raise errors.affiliation_not_found(affiliation_id)
    statement = select(Affiliation).where(visible_to(principal), col(Affiliation.id) == affiliation_id)
    affiliation = await session.scalar(statement.with_for_update().execution_options(populate_existing=True))
    if affiliation is None:
        raise errors.affiliation_not_found(affiliation_id)
    return affiliation, child


@dataclass(frozen=True, slots=True)
class AffiliationFilter:
    """Which affiliations a list shows; None means all."""

    state: State | None = None
    parent_id: UUID | None = None
    child_id: UUID | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: AffiliationFilter, request: PageRequest
) -> Page[Affiliation]:
    """The affiliations that the caller may see, newest first."""
    statement = select(Affiliation).where(visible_to(principal))
    for name in ("state", "parent_id", "child_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Affiliation, name) == value)
    return await paginate(session, statement, keys=(Affiliation.id,), request=request, descending=True)
