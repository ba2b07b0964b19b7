"""The only SQL of break rules. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from labour.breaks.models import BreakRule


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """Those of the projects in which the organisation takes part: its people's days are counted by them."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    return col(BreakRule.project_id).in_(replica.takes_part(principal.organisation_id, on))


async def one_at_a_time(session: AsyncSession, project_id: UUID) -> None:
    """Two changes for one project run one after the other."""
    name = f"labour.break_rules:{project_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def latest(session: AsyncSession, project_id: UUID) -> BreakRule | None:
    """The rule of a project that begins last."""
    statement = select(BreakRule).where(col(BreakRule.project_id) == project_id)
    found: BreakRule | None = await session.scalar(statement.order_by(col(BreakRule.valid_from).desc()).limit(1))
    return found


async def page(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, request: PageRequest
) -> Page[BreakRule]:
    """The break rules of a project, latest first."""
    statement = select(BreakRule).where(visible_to(principal, on), col(BreakRule.project_id) == project_id)
    return await paginate(
        session, statement, keys=(BreakRule.valid_from, BreakRule.id), request=request, descending=True
    )
