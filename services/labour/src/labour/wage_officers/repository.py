"""The only SQL of wage officers. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.replica import KnownParty, KnownProject
from labour.assignments.commands.assign import EMPLOYER_ROLES
from labour.assignments.repository import OVERSEEING
from labour.wage_officers import errors
from labour.wage_officers.models import OfficerGap, WageOfficer


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """The general contractor's own; those of a project for all who work on it or oversee it; the authority all."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    there = replica.takes_part(principal.organisation_id, on, *OVERSEEING, *EMPLOYER_ROLES)
    return or_(col(WageOfficer.organisation_id) == principal.organisation_id, col(WageOfficer.project_id).in_(there))


@dataclass(frozen=True, slots=True)
class OfficerFilter:
    """Which wage officers a list shows; None means all. `on`: who serves on that day."""

    project_id: UUID | None = None
    on: date | None = None


def _serves(on: date) -> ColumnElement[bool]:
    open_or_later = or_(col(WageOfficer.last_day).is_(None), col(WageOfficer.last_day) >= on)
    return (col(WageOfficer.first_day) <= on) & open_or_later


async def get(
    session: AsyncSession, principal: Principal, on: date, officer_id: UUID, *, lock: bool = False
) -> WageOfficer:
    """The wage officer, locked if asked so; NotFound WAGE_OFFICER_NOT_FOUND when it is not visible."""
    statement = select(WageOfficer).where(visible_to(principal, on), col(WageOfficer.id) == officer_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.officer_not_found(officer_id)
    return found


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: OfficerFilter, request: PageRequest
) -> Page[WageOfficer]:
    """The visible wage officers, newest first."""
    statement = select(WageOfficer).where(visible_to(principal, on))
    if wanted.project_id is not None:
        statement = statement.where(col(WageOfficer.project_id) == wanted.project_id)
    if wanted.on is not None:
        statement = statement.where(_serves(wanted.on))
    return await paginate(session, statement, keys=(WageOfficer.id,), request=request, descending=True)


async def one_at_a_time(session: AsyncSession) -> None:
    """Whoever judges the gaps, job or verb, does so alone."""
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended("labour.wage_officers", 0))))


async def without(session: AsyncSession, on: date, project_id: UUID | None = None) -> dict[UUID, UUID]:
    """Active projects that lack a wage officer on a day, with their general contractor."""
    officer = select(col(WageOfficer.id)).where(
        col(WageOfficer.project_id) == col(KnownProject.project_id),
        col(WageOfficer.organisation_id) == col(KnownParty.organisation_id),
        _serves(on),
    )
    statement = (
        select(col(KnownProject.project_id), col(KnownParty.organisation_id))
        .join(KnownParty, col(KnownParty.project_id) == col(KnownProject.project_id))
        .where(
            col(KnownProject.state) == "active",
            col(KnownParty.role) == "general_contractor",
            col(KnownParty.valid_from) <= on,
            or_(col(KnownParty.valid_to).is_(None), col(KnownParty.valid_to) >= on),
            ~officer.exists(),
        )
    )
    if project_id is not None:
        statement = statement.where(col(KnownProject.project_id) == project_id)
    return {row[0]: row[1] for row in await session.execute(statement)}


async def gaps(session: AsyncSession, project_id: UUID | None = None) -> dict[UUID, OfficerGap]:
    """What was told last, by project."""
    statement = select(OfficerGap)
    if project_id is not None:
        statement = statement.where(col(OfficerGap.project_id) == project_id)
    return {one.project_id: one for one in await session.scalars(statement)}
