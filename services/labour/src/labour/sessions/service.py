"""Use cases of sessions. Enrolling, attendance, closing and files stand in commands/."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.assignments import errors as assignment_errors
from labour.clients.projects import ProjectDirectory
from labour.courses import repository as courses
from labour.courses import states as course_states
from labour.courses.models import Course
from labour.sessions import errors, repository, rules, states
from labour.sessions.commands.attend import attend
from labour.sessions.commands.close import close
from labour.sessions.commands.enrol import Outcome, enrol
from labour.sessions.models import Attendee, Audience, TrainingSession
from labour.sessions.repository import SessionFilter, SessionView
from labour.sessions.states import Action
from labour.workers import repository as workers

__all__ = [
    "NamedAttendee",
    "Outcome",
    "PlanSession",
    "SessionFilter",
    "SessionView",
    "attend",
    "cancel",
    "close",
    "enrol",
    "get",
    "hold",
    "page",
    "page_of_attendees",
    "plan",
]

AUDITED = ("course_id", "project_id", "audience", "place", "trainer", "starts_at", "ends_at", "hours", "state")
GENERAL_CONTRACTOR = "general_contractor"


@dataclass(frozen=True, slots=True)
class PlanSession:
    """When and where one of the caller's courses is taught; `project_id` of a session on or for a site."""

    course_id: UUID
    project_id: UUID | None
    place: str
    trainer: str
    starts_at: datetime
    ends_at: datetime
    hours: Decimal


@dataclass(frozen=True, slots=True)
class NamedAttendee:
    """An attendee with his name, for the organiser and his employer."""

    attendee: Attendee
    name: str


async def plan(work: Work, command: PlanSession, projects: ProjectDirectory) -> SessionView:
    """Plan a session of one of the caller's courses.

    On a project the general contractor's session is open to the workers of all its employers; project-mgmt is asked.
    A training base's session without a project is open to everybody's workers, any other one to the caller's own.
    """
    work.require(permissions.SESSIONS_RUN)
    roles: frozenset[str] = frozenset()
    if command.project_id is not None:
        party = await projects.party(command.project_id, work.principal.organisation_id, work.today)
        roles = party.roles
        if not roles:
            raise assignment_errors.project_not_found(command.project_id)
    session = await work.writing()
    course = await courses.own(session, work.principal, command.course_id, lock=True)
    course_states.COURSE.apply(course.state, course_states.Action.PLAN)
    most = min(course.hours, rules.longest(command.starts_at, command.ends_at))
    if command.hours > most:
        raise errors.too_many_hours(most)
    planned = TrainingSession(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        course_id=course.id,
        organisation_id=work.principal.organisation_id,
        project_id=command.project_id,
        audience=_audience(command, course, roles),
        place=command.place,
        trainer=command.trainer,
        starts_at=command.starts_at,
        ends_at=command.ends_at,
        hours=command.hours,
        state=states.SESSION.initial,
    )
    session.add(planned)
    work.audit("sessions.plan", "training_session", planned.id, None, audit.fields(planned, *AUDITED))
    return SessionView(planned, course)


def _audience(command: PlanSession, course: Course, roles: frozenset[str]) -> Audience:
    if command.project_id is not None:
        return Audience.PROJECT if GENERAL_CONTRACTOR in roles else Audience.OWN
    return Audience.EVERYBODY if course.base_id is not None else Audience.OWN


async def hold(work: Work, session_id: UUID, expected_version: int | None) -> SessionView:
    """Begin a planned session, not before its time; attendance is taken from now on."""
    work.require(permissions.SESSIONS_RUN)
    session = await work.writing()
    view = await repository.own(session, work.principal, session_id, lock=True)
    check_version(view.session, expected_version)
    before = audit.fields(view.session, "state")
    held = states.SESSION.apply(view.session.state, Action.HOLD)
    if work.now < view.session.starts_at:
        raise errors.too_early("hold", view.session.starts_at)
    view.session.state = held
    return _moved(work, view, "sessions.hold", before)


async def cancel(work: Work, session_id: UUID, reason: str, expected_version: int | None) -> SessionView:
    """Cancel a session that is not closed: nobody is credited with anything, and nobody is busy then any more."""
    work.require(permissions.SESSIONS_RUN)
    session = await work.writing()
    view = await repository.own(session, work.principal, session_id, lock=True)
    check_version(view.session, expected_version)
    before = audit.fields(view.session, "state")
    view.session.state = states.SESSION.apply(view.session.state, Action.CANCEL)
    view.session.reason = reason
    return _moved(work, view, "sessions.cancel", before)


def _moved(work: Work, view: SessionView, verb: str, before: audit.Fields) -> SessionView:
    touch(view.session, work)
    work.audit(verb, "training_session", view.session.id, before, audit.fields(view.session, "state", "reason"))
    return view


async def get(work: Work, session_id: UUID) -> SessionView:
    """One visible session."""
    work.require(permissions.SESSIONS_READ)
    async with work.reading() as session:
        return await repository.get(session, work, session_id)


async def page(work: Work, wanted: SessionFilter, request: PageRequest) -> Page[SessionView]:
    """The visible sessions, newest first."""
    work.require(permissions.SESSIONS_READ)
    async with work.reading() as session:
        return await repository.page(session, work, wanted, request)


async def page_of_attendees(work: Work, session_id: UUID, request: PageRequest) -> Page[NamedAttendee]:
    """The attendees of a session: all for its organiser, the caller's own workers otherwise."""
    work.require(permissions.ATTENDEES_READ)
    async with work.reading() as session:
        view = await repository.get(session, work, session_id)
        found = await repository.page_of_attendees(session, work, view, request)
        people = await workers.by_ids(session, None, (one.worker_id for one in found.items))
    return found.map(lambda one: NamedAttendee(one, people[one.worker_id].name))
