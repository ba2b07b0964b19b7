"""Assignments under test."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from labour.assignments import service
from labour.assignments.service import AssignWorkers, Outcome, WorkerToAssign
from tests.labour.attendance.conftest import gate
from tests.labour.conftest import Site

__all__ = ("assign", "codes", "gate")


async def assign(site: Site, *worker_ids: UUID, **more: Any) -> list[Outcome]:
    """Assign workers as their employer's clerk."""
    vault = site.harness.runtime.clients["vault"]
    rows = [WorkerToAssign(one, more.get("special_trade"), more.get("risk_class")) for one in worker_ids]
    command = AssignWorkers(more.get("project_id", site.project_id), rows, more.get("enter_at"))
    async with site.harness.work(more.get("clerk", site.clerk)) as work:
        return await service.assign(work, command, site.projects, vault)


def codes(outcome: Outcome) -> list[str]:
    """Why a row was refused."""
    return [fault.code for fault in outcome.faults]
