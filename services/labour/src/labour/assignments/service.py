"""Use cases of assignments: reading. What changes stands in commands/: assign, move, close; the decision in decide."""

from __future__ import annotations

from uuid import UUID

from chassis.pages import Page, PageRequest
from chassis.work import Work
from labour import permissions
from labour.assignments import repository
from labour.assignments.commands.assign import Assigned, AssignWorkers, Outcome, WorkerToAssign, assign, assign_one
from labour.assignments.commands.clear import clear_from, watch
from labour.assignments.commands.close import close_project, project_ended
from labour.assignments.commands.decide import Decision, Prospect, explain, explain_before, verify_operator
from labour.assignments.commands.evidence import refresh
from labour.assignments.commands.move import Move, come_back, enter, expel, leave, readmit, take_leave
from labour.assignments.commands.roster import roster
from labour.assignments.models import Absence, Stay
from labour.assignments.repository import AssignmentFilter
from labour.workers import repository as workers

__all__ = [
    "AssignWorkers",
    "Assigned",
    "AssignmentFilter",
    "Decision",
    "Move",
    "Outcome",
    "Prospect",
    "WorkerToAssign",
    "assign",
    "assign_one",
    "clear_from",
    "close_project",
    "come_back",
    "enter",
    "expel",
    "explain",
    "explain_before",
    "get",
    "leave",
    "page",
    "page_of_absences",
    "page_of_stays",
    "project_ended",
    "readmit",
    "refresh",
    "roster",
    "take_leave",
    "verify_operator",
    "watch",
]


async def get(work: Work, assignment_id: UUID) -> Assigned:
    """One visible assignment with the worker's name and trade."""
    work.require(permissions.ASSIGNMENTS_READ)
    async with work.reading() as session:
        assignment = await repository.get(session, work.principal, work.today, assignment_id)
        found = await workers.by_ids(session, None, [assignment.worker_id])
    return Assigned(assignment, found[assignment.worker_id])


async def page(work: Work, wanted: AssignmentFilter, request: PageRequest) -> Page[Assigned]:
    """The visible assignments, newest first."""
    work.require(permissions.ASSIGNMENTS_READ)
    async with work.reading() as session:
        found = await repository.page(session, work.principal, work.today, wanted, request)
        people = await workers.by_ids(session, None, (one.worker_id for one in found.items))
    return found.map(lambda one: Assigned(one, people[one.worker_id]))


async def page_of_stays(work: Work, assignment_id: UUID, request: PageRequest) -> Page[Stay]:
    """The entries and exits of one assignment, newest first."""
    work.require(permissions.ASSIGNMENTS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, work.today, assignment_id)
        return await repository.page_of_stays(session, work.principal, work.today, assignment_id, request)


async def page_of_absences(work: Work, assignment_id: UUID, request: PageRequest) -> Page[Absence]:
    """The leaves of one assignment, newest first."""
    work.require(permissions.ASSIGNMENTS_READ)
    async with work.reading() as session:
        await repository.get(session, work.principal, work.today, assignment_id)
        return await repository.page_of_absences(session, work.principal, work.today, assignment_id, request)
