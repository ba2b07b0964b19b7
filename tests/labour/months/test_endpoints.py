"""The REST door of months."""

from __future__ import annotations

from chassis.identity import Role
from labour.attendance.service import lock_month
from tests.harness import Harness
from tests.labour.attendance.conftest import Gate, at


async def test_locked_months_are_listed_to_whom_the_employer_is_visible(labour: Harness, gate: Gate) -> None:
    employer = gate.site.subcontractor.id
    async with labour.work(gate.site.clerk) as work:
        await lock_month(work, gate.site.project_id, employer, at(8).date())
    found = []
    for one in (gate.site.subcontractor, gate.site.owner, gate.site.stranger):
        async with labour.client(one.as_(Role.VIEWER)) as client:
            params = {"project_id": str(gate.site.project_id)}
            answer = await client.get("/labour/v1/attendance/locked-months", params=params)
        found.append([(row["employer_id"], row["month"]) for row in answer.json()["items"]])
    assert found == [[(str(employer), "2026-11-01")], [(str(employer), "2026-11-01")], []]
