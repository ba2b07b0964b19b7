"""Enrol up to 1,000 workers in a session, each judged by itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from chassis.errors import Violation
from chassis.work import Work, touch
from labour import permissions
from labour.assignments import repository as assignments
from labour.assignments.states import State as AssignmentState
from labour.sessions import errors, repository, states
from labour.sessions.models import Attendee, Audience
from labour.sessions.repository import SessionView
from labour.sessions.states import Action
from labour.workers import repository as workers


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one row; the pointers of `faults` are fields of the row."""

    row: int
    worker_id: UUID
    status: Literal["created", "updated", "duplicate", "refused"]
    faults: tuple[Violation, ...] = ()


@dataclass(frozen=True, slots=True)
class _Known:
    mine: frozenset[UUID]
    enrolled: Mapping[UUID, Attendee]
    busy: Mapping[UUID, UUID]
    assigned: frozenset[UUID] | None


async def enrol(work: Work, session_id: UUID, worker_ids: Sequence[UUID]) -> list[Outcome]:
    """Enrol the caller's own workers; who is enrolled already is a `duplicate`.

    FailedPrecondition SESSION_NOT_OPEN when the session is for the organiser's own workers, or INVALID_STATE.
    """
    work.require(permissions.SESSIONS_ENROL)
    session = await work.writing()
    await repository.one_enrolment_at_a_time(session, work.principal.organisation_id)
    view = await repository.get(session, work, session_id, lock=True)
    states.SESSION.apply(view.session.state, Action.ENROL)
    own = view.session.organisation_id == work.principal.organisation_id
    if view.session.audience is Audience.OWN and not own:
        raise errors.not_open_to(session_id)
    known = await _known(work, view, worker_ids)
    outcomes: list[Outcome] = []
    seen: set[UUID] = set()
    for row, worker_id in enumerate(worker_ids):
        fault = errors.WORKER_TWICE if worker_id in seen else _fault(worker_id, known)
        seen.add(worker_id)
        if fault is not None:
            outcomes.append(Outcome(row, worker_id, "refused", (fault,)))
            continue
        if worker_id in known.enrolled:
            outcomes.append(Outcome(row, worker_id, "duplicate"))
            continue
        session.add(_attendee(work, view, worker_id))
        outcomes.append(Outcome(row, worker_id, "created"))
    _audit(work, view, outcomes)
    return outcomes


async def _known(work: Work, view: SessionView, worker_ids: Sequence[UUID]) -> _Known:
    session = await work.writing()
    mine = frozenset(await workers.by_ids(session, work.principal.organisation_id, worker_ids))
    enrolled = await repository.attendees(session, view.session.id, mine)
    busy = await repository.busy(session, mine, view.session.starts_at, view.session.ends_at, view.session.id)
    if view.session.audience is not Audience.PROJECT or view.session.project_id is None:
        return _Known(mine, enrolled, busy, None)
    found = await assignments.on_project(session, view.session.project_id, list(mine))
    on_project = frozenset(one.worker_id for one in found.values() if one.state is not AssignmentState.LEFT)
    return _Known(mine, enrolled, busy, on_project)


def _fault(worker_id: UUID, known: _Known) -> Violation | None:
    if worker_id not in known.mine:
        return errors.WORKER_NOT_FOUND
    if known.assigned is not None and worker_id not in known.assigned:
        return errors.NOT_ASSIGNED
    if worker_id in known.busy and worker_id not in known.enrolled:
        return errors.overlaps(known.busy[worker_id])
    return None


def _attendee(work: Work, view: SessionView, worker_id: UUID) -> Attendee:
    return Attendee(
        session_id=view.session.id,
        worker_id=worker_id,
        employer_id=work.principal.organisation_id,
        enrolled_at=work.now,
    )


def _audit(work: Work, view: SessionView, outcomes: Sequence[Outcome]) -> None:
    added = [str(one.worker_id) for one in outcomes if one.status == "created"]
    if added:
        touch(view.session, work)
        work.audit("sessions.enrol", "training_session", view.session.id, None, {"worker_ids": added})
