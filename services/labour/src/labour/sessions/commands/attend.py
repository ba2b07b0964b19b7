"""Take in an attendance list: who came and went when, with which score. Each row is judged by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from chassis import audit
from chassis.errors import Violation
from chassis.work import Work, touch
from labour import permissions
from labour.sessions import errors, repository, rules, states
from labour.sessions.commands.enrol import Outcome
from labour.sessions.models import Attendee
from labour.sessions.repository import SessionView
from labour.sessions.rules import AttendanceRow, Lesson, Presence
from labour.sessions.states import Action

FIELDS = ("checked_in_at", "checked_out_at", "score")


def lesson_of(view: SessionView) -> Lesson:
    """The session as the rules see it."""
    return Lesson(view.session.starts_at, view.session.ends_at, view.session.hours, view.course.pass_mark)


def presence_of(attendee: Attendee) -> Presence:
    """What is known of an attendee."""
    return Presence(attendee.checked_in_at, attendee.checked_out_at, attendee.score)


async def attend(work: Work, session_id: UUID, rows: Sequence[AttendanceRow]) -> list[Outcome]:
    """Record the attendance of a session that is held; what was told before is a `duplicate`, not an hour more.

    A value that stands is changed only by a row that says why (`correction`), which the audit keeps.
    """
    work.require(permissions.SESSIONS_RUN)
    session = await work.writing()
    view = await repository.own(session, work.principal, session_id, lock=True)
    states.SESSION.apply(view.session.state, Action.ATTEND)
    known = await repository.attendees(session, session_id, [row.worker_id for row in rows])
    outcomes = judge(work, view, rows, known)
    for row, outcome in zip(rows, outcomes, strict=True):
        if outcome.status == "updated":
            _record(work, known[row.worker_id], row)
    if any(outcome.status == "updated" for outcome in outcomes):
        touch(view.session, work)
    return outcomes


def judge(
    work: Work, view: SessionView, rows: Sequence[AttendanceRow], known: Mapping[UUID, Attendee]
) -> list[Outcome]:
    """What would become of each row; nothing is written."""
    outcomes: list[Outcome] = []
    seen: set[UUID] = set()
    for place, row in enumerate(rows):
        attendee = known.get(row.worker_id)
        fault = errors.WORKER_TWICE if row.worker_id in seen else _fault(work, view, row, attendee)
        seen.add(row.worker_id)
        if fault is not None:
            outcomes.append(Outcome(place, row.worker_id, "refused", (fault,)))
            continue
        same = attendee is not None and rules.merged(presence_of(attendee), row.presence) == presence_of(attendee)
        outcomes.append(Outcome(place, row.worker_id, "duplicate" if same else "updated"))
    return outcomes


def _fault(work: Work, view: SessionView, row: AttendanceRow, attendee: Attendee | None) -> Violation | None:
    if attendee is None:
        return errors.NOT_ENROLLED
    known = presence_of(attendee)
    differs = rules.contradicts(known, row.presence)
    if differs is not None and not row.correction:
        return errors.told_otherwise(differs)
    return rules.fault(lesson_of(view), rules.merged(known, row.presence), work.now)


def _record(work: Work, attendee: Attendee, row: AttendanceRow) -> None:
    before = audit.fields(attendee, *FIELDS)
    found = rules.merged(presence_of(attendee), row.presence)
    for name in FIELDS:
        setattr(attendee, name, getattr(found, name))
    after = audit.fields(attendee, *FIELDS) | {"worker_id": str(attendee.worker_id), "correction": row.correction}
    work.audit("sessions.attend", "training_session", attendee.session_id, before, after)
