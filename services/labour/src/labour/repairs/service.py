"""Use cases of repairs: propose in commands/propose.py, approve in commands/approve.py."""

from __future__ import annotations

from uuid import UUID

from chassis import audit
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.clients.projects import ProjectDirectory
from labour.devices.service import runs_attendance
from labour.repairs import errors, repository, states
from labour.repairs.commands.approve import ApproveRepairs, approve
from labour.repairs.commands.propose import ProposedRepair, ProposeRepairs, Result, propose
from labour.repairs.models import Repair
from labour.repairs.repository import RepairFilter
from labour.repairs.states import Action

__all__ = [
    "ApproveRepairs",
    "ProposeRepairs",
    "ProposedRepair",
    "RepairFilter",
    "Result",
    "approve",
    "get",
    "page",
    "propose",
    "reject",
    "withdraw",
]


async def reject(
    work: Work, repair_id: UUID, reason: str, expected_version: int | None, projects: ProjectDirectory
) -> Repair:
    """The general contractor does not believe it."""
    work.require(permissions.REPAIRS_APPROVE)
    async with work.reading() as session:
        seen = await repository.get(session, work.principal, work.today, repair_id)
    await runs_attendance(work, seen.project_id, projects)
    repair = await repository.get(await work.writing(), work.principal, work.today, repair_id, lock=True)
    check_version(repair, expected_version)
    _decide(work, repair, Action.REJECT, reason)
    return repair


async def withdraw(work: Work, repair_id: UUID, reason: str, expected_version: int | None) -> Repair:
    """Whose organisation proposed it takes it back."""
    work.require(permissions.REPAIRS_PROPOSE)
    repair = await repository.get(await work.writing(), work.principal, work.today, repair_id, lock=True)
    check_version(repair, expected_version)
    if repair.proposer_id != work.principal.organisation_id:
        raise errors.not_the_proposer(repair_id)
    _decide(work, repair, Action.WITHDRAW, reason)
    return repair


def _decide(work: Work, repair: Repair, action: Action, reason: str) -> None:
    before = audit.fields(repair, "state")
    repair.state = states.REPAIR.apply(repair.state, action)
    repair.decided_by, repair.decided_at, repair.decision_reason = work.principal.subject, work.now, reason
    touch(repair, work)
    work.audit(f"repairs.{action}", "repair", repair.id, before, audit.fields(repair, "state", "decision_reason"))


async def get(work: Work, repair_id: UUID) -> Repair:
    """One visible repair."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, repair_id)


async def page(work: Work, wanted: RepairFilter, request: PageRequest) -> Page[Repair]:
    """The visible repairs of a project, newest first."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)
