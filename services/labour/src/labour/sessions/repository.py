"""The only SQL of sessions. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, and_, func, or_, select, text, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, paginate
from chassis.work import Work
from labour.assignments.repository import OVERSEEING
from labour.courses import repository as courses
from labour.courses.models import Course
from labour.sessions import errors
from labour.sessions.models import Attendee, Audience, TrainingSession
from labour.sessions.states import State

CREDIT_TRAININGS = text("""
INSERT INTO worker_trainings
  (id, version, created_at, updated_at, worker_id, trained_on, hours, course, training_type)
SELECT given.id, 1, :now, :now, given.worker_id, :day, given.hours, :course, :training_type
FROM unnest(CAST(:ids AS uuid[]), CAST(:worker_ids AS uuid[]), CAST(:hours AS numeric[]))
  AS given (id, worker_id, hours)
ON CONFLICT (worker_id, trained_on, course) DO UPDATE
SET hours = excluded.hours, training_type = excluded.training_type, version = worker_trainings.version + 1,
    updated_at = excluded.updated_at
WHERE worker_trainings.hours < excluded.hours
""")


@dataclass(frozen=True, slots=True)
class SessionView:
    """A session and its course."""

    session: TrainingSession
    course: Course

    @property
    def version(self) -> int:
        """Of the session, for the entity tag."""
        return self.session.version


@dataclass(frozen=True, slots=True)
class SessionFilter:
    """Which sessions a list shows; None means all."""

    project_id: UUID | None = None
    course_id: UUID | None = None
    state: State | None = None
    starts_from: datetime | None = None
    starts_before: datetime | None = None


def visible_to(work: Work) -> ColumnElement[bool]:
    """The organiser's; a base's for everybody; of a project all for its overseers, the open ones for its parties."""
    principal = work.principal
    if Kind.AUTHORITY in principal.kinds:
        return true()
    mine = principal.organisation_id
    project = col(TrainingSession.project_id)
    return or_(
        col(TrainingSession.organisation_id) == mine,
        col(TrainingSession.audience) == Audience.EVERYBODY,
        project.in_(replica.takes_part(mine, work.today, *OVERSEEING)),
        and_(col(TrainingSession.audience) == Audience.PROJECT, project.in_(replica.takes_part(mine, work.today))),
    )


async def get(session: AsyncSession, work: Work, session_id: UUID, *, lock: bool = False) -> SessionView:
    """The session with its course; NotFound SESSION_NOT_FOUND when it is not visible."""
    return await _one(session, session_id, visible_to(work), lock=lock)


async def own(session: AsyncSession, principal: Principal, session_id: UUID, *, lock: bool = False) -> SessionView:
    """A session that the caller organises; NotFound SESSION_NOT_FOUND otherwise."""
    mine = col(TrainingSession.organisation_id) == principal.organisation_id
    return await _one(session, session_id, mine, lock=lock)


async def _one(session: AsyncSession, session_id: UUID, where: ColumnElement[bool], *, lock: bool) -> SessionView:
    statement = select(TrainingSession).where(where, col(TrainingSession.id) == session_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    found = await session.scalar(statement)
    if found is None:
        raise errors.session_not_found(session_id)
    return SessionView(found, (await courses.by_ids(session, [found.course_id]))[found.course_id])


async def page(session: AsyncSession, work: Work, wanted: SessionFilter, request: PageRequest) -> Page[SessionView]:
    """The visible sessions, newest first."""
    statement = select(TrainingSession).where(visible_to(work))
    for name in ("project_id", "course_id", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(TrainingSession, name) == value)
    if wanted.starts_from is not None:
        statement = statement.where(col(TrainingSession.starts_at) >= wanted.starts_from)
    if wanted.starts_before is not None:
        statement = statement.where(col(TrainingSession.starts_at) < wanted.starts_before)
    found = await paginate(session, statement, keys=(TrainingSession.id,), request=request, descending=True)
    taught = await courses.by_ids(session, (one.course_id for one in found.items))
    return found.map(lambda one: SessionView(one, taught[one.course_id]))


async def one_enrolment_at_a_time(session: AsyncSession, employer_id: UUID) -> None:
    """Two enrolments of one employer run one after the other, so that neither misses the other's overlaps."""
    name = f"labour.enrolments:{employer_id}"
    await session.execute(select(func.pg_advisory_xact_lock(func.hashtextextended(name, 0))))


