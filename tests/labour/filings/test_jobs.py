"""The jobs themselves: what a connection causes runs to its end without anybody's help."""

from __future__ import annotations

import asyncio
from types import SimpleNamespace

from chassis import jobs
from chassis.clock import SystemClock
from chassis.identity import service_principal
from chassis.jobs import Job, JobRunner
from chassis.work import Works
from labour.authorities.service import COLLECT
from labour.filings import service
from tests.harness import Harness
from tests.labour.authority import Simulator, made, until
from tests.labour.conftest import Site

KINDS = (
    Job(COLLECT, service.collect, clients=True),
    Job(service.PUMP, service.pump, clients=True),
    Job("filings.sweep", service.sweep),
)


async def test_a_connection_is_enough(site: Site, authority: Simulator, labour: Harness) -> None:
    """On the machine's own clock, with the runner of the service."""
    await authority.control(now=None)
    desk = await made(site, authority)
    await desk.connect(own=True)
    works = Works(labour.runtime.database, SystemClock(), jobs.enqueue)
    surroundings = SimpleNamespace(works=works, clients=labour.runtime.clients)
    runner = JobRunner(labour.addresses.runtime_url, KINDS, surroundings, service_principal("labour"))
    running = asyncio.create_task(runner.run())

    async def accepted() -> bool:
        return [row["state"] for row in await desk.rows()] == ["accepted"] * 2

    await until(accepted)
    runner.stop()
    await running


async def test_the_sweep_looks_at_active_connections_only(site: Site, authority: Simulator, labour: Harness) -> None:
    desk = await made(site, authority)
    await desk.connect(own=True)
    async with labour.sql() as sql:
        await sql.execute("DELETE FROM pgqueuer WHERE entrypoint = $1", COLLECT)
    async with labour.work(service_principal("labour")) as work:
        await service.sweep(work, {})
    key = f"{COLLECT}:{desk.connection_id}"
    waiting = "SELECT count(*) FROM pgqueuer WHERE dedupe_key = $1"
    async with labour.sql() as sql:
        assert await sql.fetchval(waiting, key) == 1
        await sql.execute("DELETE FROM pgqueuer WHERE entrypoint = $1", COLLECT)
        await sql.execute("UPDATE authority_connections SET state = 'barred' WHERE id = $1", desk.connection_id)
    async with labour.work(service_principal("labour")) as work:
        await service.sweep(work, {})
    async with labour.sql() as sql:
        assert await sql.fetchval(waiting, key) == 0
