"""Entry, leave and return, exit, forced exit: one worker at a time."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.clock import shanghai_day
from chassis.crypto import Vault
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.assignments import errors, events, repository, rules, states
from labour.assignments.commands.assign import Assigned, admitted, enter_stay
from labour.assignments.commands.evidence import evidence_of
from labour.assignments.models import Absence, Assignment, ExitKind
from labour.assignments.states import Action, State
from labour.clients.projects import ProjectDirectory
from labour.codes import repository as codes
from labour.teams import service as teams
from labour.workers import repository as workers

CLOCKS_DIFFER = timedelta(minutes=5)
AUDITED = ("state", "entered_at", "left_at", "reason", "barred_on")


@dataclass(frozen=True, slots=True)
class Move:
    """An entry, exit, leave or return: when (None: now) and, unless he comes, why."""

    assignment_id: UUID
    expected_version: int | None
    at: datetime | None = None
    reason: str = ""


async def enter(work: Work, command: Move, projects: ProjectDirectory, vault: Vault) -> Assigned:
    """Let a worker in, or in again: every gate is asked as of that day.

    FailedPrecondition ENTRY_REFUSED lists each gate that fails, with its source. Whether the employer is a party and
    the project runs, project-mgmt is asked before the write.
    """
    work.require(permissions.ASSIGNMENTS_MOVE)
    assignment, at = await _through_the_gates(work, command, Action.ENTER, projects, vault)
    if assignment.left_at is not None and at <= assignment.left_at:
        raise _backwards("进场时间须晚于上次退场时间。", "An entry must lie after the last exit.")
    before = audit.fields(assignment, *AUDITED)
    (await work.writing()).add(enter_stay(assignment, at))
    mover = (assignment.id, assignment.worker_id, at)
    work.emit(events.entered(assignment.project_id, assignment.employer_id, [mover]))
    return await _moved(work, assignment, "assignments.enter", before)


async def take_leave(work: Work, command: Move, expected_back_on: date) -> Assigned:
    """A worker takes leave (请假); he still belongs to the project."""
    work.require(permissions.ASSIGNMENTS_MOVE)
    at = _instant(work, command.at)
    assignment = await _locked(work, command)
    state = states.ASSIGNMENT.apply(assignment.state, Action.TAKE_LEAVE)
    session = await work.writing()
    latest = await repository.latest_absence(session, assignment.id)
    entered = assignment.entered_at
    if (entered and at < entered) or (latest and latest.ended_at and at < latest.ended_at):
        raise _backwards("请假时间早于进场或上次销假时间。", "This leave begins before the entry or the last return.")
    if expected_back_on <= shanghai_day(at):
        raise errors.back_too_early()
    before = audit.fields(assignment, *AUDITED)
    session.add(
        Absence(assignment_id=assignment.id, began_at=at, expected_back_on=expected_back_on, reason=command.reason)
    )
    assignment.state = state
    return await _moved(work, assignment, "assignments.take-leave", before)


async def come_back(work: Work, command: Move, projects: ProjectDirectory, vault: Vault) -> Assigned:
    """A worker comes back from leave (销假): every gate is asked anew, as at an entry."""
    work.require(permissions.ASSIGNMENTS_MOVE)
    assignment, at = await _through_the_gates(work, command, Action.RETURN, projects, vault)
    absence = await repository.open_absence(await work.writing(), assignment.id)
    assert absence is not None  # noqa: S101 - on leave and an open absence are written together
    if at < absence.began_at:
        raise _backwards("销假时间早于请假时间。", "This return lies before the leave.")
    before = audit.fields(assignment, *AUDITED)
    absence.ended_at = at
    assignment.state = states.ASSIGNMENT.apply(assignment.state, Action.RETURN)
    return await _moved(work, assignment, "assignments.return", before)


async def leave(work: Work, command: Move) -> Assigned:
    """Let a worker leave the project (退场)."""
    work.require(permissions.ASSIGNMENTS_MOVE)
    at = _instant(work, command.at)
    assignment = await _locked(work, command)
    return await _exit(work, assignment, at, Action.LEAVE, ExitKind.ORDINARY, command.reason)


async def expel(work: Work, command: Move) -> Assigned:
    """The general contractor sends a worker away (清退), for a reason; he enters again only once it readmits him."""
    work.require(permissions.ASSIGNMENTS_EXPEL)
    at = _instant(work, command.at)
    assignment = await _contractors(work, command)
    states.ASSIGNMENT.apply(assignment.state, Action.EXPEL)
    assignment.barred_on = shanghai_day(at)
    return await _exit(work, assignment, at, Action.EXPEL, ExitKind.FORCED, command.reason)


async def readmit(work: Work, command: Move) -> Assigned:
    """The general contractor lets a worker whom it has sent away enter again; the gates are asked when he does."""
    work.require(permissions.ASSIGNMENTS_EXPEL)
    assignment = await _contractors(work, command)
    before = audit.fields(assignment, *AUDITED)
    assignment.state = states.ASSIGNMENT.apply(assignment.state, Action.READMIT)
    if assignment.barred_on is None:
        raise errors.not_barred()
    assignment.barred_on, assignment.reason = None, command.reason
    return await _moved(work, assignment, "assignments.readmit", before)


async def _through_the_gates(
    work: Work, command: Move, action: Action, projects: ProjectDirectory, vault: Vault
) -> tuple[Assignment, datetime]:
    """The locked assignment and the instant, after project-mgmt and every rule have been asked."""
    at = _instant(work, command.at)
    async with work.reading() as session:
        assignment = await repository.get(session, work.principal, work.today, command.assignment_id)
    check_version(assignment, command.expected_version)
    states.ASSIGNMENT.apply(assignment.state, action)
    day = shanghai_day(at)
    await admitted(projects, assignment.project_id, assignment.employer_id, day, entering=True)
    session = await work.writing()
    await workers.by_ids(session, None, [assignment.worker_id], lock=True)
    assignment = await _locked(work, command)
    driver = await work.driver()
    [found] = (await evidence_of(work, driver, [assignment.worker_id], vault, assignment.project_id, day)).values()
    site = replace(found.site, assigned=None)
    refused = rules.refusals(found.facts, site, day, codes.entry_rules())
    if refused:
        raise errors.entry_refused(refused)
    until = rules.cleared_until(found.facts, site, day, codes.entry_rules())
    cleared = (assignment.id, assignment.project_id, assignment.cleared_until, until)
    await repository.keep_lapses(driver, [cleared], day)
    assignment.cleared_until = until
    return assignment, at


async def _exit(
    work: Work, assignment: Assignment, at: datetime, action: Action, kind: ExitKind, reason: str
) -> Assigned:
    was, session = assignment.state, await work.writing()
    before = audit.fields(assignment, *AUDITED)
    state = states.ASSIGNMENT.apply(was, action)
    await _end_stay(work, session, assignment, at, kind, reason)
    assignment.state, assignment.left_at, assignment.reason = state, at, reason
    await teams.left_project(work, assignment.project_id, {assignment.worker_id: shanghai_day(at)})
    if was is not State.ASSIGNED:
        mover = (assignment.id, assignment.worker_id, at)
        work.emit(events.left(assignment.project_id, assignment.employer_id, kind, [mover]))
    return await _moved(work, assignment, f"assignments.{action}", before)


async def _end_stay(
    work: Work, session: AsyncSession, assignment: Assignment, at: datetime, kind: ExitKind, reason: str
) -> None:
    absence = await repository.open_absence(session, assignment.id)
    if absence is not None:
        if at < absence.began_at:
            raise _backwards("退场时间早于请假时间。", "This exit lies before the leave.")
        absence.ended_at = at
    stay = await repository.open_stay(session, assignment.id)
    if stay is None:
        return
    if at < stay.entered_at:
        raise _backwards("退场时间早于进场时间。", "This exit lies before the entry.")
    stay.left_at, stay.exit_kind, stay.reason = at, kind, reason
    stay.ended_by = work.principal.organisation_id


async def _locked(work: Work, command: Move) -> Assignment:
    session = await work.writing()
    assignment = await repository.get(session, work.principal, work.today, command.assignment_id, lock=True)
    check_version(assignment, command.expected_version)
    return assignment


async def _contractors(work: Work, command: Move) -> Assignment:
    assignment = await _locked(work, command)
    session = await work.writing()
    if not await repository.is_general_contractor(session, work.principal, assignment.project_id, work.today):
        raise errors.not_the_general_contractor(assignment.project_id)
    return assignment


def _instant(work: Work, at: datetime | None) -> datetime:
    if at is not None and at > work.now + CLOCKS_DIFFER:
        raise errors.bad_instant("at", "时间不能晚于现在。", "The instant lies in the future.", "IN_FUTURE")
    if at is not None and at < work.now - codes.swipe_limits().oldest:
        # Far enough back no rule is in force: an entry told late is one thing, an entry before the law another.
        raise errors.bad_instant(
            "at", "时间过早,超出可补登的期限。", "It is older than what is still taken.", "TOO_OLD"
        )
    return at or work.now


def _backwards(zh: str, en: str) -> Exception:
    return errors.bad_instant("at", zh, en, "DATES_BACKWARDS")


async def _moved(work: Work, assignment: Assignment, verb: str, before: audit.Fields) -> Assigned:
    session = await work.writing()
    touch(assignment, work)
    work.audit(verb, "assignment", assignment.id, before, audit.fields(assignment, *AUDITED))
    found = await workers.by_ids(session, None, [assignment.worker_id])
    return Assigned(assignment, found[assignment.worker_id])
