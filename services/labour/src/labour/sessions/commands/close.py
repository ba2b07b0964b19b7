"""Close a session: what each attendee takes from it, for the gates and for the hours of the year."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from chassis import audit
from chassis.clock import day_begins, shanghai_day
from chassis.crypto import Vault
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.assignments import service as assignments
from labour.courses.models import Subject
from labour.sessions import errors, repository, rules, states
from labour.sessions.commands.attend import lesson_of, presence_of
from labour.sessions.models import Attendee
from labour.sessions.repository import SessionView
from labour.sessions.states import Action
from labour.training import service as training
from labour.training.repository import lock_workers, training_rules


async def close(work: Work, session_id: UUID, expected_version: int | None, vault: Vault) -> SessionView:
    """Close a session that is over; safety hours go on record for the gates, which are asked anew at once.

    FailedPrecondition SESSION_TOO_EARLY, or ATTENDANCE_INCOMPLETE while somebody who came has no check-out or score.
    """
    work.require(permissions.SESSIONS_RUN)
    session = await work.writing()
    view = await repository.own(session, work.principal, session_id, lock=True)
    check_version(view.session, expected_version)
    closed = states.SESSION.apply(view.session.state, Action.CLOSE)
    if work.now < view.session.ends_at:
        raise errors.too_early("close", view.session.ends_at)
    attendees = await repository.all_attendees(session, session_id)
    lesson = lesson_of(view)
    missing = [(one.worker_id, rules.open_ends(lesson, presence_of(one))) for one in attendees]
    unfinished = [(worker_id, why) for worker_id, why in missing if why is not None]
    if unfinished:
        raise errors.attendance_open(unfinished)
    for one in attendees:
        credit = rules.credit(lesson, presence_of(one), training_rules().credit_step)
        one.passed, one.hours = credit.passed, credit.hours
    before = audit.fields(view.session, "state")
    view.session.state = closed
    touch(view.session, work)
    credited = [one for one in attendees if one.hours]
    after = audit.fields(view.session, "state") | {"attendees": len(attendees), "credited": len(credited)}
    work.audit("sessions.close", "training_session", session_id, before, after)
    await session.flush()
    await _put_on_record(work, view, credited, vault)
    return view


async def _put_on_record(work: Work, view: SessionView, credited: Sequence[Attendee], vault: Vault) -> None:
    worker_ids = [one.worker_id for one in credited]
    if not worker_ids:
        return
    session = await work.writing()
    await lock_workers(session, worker_ids)
    day = shanghai_day(view.session.starts_at)
    if view.course.subject is Subject.SAFETY:  # a skill opens no gate
        # Two sessions of a course on one day are one row for the gates, with the hours of both.
        first, end = day_begins(day), day_begins(day + timedelta(days=1))
        hours = await repository.credited_of_day(session, worker_ids, view.course.id, first, end)
        values = {
            "now": work.now,
            "day": day,
            "course": view.course.name,
            "training_type": view.course.training_type,
        }
        await repository.credit_trainings(session, sorted(hours.items()), values)
        await assignments.refresh(work, worker_ids, vault)
    await training.recount(work, worker_ids)
