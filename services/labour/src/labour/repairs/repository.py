"""The only SQL of repairs. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, func, or_, select, tuple_
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.replica import KnownParty
from labour.assignments.models import Assignment
from labour.attendance import repository as attendance
from labour.attendance.repository import DAYS, Books, changes, day_arguments
from labour.codes.models import WorkerDayRule
from labour.repairs import errors
from labour.repairs.models import Repair
from labour.repairs.states import State
from labour.workers import repository as workers
from labour.workers.models import Worker

Driver: TypeAlias = "asyncpg.Connection[Any]"
STANDING = (State.PROPOSED, State.APPROVED)

REPAIRED = f"""
WITH taken AS (
  SELECT assignment_id, worker_id, employer_id, at, direction FROM attendance_repairs WHERE id = ANY($13::uuid[])
){DAYS}
"""  # noqa: S608 - of constants


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """As attendance is: the employer's own, and all of a project for those who oversee it."""
    return attendance.visible_to(principal, on, Repair)


@dataclass(frozen=True, slots=True)
class Named:
    """A worker on a project as a sheet names him; `name` only of the caller's own."""

    assignment_id: UUID
    worker_id: UUID
    external_id: str
    name: str


@dataclass(frozen=True, slots=True)
class RepairFilter:
    """Which repairs of one project a list shows; None means all."""

    project_id: UUID
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    state: State | None = None


async def get(session: AsyncSession, principal: Principal, on: date, repair_id: UUID, *, lock: bool = False) -> Repair:
    """The repair, locked if asked so; NotFound REPAIR_NOT_FOUND when it is not visible."""
    statement = select(Repair).where(visible_to(principal, on), col(Repair.id) == repair_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.repair_not_found(repair_id)
    return found


async def locked(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, ids: Sequence[UUID]
) -> dict[UUID, Repair]:
    """The visible ones among these repairs of a project, by id, locked in one order."""
    statement = (
        select(Repair)
        .where(visible_to(principal, on), col(Repair.project_id) == project_id, col(Repair.id).in_(ids))
        .order_by(col(Repair.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return {found.id: found for found in await session.scalars(statement)}


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: RepairFilter, request: PageRequest
) -> Page[Repair]:
    """The visible repairs of a project, newest first."""
    statement = select(Repair).where(visible_to(principal, on), col(Repair.project_id) == wanted.project_id)
    for name in ("employer_id", "worker_id", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Repair, name) == value)
    return await paginate(session, statement, keys=(Repair.id,), request=request, descending=True)


async def own_people(
    session: AsyncSession, principal: Principal, project_id: UUID, external_ids: Collection[str] | None, most: int
) -> list[Named]:
    """The caller's own workers on a project, by external id; None: all, at most so many."""
    statement = (
        select(col(Assignment.id), col(Worker.id), col(Worker.external_id), col(Worker.name))
        .join(Worker, col(Worker.id) == col(Assignment.worker_id))
        .where(
            workers.visible_to(principal),
            col(Assignment.employer_id) == principal.organisation_id,
            col(Assignment.project_id) == project_id,
        )
        .order_by(col(Worker.external_id))
        .limit(most)
    )
    if external_ids is not None:
        statement = statement.where(col(Worker.external_id).in_(external_ids))
    return [Named(*row) for row in await session.execute(statement)]


async def assigned(
    session: AsyncSession, principal: Principal, on: date, project_id: UUID, ids: Collection[UUID]
) -> list[Named]:
    """The workers of these assignments of a project, if the caller may see their attendance; they are not named."""
    rows = await session.execute(
        select(col(Assignment.id), col(Assignment.worker_id)).where(
            attendance.visible_to(principal, on, Assignment),
            col(Assignment.project_id) == project_id,
            col(Assignment.id).in_(ids),
        )
    )
    return [Named(row[0], row[1], "", "") for row in rows]


async def one_at_a_time(session: AsyncSession, project_id: UUID) -> None:
    """Two batches of proposals for one project run one after the other, so that none meets the other's rows."""
    name = f"labour.attendance_repairs:{project_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def standing(
    session: AsyncSession, wanted: Sequence[tuple[UUID, datetime, str]]
) -> set[tuple[UUID, datetime, str]]:
    """Which of these (assignment, instant, direction) stand as proposed or approved."""
    columns = (col(Repair.assignment_id), col(Repair.at), col(Repair.direction))
    rows = await session.execute(select(*columns).where(tuple_(*columns).in_(wanted), col(Repair.state).in_(STANDING)))
    return {(row[0], row[1], row[2]) for row in rows}


async def general_contractors(session: AsyncSession, project_id: UUID, on: date) -> list[UUID]:
    """Who confirms repairs of a project, as the replica knows it: with them evidence is shared."""
    rows = await session.scalars(
        select(col(KnownParty.organisation_id)).where(
            col(KnownParty.project_id) == project_id,
            col(KnownParty.role) == "general_contractor",
            col(KnownParty.valid_from) <= on,
            or_(col(KnownParty.valid_to).is_(None), col(KnownParty.valid_to) >= on),
        )
    )
    return list(rows)


async def count(
    driver: Driver, project_id: UUID, repair_ids: Sequence[UUID], rule: WorkerDayRule, books: Books
) -> dict[tuple[date, UUID], Decimal]:
    """Bring the worker days that these repairs touch up to date; by (day, employer), how they changed."""
    row = await driver.fetchrow(REPAIRED, *day_arguments(project_id, rule, books), repair_ids)
    return changes(row)
