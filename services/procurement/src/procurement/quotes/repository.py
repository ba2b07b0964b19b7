"""The only SQL of quotes. A quote is its supplier's alone; the buyer sees offers, once they are opened."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, select
from sqlalchemy.dialects.postgresql import distinct_on, insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from procurement.quotes import errors
from procurement.quotes.models import Quote, QuoteKey


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The supplier sees its own."""
    return col(Quote.supplier_id) == principal.organisation_id


def standing_of(principal: Principal) -> Select[UUID, datetime]:
    """For work lists: (sourcing, instant) of the caller's quotes that stand: its newest versions, unless withdrawn.

    Nobody else's quote is read: what waits for one supplier tells nothing of another.
    """
    newer = aliased(Quote)
    overtaken = exists().where(
        col(newer.sourcing_id) == col(Quote.sourcing_id),
        col(newer.supplier_id) == col(Quote.supplier_id),
        col(newer.version) > col(Quote.version),
    )
    return select(col(Quote.sourcing_id), col(Quote.submitted_at)).where(
        visible_to(principal), col(Quote.sealed).is_not(None), ~overtaken
    )


async def get(session: AsyncSession, principal: Principal, quote_id: UUID) -> Quote:
    """NotFound QUOTE_NOT_FOUND when it is not the caller's."""
    found = await session.scalar(select(Quote).where(visible_to(principal), col(Quote.id) == quote_id))
    if found is None:
        raise errors.quote_not_found(quote_id)
    return found


async def page(
    session: AsyncSession, principal: Principal, sourcing_id: UUID | None, request: PageRequest
) -> Page[Quote]:
    """The caller's versions, newest first."""
    statement = select(Quote).where(visible_to(principal))
    if sourcing_id is not None:
        statement = statement.where(col(Quote.sourcing_id) == sourcing_id)
    return await paginate(session, statement, keys=(Quote.id,), request=request, descending=True)


async def newest(session: AsyncSession, principal: Principal, sourcing_id: UUID) -> int:
    """The number of the caller's newest version; 0 without one. Its invitation is locked."""
    found = await session.scalar(
        select(func.max(col(Quote.version))).where(visible_to(principal), col(Quote.sourcing_id) == sourcing_id)
    )
    return found or 0


async def add_key(session: AsyncSession, sourcing_id: UUID, wrapped: str) -> str:
    """The sourcing's wrapped data key: this one, unless it has one already."""
    await session.execute(insert(QuoteKey).values(sourcing_id=sourcing_id, wrapped=wrapped).on_conflict_do_nothing())
    return await key(session, sourcing_id) or wrapped


async def key(session: AsyncSession, sourcing_id: UUID) -> str | None:
    """The sourcing's wrapped data key; None while nobody has quoted."""
    return await session.scalar(select(col(QuoteKey.wrapped)).where(col(QuoteKey.sourcing_id) == sourcing_id))


async def standing(session: AsyncSession, sourcing_id: UUID) -> Sequence[Quote]:
    """For the opening: the newest version of each supplier, withdrawn ones left out."""
    latest = (
        select(Quote)
        .where(col(Quote.sourcing_id) == sourcing_id)
        .ext(distinct_on(col(Quote.supplier_id)))
        .order_by(col(Quote.supplier_id), col(Quote.version).desc())
    )
    return [quote for quote in await session.scalars(latest) if quote.sealed is not None]
