"""Repairs under test."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from chassis.identity import Principal
from labour.repairs import service
from labour.repairs.service import ApproveRepairs, ProposedRepair, ProposeRepairs, Result
from tests.labour.attendance.conftest import Gate
from tests.labour.attendance.conftest import gate as gate


def forgotten(
    gate: Gate, worker: int | UUID, direction: str, when: datetime, *, file_id: UUID | None = None
) -> ProposedRepair:
    """A forgotten swipe of a worker, by place or id."""
    worker_id = gate.workers[worker] if isinstance(worker, int) else worker
    return ProposedRepair(worker_id, when, {"in": "01", "out": "02"}[direction], "闸机断电", file_id)


async def propose(gate: Gate, *rows: ProposedRepair, by: Principal | None = None) -> list[Result]:
    """The subcontractor's clerk proposes, or somebody else."""
    async with gate.site.harness.work(by or gate.site.clerk) as work:
        return await service.propose(work, ProposeRepairs(gate.site.project_id, rows))


async def approve(gate: Gate, results: Sequence[Result], *, by: Principal | None = None) -> list[Result]:
    """The general contractor's engineer approves, or somebody else."""
    ids = [one.repair_id for one in results if one.repair_id is not None]
    command = ApproveRepairs(gate.site.project_id, ids, "与门卫登记一致")
    async with gate.site.harness.work(by or gate.site.engineer) as work:
        return await service.approve(work, command, gate.site.projects)


def told(results: Sequence[Result]) -> list[str]:
    """Of each row, its status or the code that it is refused for."""
    return [one.faults[0].code if one.faults else one.status for one in results]
