"""One day more of one worker against everything of five thousand: evidence followed, and computed from nothing."""

from __future__ import annotations

import time

from chassis.identity import Kind, Role, service_principal
from labour.evidence import service
from tests.bench.payroll import WORKERS, Month
from tests.harness import organisation

CHANGE = """
UPDATE worker_days SET days = 1.5 - days WHERE (assignment_id, day) = (
    SELECT assignment_id, day FROM worker_days WHERE project_id = $1 AND day >= $2 ORDER BY day, assignment_id LIMIT 1)
"""


async def followed(month: Month) -> float:
    """Seconds to compute again what one changed day has touched; the change itself is not in it."""
    harness = month.site.harness
    async with harness.sql() as connection:
        await connection.execute(CHANGE, month.site.project_id, month.first)
    began = time.perf_counter()
    async with harness.work(service_principal("labour")) as work:
        assert await service.catch_up(work) == 1
    return time.perf_counter() - began


async def recomputed(month: Month) -> float:
    """Seconds to compute all of the project's months from their rows."""
    began = time.perf_counter()
    async with month.site.harness.work(organisation(Kind.OPERATOR).as_(Role.ADMIN)) as work:
        assert await service.recompute(work, month.site.project_id) == WORKERS
    return time.perf_counter() - began


async def caught_up(month: Month) -> None:
    """Nothing is left of what filling the tables has told."""
    left = 1
    while left:
        async with month.site.harness.work(service_principal("labour")) as work:
            left = await service.catch_up(work)
