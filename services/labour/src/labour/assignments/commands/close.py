"""The end of a project (completed or archived): whoever still belongs to it leaves at the end of that day."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from uuid import UUID

from chassis import audit
from chassis.clock import day_begins, shanghai_day
from chassis.work import Work, touch
from labour import permissions
from labour.assignments import events, repository, states
from labour.assignments.models import Assignment, ExitKind
from labour.assignments.states import Action, State
from labour.teams import service as teams

CLOSE_JOB = "assignments.close-project"
ENDED = frozenset({"completed", "archived"})
AT_ONCE = 500
"""Assignments that one run closes; the next run takes the others, so that no transaction grows with the project."""
LAST_MOMENT = timedelta(microseconds=1)
REASON = "项目结束 project ended"


async def project_ended(work: Work, project_id: UUID, occurred_at: datetime) -> None:
    """Wind the clock: at the end of the day on which the project ended, its open assignments are closed."""
    work.require(permissions.PROJECT_ENDS)
    day = shanghai_day(occurred_at)
    payload = {"project_id": str(project_id), "day": day.isoformat()}
    await work.enqueue(CLOSE_JOB, payload, due=day_begins(day + timedelta(days=1)))


async def close_project(work: Work, project_id: UUID, day: date) -> None:
    """Close what is open as of the end of a day; run again it finds nothing.

    A stay that was told to begin later than that ends as it begins. Swipes of that day, and earlier ones that come
    late, count as after any exit.
    """
    work.require(permissions.PROJECT_ENDS)
    session = await work.writing()
    known = (await repository.projects(session, [project_id])).get(project_id)
    if known is None or known.state not in ENDED:
        return
    found = await repository.still_open(session, project_id, AT_ONCE)
    if not found:
        return
    end = day_begins(day + timedelta(days=1)) - LAST_MOMENT
    ids = [one.id for one in found]
    for absence in await repository.open_absences(session, ids):
        absence.ended_at = max(end, absence.began_at)
    for stay in await repository.open_stays(session, ids):
        stay.left_at, stay.exit_kind, stay.reason = max(end, stay.entered_at), ExitKind.PROJECT_ENDED, REASON
    await teams.left_project(work, project_id, {one.worker_id: day for one in found})
    _tell(work, project_id, [_close(work, one, end) for one in found if one.state is not State.ASSIGNED])
    for one in found:
        if one.state is State.ASSIGNED:
            _close(work, one, end)
    if len(found) == AT_ONCE:
        await work.enqueue(CLOSE_JOB, {"project_id": str(project_id), "day": day.isoformat()})


def _close(work: Work, assignment: Assignment, end: datetime) -> Assignment:
    before = audit.fields(assignment, "state", "left_at", "reason")
    assignment.state = states.ASSIGNMENT.apply(assignment.state, Action.CLOSE)
    assignment.left_at, assignment.reason = max(end, assignment.entered_at or end), REASON
    touch(assignment, work)
    after = audit.fields(assignment, "state", "left_at", "reason")
    work.audit("assignments.close", "assignment", assignment.id, before, after)
    return assignment


def _tell(work: Work, project_id: UUID, gone: Sequence[Assignment]) -> None:
    by_employer: dict[UUID, list[events.Mover]] = defaultdict(list)
    for one in gone:
        assert one.left_at is not None  # noqa: S101 - closed above
        by_employer[one.employer_id].append((one.id, one.worker_id, one.left_at))
    for employer_id, movers in by_employer.items():
        work.emit(events.left(project_id, employer_id, ExitKind.PROJECT_ENDED, movers))
