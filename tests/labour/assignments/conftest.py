"""Assignments under test."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from labour.assignments import service
from labour.assignments.service import AssignWorkers, Outcome, WorkerToAssign
from tests.labour.attendance.conftest import gate
from tests.labour.conftest import Site, tell_project

__all__ = ("assign", "cleared_until", "codes", "gate", "second_project")


async def assign(site: Site, *worker_ids: UUID, **more: Any) -> list[Outcome]:
    """Assign workers as their employer's clerk."""
    vault = site.harness.runtime.clients["vault"]
    rows = [WorkerToAssign(one, more.get("special_trade"), more.get("risk_class")) for one in worker_ids]
    command = AssignWorkers(more.get("project_id", site.project_id), rows, more.get("enter_at"))
    async with site.harness.work(more.get("clerk", site.clerk)) as work:
        return await service.assign(work, command, site.projects, vault)


async def second_project(site: Site) -> UUID:
    """Another project of the same general contractor, subcontractor and owner."""
    project_id = new_id()
    parties = {
        site.contractor.id: "general_contractor",
        site.subcontractor.id: "labour_subcontractor",
        site.owner.id: "owner",
    }
    await tell_project(site.harness, project_id, parties)
    for organisation_id, role in parties.items():
        site.projects.roles[project_id, organisation_id] = frozenset({role})
    return project_id


async def cleared_until(site: Site, worker_id: UUID, project_id: UUID | None = None) -> date:
    """The last day on which his papers hold, as it stands."""
    async with site.harness.sql() as connection:
        found: date = await connection.fetchval(
            "SELECT cleared_until FROM assignments WHERE worker_id = $1 AND project_id = $2",
            worker_id,
            project_id or site.project_id,
        )
    return found


def codes(outcome: Outcome) -> list[str]:
    """Why a row was refused."""
    return [fault.code for fault in outcome.faults]
