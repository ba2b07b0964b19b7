"""What swipes and repairs have come to, on a real PostgreSQL."""

from __future__ import annotations

from datetime import timedelta

from chassis.identity import Role
from labour.assignments import service as assignments
from labour.days import service
from tests.harness import NOON
from tests.labour.attendance.conftest import Gate
from tests.labour.conftest import worker_row


async def test_who_is_on_site(gate: Gate) -> None:
    """By employer; a subcontractor sees his own people only; who forgot to go out yesterday is gone by now."""
    now = NOON
    [guest] = await gate.site.workers(worker_row(), clerk=gate.site.contractor.as_(Role.LABOUR_CLERK))
    vault = gate.site.harness.runtime.clients["vault"]
    async with gate.site.harness.work(gate.site.contractor.as_(Role.LABOUR_CLERK)) as work:
        row = assignments.WorkerToAssign(guest, None, None)
        command = assignments.AssignWorkers(gate.site.project_id, [row], now - timedelta(days=1))
        await assignments.assign(work, command, gate.site.projects, vault)
    await gate.send(
        gate.swipe(0, "in", now - timedelta(hours=4)),
        gate.swipe(1, "in", now - timedelta(hours=4)),
        gate.swipe(1, "out", now - timedelta(hours=1)),
        gate.swipe(2, "in", now - timedelta(hours=28)),
        gate.swipe(guest, "in", now - timedelta(hours=2)),
    )
    async with gate.site.harness.work(gate.site.owner.as_(Role.VIEWER)) as work:
        everybody = await service.presence(work, gate.site.project_id)
    async with gate.site.harness.work(gate.site.clerk) as work:
        own = await service.presence(work, gate.site.project_id)
    async with gate.site.harness.work(gate.site.stranger.as_(Role.LABOUR_CLERK)) as work:
        nobody = await service.presence(work, gate.site.project_id)
    counts = {one.organisation_id: (one.on_site, one.assigned) for one in everybody.employers}
    assert counts == {gate.site.subcontractor.id: (1, 4), gate.site.contractor.id: (1, 1)}
    assert (everybody.on_site, everybody.assigned, everybody.as_of) == (2, 5, now)
    assert [(one.organisation_id, one.on_site, one.assigned) for one in own.employers] == [
        (gate.site.subcontractor.id, 1, 4)
    ]
    assert nobody.employers == ()
