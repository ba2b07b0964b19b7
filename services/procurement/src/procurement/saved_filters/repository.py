"""The only SQL of saved filters. Every query starts from `visible_to`."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import ColumnElement, and_, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from procurement.saved_filters import errors
from procurement.saved_filters.models import SavedFilter


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The member's own, and those that others of its organisation share."""
    mine = or_(col(SavedFilter.owner) == principal.subject, col(SavedFilter.shared))
    return and_(col(SavedFilter.organisation_id) == principal.organisation_id, mine)


async def get(session: AsyncSession, principal: Principal, filter_id: UUID, *, lock: bool = False) -> SavedFilter:
    """The filter, locked as it is now if asked so; NotFound SAVED_FILTER_NOT_FOUND."""
    statement = select(SavedFilter).where(visible_to(principal), col(SavedFilter.id) == filter_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: SavedFilter | None = await session.scalar(statement)
    if found is None:
        raise errors.filter_not_found(filter_id)
    return found


async def page(
    session: AsyncSession, principal: Principal, listing: str | None, request: PageRequest
) -> Page[SavedFilter]:
    """Those that the member can use, newest first."""
    statement = select(SavedFilter).where(visible_to(principal))
    if listing is not None:
        statement = statement.where(col(SavedFilter.listing) == listing)
    return await paginate(session, statement, keys=(SavedFilter.id,), request=request, descending=True)


async def store(session: AsyncSession, row: SavedFilter) -> None:
    """Write a new or changed one; AlreadyExists SAVED_FILTER_NAME_TAKEN."""
    session.add(row)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "saved_filters_name_taken":
            raise errors.name_taken(row.name) from None
        raise


async def remove(session: AsyncSession, row: SavedFilter) -> None:
    """It is gone."""
    await session.delete(row)