async def attendees(session: AsyncSession, session_id: UUID, worker_ids: Iterable[UUID]) -> dict[UUID, Attendee]:
    """Attendees of a session among these workers."""
    found = await session.scalars(
        select(Attendee).where(col(Attendee.session_id) == session_id, col(Attendee.worker_id).in_(set(worker_ids)))
    )
    return {one.worker_id: one for one in found}


async def all_attendees(session: AsyncSession, session_id: UUID) -> list[Attendee]:
    """Everybody in a session, in one order."""
    found = await session.scalars(
        select(Attendee).where(col(Attendee.session_id) == session_id).order_by(col(Attendee.worker_id))
    )
    return list(found)


async def busy(
    session: AsyncSession, worker_ids: Iterable[UUID], starts_at: datetime, ends_at: datetime, beside: UUID
) -> dict[UUID, UUID]:
    """By worker, a session that overlaps with this span and is not cancelled; a session that follows does not."""
    rows = await session.execute(
        select(col(Attendee.worker_id), col(Attendee.session_id))
        .join(TrainingSession, col(TrainingSession.id) == col(Attendee.session_id))
        .where(
            col(Attendee.worker_id).in_(set(worker_ids)),
            col(TrainingSession.id) != beside,
            col(TrainingSession.state) != State.CANCELLED,
            col(TrainingSession.starts_at) < ends_at,
            col(TrainingSession.ends_at) > starts_at,
        )
    )
    return {row[0]: row[1] for row in rows}


async def page_of_attendees(
    session: AsyncSession, work: Work, view: SessionView, request: PageRequest
) -> Page[Attendee]:
    """The attendees of a visible session: all for its organiser, the caller's own workers otherwise."""
    mine = work.principal.organisation_id
    statement = select(Attendee).where(col(Attendee.session_id) == view.session.id)
    if view.session.organisation_id != mine:
        statement = statement.where(col(Attendee.employer_id) == mine)
    return await paginate(session, statement, keys=(Attendee.worker_id,), request=request)


async def credited_of_day(
    session: AsyncSession, worker_ids: Iterable[UUID], course_id: UUID, first: datetime, end: datetime
) -> dict[UUID, Decimal]:
    """Hours that workers are credited with for a course, of closed sessions that began in this span."""
    rows = await session.execute(
        select(col(Attendee.worker_id), func.sum(col(Attendee.hours)))
        .join(TrainingSession, col(TrainingSession.id) == col(Attendee.session_id))
        .where(
            col(Attendee.worker_id).in_(set(worker_ids)),
            col(TrainingSession.course_id) == course_id,
            col(TrainingSession.state) == State.CLOSED,
            col(TrainingSession.starts_at) >= first,
            col(TrainingSession.starts_at) < end,
        )
        .group_by(col(Attendee.worker_id))
    )
    return {row[0]: row[1] for row in rows if row[1] is not None}


async def credit_trainings(
    session: AsyncSession, hours: Sequence[tuple[UUID, Decimal]], values: dict[str, Any]
) -> None:
    """Put the day's hours of a course on record for the gates; a row that says as much already stays.

    `values`: now, day, course, training_type.
    """
    await session.execute(
        CREDIT_TRAININGS,
        values
        | {
            "ids": [new_id() for _ in hours],
            "worker_ids": [worker_id for worker_id, _ in hours],
            "hours": [told for _, told in hours],
        },
    )
