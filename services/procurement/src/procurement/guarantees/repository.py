"""The only SQL of guarantees. Every query starts from `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from procurement.guarantees import errors
from procurement.guarantees.models import Guarantee
from procurement.guarantees.states import Kind, State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """Who is secured, and who gave the security."""
    mine = principal.organisation_id
    return or_(col(Guarantee.beneficiary_id) == mine, col(Guarantee.applicant_id) == mine)


async def get(session: AsyncSession, principal: Principal, guarantee_id: UUID, *, lock: bool = False) -> Guarantee:
    """The guarantee, locked as it is now if asked so; NotFound GUARANTEE_NOT_FOUND."""
    return await _one(session, select(Guarantee).where(visible_to(principal)), guarantee_id, lock=lock)


async def locked(session: AsyncSession, guarantee_id: UUID) -> Guarantee:
    """A guarantee of anybody, locked: for jobs."""
    return await _one(session, select(Guarantee), guarantee_id, lock=True)


async def _one(session: AsyncSession, statement: Select[Guarantee], guarantee_id: UUID, *, lock: bool) -> Guarantee:
    statement = statement.where(col(Guarantee.id) == guarantee_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found: Guarantee | None = await session.scalar(statement)
    if found is None:
        raise errors.guarantee_not_found(guarantee_id)
    return found


async def takes_part(session: AsyncSession, principal: Principal, project_id: UUID, on: date) -> bool:
    """Whether the caller's organisation is a party of the project on a day."""
    known = await session.scalars(replica.takes_part(principal.organisation_id, on))
    return project_id in set(known)


async def add(session: AsyncSession, guarantee: Guarantee) -> None:
    """Write a new one; AlreadyExists GUARANTEE_NUMBER_TAKEN."""
    session.add(guarantee)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "guarantees_number_taken":
            raise errors.number_taken(guarantee.number) from None
        raise


@dataclass(frozen=True, slots=True)
class GuaranteeFilter:
    """Which guarantees a list shows; None means all. `expiring_within`: active, and over in so many days at most."""

    project_id: UUID | None = None
    applicant_id: UUID | None = None
    beneficiary_id: UUID | None = None
    kind: Kind | None = None
    state: State | None = None
    expiring_within: int | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: GuaranteeFilter, today: date, request: PageRequest
) -> Page[Guarantee]:
    """The caller's guarantees, the first to end first."""
    statement = select(Guarantee).where(visible_to(principal))
    for name in ("project_id", "applicant_id", "beneficiary_id", "kind", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Guarantee, name) == value)
    if wanted.expiring_within is not None:
        last = today + timedelta(days=wanted.expiring_within)
        statement = statement.where(col(Guarantee.state) == State.ACTIVE, col(Guarantee.valid_until) <= last)
    return await paginate(session, statement, keys=(Guarantee.valid_until, Guarantee.id), request=request)
