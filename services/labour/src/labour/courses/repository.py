"""The only SQL of courses. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from labour.courses import errors
from labour.courses.models import Category, Course, Subject
from labour.courses.states import State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The provider's own, and those of training bases, which are offered to everybody; the authority all."""
    if Kind.AUTHORITY in principal.kinds:
        return true()
    return or_(col(Course.organisation_id) == principal.organisation_id, col(Course.base_id).is_not(None))


@dataclass(frozen=True, slots=True)
class CourseFilter:
    """Which courses a list shows; None means all."""

    category: Category | None = None
    subject: Subject | None = None
    skill: str | None = None
    state: State | None = None


async def get(session: AsyncSession, principal: Principal, course_id: UUID, *, lock: bool = False) -> Course:
    """The course; NotFound COURSE_NOT_FOUND when it is not visible."""
    statement = select(Course).where(visible_to(principal), col(Course.id) == course_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    course = await session.scalar(statement)
    if course is None:
        raise errors.course_not_found(course_id)
    return course


async def own(session: AsyncSession, principal: Principal, course_id: UUID, *, lock: bool = False) -> Course:
    """One of the caller's own courses; NotFound COURSE_NOT_FOUND otherwise."""
    course = await get(session, principal, course_id, lock=lock)
    if course.organisation_id != principal.organisation_id:
        raise errors.course_not_found(course_id)
    return course


async def page(session: AsyncSession, principal: Principal, wanted: CourseFilter, request: PageRequest) -> Page[Course]:
    """The visible courses, newest first."""
    statement = select(Course).where(visible_to(principal))
    for name in ("category", "subject", "skill", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Course, name) == value)
    return await paginate(session, statement, keys=(Course.id,), request=request, descending=True)


async def name_is_taken(session: AsyncSession, organisation_id: UUID, name: str) -> bool:
    """Whether the provider has a course of this name."""
    found = await session.scalar(
        select(col(Course.id)).where(col(Course.organisation_id) == organisation_id, col(Course.name) == name)
    )
    return found is not None


async def by_ids(session: AsyncSession, ids: Iterable[UUID]) -> dict[UUID, Course]:
    """Courses by id, for the service's own questions."""
    found = await session.scalars(select(Course).where(col(Course.id).in_(set(ids))))
    return {course.id: course for course in found}
