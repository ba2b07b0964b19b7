"""The only SQL of supplemental agreements. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from procurement.agreements.models import Agreement
from procurement.supplements import errors
from procurement.supplements.models import Supplement
from procurement.supplements.states import State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The holder; the supplier once it was proposed to it. They tell every cap, so entitled ones see the agreement."""
    own = principal.organisation_id
    offered = and_(col(Agreement.supplier_id) == own, col(Supplement.proposed_at).is_not(None))
    of = select(col(Agreement.id)).where(col(Agreement.id) == col(Supplement.agreement_id))
    return of.where(or_(col(Agreement.holder_id) == own, offered)).exists()


def _of(principal: Principal, agreement_id: UUID) -> Select[Any]:
    return (
        select(Supplement)
        .where(visible_to(principal), col(Supplement.agreement_id) == agreement_id)
        .options(selectinload(Supplement.items), selectinload(Supplement.entitlements))  # type: ignore[arg-type]
    )


async def get(session: AsyncSession, principal: Principal, agreement_id: UUID, supplement_id: UUID) -> Supplement:
    """The supplement with all that it says; NotFound SUPPLEMENT_NOT_FOUND when the caller may not see it."""
    statement = _of(principal, agreement_id).where(col(Supplement.id) == supplement_id)
    supplement: Supplement | None = await session.scalar(statement.execution_options(populate_existing=True))
    if supplement is None:
        raise errors.supplement_not_found(supplement_id)
    return supplement


async def page(
    session: AsyncSession, principal: Principal, agreement_id: UUID, state: State | None, request: PageRequest
) -> Page[Supplement]:
    """The supplements of an agreement, newest first."""
    statement = _of(principal, agreement_id)
    if state is not None:
        statement = statement.where(col(Supplement.state) == state)
    return await paginate(session, statement, keys=(Supplement.id,), request=request, descending=True)


async def next_number(session: AsyncSession, agreement_id: UUID) -> int:
    """The number of the agreement's next supplement; the caller holds the agreement's lock."""
    statement = select(func.max(col(Supplement.number))).where(col(Supplement.agreement_id) == agreement_id)
    return (await session.scalar(statement) or 0) + 1


async def added(session: AsyncSession, agreement_id: UUID) -> Decimal:
    """What the signed supplements of an agreement have added to what can be called off at most."""
    statement = select(func.sum(col(Supplement.adds))).where(
        col(Supplement.agreement_id) == agreement_id, col(Supplement.state) == State.SIGNED
    )
    return await session.scalar(statement) or Decimal(0)


async def add(session: AsyncSession, supplement: Supplement) -> None:
    """Write a new draft; FailedPrecondition SUPPLEMENT_OPEN while another one is open."""
    session.add(supplement)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "agreement_supplements_one_open":
            raise errors.supplement_open() from None
        raise
