"""The only SQL of assignments. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, func, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.replica import KnownProject
from labour.assignments import errors
from labour.assignments.models import Assignment, Stay
from labour.assignments.states import State
from labour.attendance.models import WorkerDay

OVERSEEING = ("general_contractor", "owner", "ipmt", "supervisor", "authority")
"""Roles in a project that see everybody on it; an employer sees his own people."""


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """The employer's own; all of a project for its general contractor, owner and supervisor; the authority all."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    overseen = replica.takes_part(principal.organisation_id, on, *OVERSEEING)
    return or_(col(Assignment.employer_id) == principal.organisation_id, col(Assignment.project_id).in_(overseen))


@dataclass(frozen=True, slots=True)
class AssignmentFilter:
    """Which assignments a list shows; None means all."""

    project_id: UUID | None = None
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    state: State | None = None


async def get(
    session: AsyncSession, principal: Principal, on: date, assignment_id: UUID, *, lock: bool = False
) -> Assignment:
    """The assignment, locked as it is now if asked so; NotFound ASSIGNMENT_NOT_FOUND when it is not visible."""
    statement = select(Assignment).where(visible_to(principal, on), col(Assignment.id) == assignment_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    assignment = await session.scalar(statement)
    if assignment is None:
        raise errors.assignment_not_found(assignment_id)
    return assignment


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: AssignmentFilter, request: PageRequest
) -> Page[Assignment]:
    """The visible assignments, newest first."""
    statement = select(Assignment).where(visible_to(principal, on))
    for name in ("project_id", "employer_id", "worker_id", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Assignment, name) == value)
    return await paginate(session, statement, keys=(Assignment.id,), request=request, descending=True)


async def page_of_stays(
    session: AsyncSession, principal: Principal, on: date, assignment_id: UUID, request: PageRequest
) -> Page[Stay]:
    """The entries and exits of one assignment, newest first."""
    statement = (
        select(Stay)
        .join(Assignment, col(Assignment.id) == col(Stay.assignment_id))
        .where(visible_to(principal, on), col(Stay.assignment_id) == assignment_id)
    )
    return await paginate(
        session, statement, keys=(Stay.entered_at, Stay.assignment_id), request=request, descending=True
    )


async def on_project(
    session: AsyncSession, project_id: UUID, worker_ids: Sequence[UUID], *, lock: bool = False
) -> dict[UUID, Assignment]:
    """The assignments of these workers to a project, by worker; locked in one order if asked so."""
    statement = (
        select(Assignment)
        .where(col(Assignment.project_id) == project_id, col(Assignment.worker_id).in_(worker_ids))
        .order_by(col(Assignment.id))
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return {found.worker_id: found for found in await session.scalars(statement)}


async def one_at_a_time(session: AsyncSession, project_id: UUID, employer_id: UUID) -> None:
    """Two calls of one employer for one project run one after the other, so that none meets the other's rows."""
    name = f"labour.assignments:{project_id}:{employer_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def open_of_workers(session: AsyncSession, worker_ids: Iterable[UUID]) -> list[Assignment]:
    """The assignments of these workers that are not left, locked in one order."""
    statement = (
        select(Assignment)
        .where(col(Assignment.worker_id).in_(set(worker_ids)), col(Assignment.state) != State.LEFT)
        .order_by(col(Assignment.id))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return list(await session.scalars(statement))


async def open_stay(session: AsyncSession, assignment_id: UUID) -> Stay | None:
    """The stay that has not ended."""
    found: Stay | None = await session.scalar(
        select(Stay).where(col(Stay.assignment_id) == assignment_id, col(Stay.left_at).is_(None))
    )
    return found


async def last_days(session: AsyncSession, worker_ids: Iterable[UUID]) -> dict[UUID, date]:
    """The last day with attendance of each worker, on any project of his employer."""
    rows = await session.execute(
        select(col(Assignment.worker_id), func.max(col(WorkerDay.day)))
        .join(WorkerDay, col(WorkerDay.assignment_id) == col(Assignment.id))
        .where(col(Assignment.worker_id).in_(set(worker_ids)))
        .group_by(col(Assignment.worker_id))
    )
    return {row[0]: row[1] for row in rows}


async def projects(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, KnownProject]:
    """The projects that the replica knows."""
    found = await session.scalars(select(KnownProject).where(col(KnownProject.project_id).in_(set(ids))))
    return {project.project_id: project for project in found}
