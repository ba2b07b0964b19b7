"""The only SQL of subcontracts. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from labour.assignments.repository import OVERSEEING
from labour.subcontracts import errors
from labour.subcontracts.models import Subcontract
from labour.subcontracts.states import State


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """Both sides; all of a project for its general contractor, owner and supervisor; the authority all."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    return or_(
        col(Subcontract.contractor_id) == principal.organisation_id,
        col(Subcontract.subcontractor_id) == principal.organisation_id,
        col(Subcontract.project_id).in_(replica.takes_part(principal.organisation_id, on, *OVERSEEING)),
    )


@dataclass(frozen=True, slots=True)
class SubcontractFilter:
    """Which subcontracts a list shows; None means all."""

    project_id: UUID | None = None
    contractor_id: UUID | None = None
    subcontractor_id: UUID | None = None
    state: State | None = None


async def get(
    session: AsyncSession, principal: Principal, on: date, subcontract_id: UUID, *, lock: bool = False
) -> Subcontract:
    """The subcontract, locked as it is now if asked so; NotFound SUBCONTRACT_NOT_FOUND when it is not visible."""
    statement = select(Subcontract).where(visible_to(principal, on), col(Subcontract.id) == subcontract_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.subcontract_not_found(subcontract_id)
    return found


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: SubcontractFilter, request: PageRequest
) -> Page[Subcontract]:
    """The visible subcontracts, newest first."""
    statement = select(Subcontract).where(visible_to(principal, on))
    for name in ("project_id", "contractor_id", "subcontractor_id", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Subcontract, name) == value)
    return await paginate(session, statement, keys=(Subcontract.id,), request=request, descending=True)


async def save(session: AsyncSession, subcontract: Subcontract) -> None:
    """Write it now; AlreadyExists SUBCONTRACT_NUMBER_TAKEN."""
    session.add(subcontract)
    number = subcontract.number
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "subcontracts_number_taken":
            raise errors.number_taken(number) from None
        raise
