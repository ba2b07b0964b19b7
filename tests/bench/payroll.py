"""A payroll of five thousand workers against one SQL aggregate over the same worker days."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import asyncpg

from chassis.clock import shanghai_day
from chassis.crypto import Vault
from chassis.identity import Kind, service_principal
from chassis.ids import new_id
from labour.app import SERVICE
from labour.payrolls import service
from labour.payrolls.commands import drafting
from labour.payrolls.commands.drafting import NewPayroll
from labour.payrolls.rules import month_of
from labour.payrolls.service import Verb
from labour.payrolls.states import State
from tests.bench.rig import Rig
from tests.harness import Harness, organisation
from tests.labour.conftest import FakeProjects, Site, tell_project, worker_row

WORKERS = 5_000
CALL = 1_000
TERMS = """
INSERT INTO contracts (id, version, created_at, updated_at, employer_id, worker_id, project_id, kind, number, duties,
  valid_from, wage_kind, wage_rate, wage_unit, pay_day, language, state, sha256, signed_at, reason, offered_by)
SELECT uuidv7(), 1, now(), now(), employer_id, worker_id, project_id, 'labour_contract', 'LD-' || worker_id, '',
  '2020-01-01', 'day', 320, '工日', 15, 'zh-CN', 'signed', repeat('0', 64), now(), '', ''
FROM assignments WHERE project_id = $1
"""
DAYS = """
INSERT INTO worker_days (assignment_id, day, project_id, worker_id, employer_id, days)
SELECT a.id, d::date, a.project_id, a.worker_id, a.employer_id, CASE extract(isodow FROM d) WHEN 6 THEN 0.5 ELSE 1 END
FROM assignments a, generate_series($2::date, $3::date, '1 day') d
WHERE a.project_id = $1 AND extract(isodow FROM d) < 7
"""
AGGREGATE = """
SELECT worker_id, sum(days) FROM worker_days WHERE project_id = $1 AND day BETWEEN $2 AND $3 GROUP BY worker_id
"""


class Month:
    """A project whose workers have worked a whole month."""

    def __init__(self, site: Site) -> None:
        self.site = site
        today = shanghai_day(site.harness.clock.now())
        self.first, self.last = month_of(today.replace(day=1) - timedelta(days=1))

    async def drafted(self) -> float:
        """Seconds from the call to the finished draft, job after job; it is cancelled afterwards."""
        site, began = self.site, time.perf_counter()
        async with site.harness.work(site.clerk) as work:
            made = await drafting.draft(work, NewPayroll(site.project_id, self.first, "02-LABOUR"), site.projects)
        state = State.DRAFTING
        while state is State.DRAFTING:
            async with site.harness.work(service_principal("labour")) as work:
                await drafting.fill(work, {"payroll_id": str(made.id)})
            async with site.harness.work(site.clerk) as work:
                seen = await service.get(work, made.id)
            state = seen.state
        took = time.perf_counter() - began
        assert seen.workers == WORKERS
        async with site.harness.work(site.clerk) as work:
            await service.cancel(work, Verb(made.id, None, "measured"))
        return took

    async def summed(self) -> float:
        """Seconds of the aggregate."""
        async with self.site.harness.sql() as connection:
            began = time.perf_counter()
            rows = await connection.fetch(AGGREGATE, self.site.project_id, self.first, self.last)
            took = time.perf_counter() - began
        assert len(rows) == WORKERS
        return took


async def a_month(rig: Rig) -> Month:
    """Registered and assigned through the service's own doors; terms and days as one statement each."""
    harness = await Harness.start(
        SERVICE, rig.databases["labour"], projects=FakeProjects(), vault=Vault({"k1": b"k" * 32}, b"k" * 32)
    )
    organisations = (organisation(Kind.CONTRACTOR), organisation(Kind.LABOUR_SUBCONTRACTOR))
    site = Site(harness, new_id(), *organisations, organisation(Kind.OWNER), organisation(Kind.LABOUR_SUBCONTRACTOR))
    parties = {site.contractor.id: "general_contractor", site.subcontractor.id: "labour_subcontractor"}
    await tell_project(harness, site.project_id, parties)
    for organisation_id, role in parties.items():
        site.projects.roles[site.project_id, organisation_id] = frozenset({role})
    harness.clock.advance(datetime.now(UTC) - harness.clock.now())
    entered = (harness.clock.now() - timedelta(days=61)).isoformat()
    for _ in range(WORKERS // CALL):
        workers: list[UUID] = await site.workers(*(worker_row() for _ in range(CALL)))
        await site.assigned(workers, enter_at=entered)
    month = Month(site)
    async with harness.sql() as connection:
        await connection.execute(TERMS, site.project_id)
        await connection.execute(DAYS, site.project_id, month.first, month.last)
    owner = await asyncpg.connect(rig.databases["labour"].owner_url)
    await owner.execute("ANALYZE")  # as autovacuum would within the minute
    await owner.close()
    return month
