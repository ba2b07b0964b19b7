"""Approve repairs: up to 1,000 in a call, each by itself; worker days follow, and one fact says how."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis import audit
from chassis.errors import Violation
from chassis.ids import new_id
from chassis.work import Work, touch
from labour import permissions
from labour.attendance import events, rules
from labour.attendance import repository as attendance
from labour.attendance.commands.record import terms
from labour.attendance.repository import Books
from labour.attendance.rules import RowFault
from labour.clients.projects import ProjectDirectory
from labour.codes.models import WorkerDayRule
from labour.codes.rules import EVERYWHERE
from labour.days import repository as days
from labour.devices.service import runs_attendance
from labour.repairs import errors, repository, states
from labour.repairs.commands.propose import Result
from labour.repairs.models import Repair
from labour.repairs.states import Action


@dataclass(frozen=True, slots=True)
class ApproveRepairs:
    """Repairs of one project that its general contractor confirms."""

    project_id: UUID
    repair_ids: Sequence[UUID]
    reason: str


async def approve(work: Work, command: ApproveRepairs, projects: ProjectDirectory) -> list[Result]:
    """Approve each repair that another person has proposed and whose month is open; the others are refused.

    NotFound PROJECT_NOT_FOUND, FailedPrecondition NOT_GENERAL_CONTRACTOR.
    """
    work.require(permissions.REPAIRS_APPROVE)
    await runs_attendance(work, command.project_id, projects)
    session, driver = await work.writing(), await work.driver()
    found = await repository.locked(session, work.principal, work.today, command.project_id, command.repair_ids)
    await attendance.standing(driver, command.project_id, {str(one.worker_id) for one in found.values()})
    city = await days.project_city(session, command.project_id)
    rule, books = await terms(work, command.project_id, city or EVERYWHERE)
    results: list[Result] = []
    approved: list[UUID] = []
    for place, repair_id in enumerate(command.repair_ids):
        repair = found.get(repair_id)
        fault = _fault(work, repair, rule, books)
        if repair is None or fault is not None:
            results.append(Result(place, "refused", repair_id, [_violation(place, fault or errors.UNKNOWN)]))
            continue
        _approve(work, repair, command.reason)
        approved.append(repair.id)
        results.append(Result(place, "approved", repair.id))
    if approved:
        await session.flush()
        deltas = await repository.count(driver, command.project_id, approved, rule, books)
        work.emit(events.recorded(new_id(), command.project_id, None, deltas, len(approved)))
    return results


def _fault(work: Work, repair: Repair | None, rule: WorkerDayRule, books: Books) -> RowFault | None:
    if repair is None:
        return errors.UNKNOWN
    if repair.proposed_by == work.principal.subject:
        return errors.SAME_PERSON
    if Action.APPROVE not in states.REPAIR.allowed(repair.state):
        return errors.DECIDED
    month = rules.work_day(repair.at, rule).replace(day=1)
    return errors.MONTH_LOCKED if (str(repair.employer_id), month) in books.locked else None


def _approve(work: Work, repair: Repair, reason: str) -> None:
    before = audit.fields(repair, "state")
    repair.state = states.REPAIR.apply(repair.state, Action.APPROVE)
    repair.decided_by, repair.decided_at, repair.decision_reason = work.principal.subject, work.now, reason
    touch(repair, work)
    work.audit("repairs.approve", "repair", repair.id, before, audit.fields(repair, "state", "decision_reason"))


def _violation(place: int, fault: RowFault) -> Violation:
    return Violation(f"/repair_ids/{place}", fault.code, fault.zh, fault.en)
