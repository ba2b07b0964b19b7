"""The clock's door to assignments."""

from __future__ import annotations

from chassis.identity import service_principal
from chassis.ids import new_id
from labour.assignments import handlers
from tests.harness import Harness


async def test_a_project_that_nobody_knows_is_passed_over(labour: Harness) -> None:
    before = await labour.checksum()
    async with labour.work(service_principal("labour")) as work:
        await handlers.close_project(work, {"project_id": str(new_id()), "day": "2026-11-23"})
    assert await labour.checksum() == before
