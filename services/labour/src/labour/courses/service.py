"""Use cases of courses."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.courses import errors, repository, states
from labour.courses.models import Category, Course, Subject
from labour.courses.repository import CourseFilter
from labour.courses.states import Action
from labour.training_bases import repository as bases

__all__ = ["CourseFilter", "OfferCourse", "get", "offer", "page", "retire"]

TRAINING_TYPE = {
    Category.ENTRY_COMPANY: "003002",
    Category.ENTRY_PROJECT: "003002",
    Category.ENTRY_TEAM: "003002",
    Category.YEARLY: "003001",
    Category.JOB_CHANGE: "003001",
    Category.SKILL: "003004",
}
"""Code of the national table training_type: 入场教育, 安全教育, 技能培训."""

AUDITED = ("name", "category", "subject", "hours", "skill", "pass_mark", "base_id", "state")


@dataclass(frozen=True, slots=True)
class OfferCourse:
    """A new course; with `skill` the provider's training base certifies who passes it."""

    name: str
    category: Category
    subject: Subject
    hours: Decimal
    skill: str
    pass_mark: Decimal | None


async def offer(work: Work, command: OfferCourse) -> Course:
    """Offer a course. AlreadyExists COURSE_EXISTS; FailedPrecondition SKILL_NOT_CERTIFIED_HERE."""
    work.require(permissions.COURSES_OFFER)
    organisation_id = work.principal.organisation_id
    session = await work.writing()
    base = await bases.of_organisation(session, organisation_id, lock=True)
    if command.skill and (base is None or not bases.may_certify(base, command.skill, work.today)):
        raise errors.no_base(command.skill)
    if await repository.name_is_taken(session, organisation_id, command.name):
        raise errors.name_taken(command.name)
    course = Course(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        organisation_id=organisation_id,
        name=command.name,
        category=command.category,
        subject=command.subject,
        hours=command.hours,
        training_type=TRAINING_TYPE[command.category],
        skill=command.skill,
        pass_mark=command.pass_mark,
        base_id=base.id if base is not None and command.skill else None,
        state=states.COURSE.initial,
    )
    session.add(course)
    work.audit("courses.offer", "course", course.id, None, audit.fields(course, *AUDITED))
    return course


async def retire(work: Work, course_id: UUID, expected_version: int | None) -> Course:
    """Plan no further sessions of a course; those that are planned take place."""
    work.require(permissions.COURSES_OFFER)
    session = await work.writing()
    course = await repository.own(session, work.principal, course_id, lock=True)
    check_version(course, expected_version)
    before = audit.fields(course, "state")
    course.state = states.COURSE.apply(course.state, Action.RETIRE)
    touch(course, work)
    work.audit("courses.retire", "course", course.id, before, audit.fields(course, "state"))
    return course


async def get(work: Work, course_id: UUID) -> Course:
    """One visible course."""
    work.require(permissions.COURSES_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, course_id)


async def page(work: Work, wanted: CourseFilter, request: PageRequest) -> Page[Course]:
    """The visible courses, newest first."""
    work.require(permissions.COURSES_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)
