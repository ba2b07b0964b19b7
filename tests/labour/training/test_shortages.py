"""Shortages are raised in time to act, told once, and lifted; ids only."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import pytest

from chassis.identity import service_principal
from labour.training import service
from labour.training.events import LIFTED, RAISED
from tests.harness import Harness
from tests.labour.conftest import Site, worker_row
from tests.labour.teaching import answer, taught, untrained
from tests.labour.training.test_service import at
from zhulian.labour.v1.training_events_pb2 import TrainingShortageLifted, TrainingShortageRaised


async def run_job(labour: Harness, after: UUID | None = None) -> None:
    """One chunk of the count, as the job runner would run it."""
    async with labour.work(service_principal("labour")) as work:
        await service.count_from(work, {"after": str(after) if after else ""})


async def count(labour: Harness, worker: UUID) -> None:
    """The chunk that begins with this worker."""
    await run_job(labour, UUID(int=worker.int - 1))


async def told(labour: Harness, site: Site, worker: UUID) -> list[tuple[str, str, int]]:
    """What was told of a worker: fact, kind, year; the ids and nothing else of him."""
    found = []
    for item in (await answer(labour, site.clerk, "requirements", worker_id=str(worker)))["items"]:
        for fact, subject, message in (
            ("raised", RAISED, TrainingShortageRaised),
            ("lifted", LIFTED, TrainingShortageLifted),
        ):
            for one in await labour.events(subject, UUID(item["id"]), message):
                assert one.shortage.worker_id == str(worker)
                assert one.shortage.employer_id == str(site.subcontractor.id)
                found.append((fact, one.shortage.kind, one.shortage.year))
    return sorted(found)


async def test_a_missing_level_is_raised_at_once_and_lifted_when_it_is_there(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    await site.assigned([worker])
    async with labour.sql() as connection:
        await connection.execute("UPDATE worker_trainings SET hours = 20 WHERE worker_id = $1", worker)
    await count(labour, worker)
    await count(labour, worker)
    once = await told(labour, site, worker)
    async with labour.sql() as connection:
        await connection.execute("UPDATE worker_trainings SET hours = 50 WHERE worker_id = $1", worker)
    await count(labour, worker)
    assert once == [("raised", "entry", 2026)]
    assert await told(labour, site, worker) == [("lifted", "entry", 2027), ("raised", "entry", 2026)]


async def test_a_year_is_raised_sixty_days_before_its_end(labour: Harness, site: Site) -> None:
    row = worker_row(training={"trained_on": "2025-12-30", "hours": "50.00", "course": "三级安全教育"})
    [worker] = await site.workers(row)
    await site.assigned([worker])
    with at(labour, datetime(2026, 10, 31, 15, 0, tzinfo=UTC)):  # 23:00 in Shanghai
        await count(labour, worker)
        early = await told(labour, site, worker)
    with at(labour, datetime(2026, 10, 31, 16, 0, tzinfo=UTC)):  # midnight: 1 November
        await count(labour, worker)
        in_time = await told(labour, site, worker)
    await taught(site, worker, course={"name": "年度教育", "category": "yearly"}, length=4)
    second = datetime(2026, 11, 22, tzinfo=UTC)
    await taught(site, worker, course={"name": "年度教育二", "category": "yearly"}, length=11, at=second)
    assert early == []
    assert in_time == [("raised", "yearly", 2026)]
    assert ("lifted", "yearly", 2026) in await told(labour, site, worker)


async def test_who_leaves_the_site_is_short_of_nothing(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    [assignment] = await site.assigned([worker], enter_at="2026-11-23T08:00:00+08:00")
    async with labour.sql() as connection:
        await connection.execute("UPDATE worker_trainings SET hours = 14 WHERE worker_id = $1", worker)
    await count(labour, worker)
    raised = await answer(labour, site.clerk, "requirements", worker_id=str(worker), warned=True)
    await site.post(f"/labour/v1/assignments/{assignment}:leave", {}, site.clerk)
    await count(labour, worker)
    left = await answer(labour, site.clerk, "requirements", worker_id=str(worker), warned=True)
    assert {one["kind"] for one in raised["items"]} == {"entry", "yearly"}
    assert left["items"] == []


async def test_who_is_on_no_site_is_not_warned_of(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(untrained())
    await taught(site, worker)
    await count(labour, worker)
    assert await told(labour, site, worker) == []


async def test_the_job_goes_on_chunk_by_chunk(labour: Harness, site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    workers = await site.workers(*[worker_row() for _ in range(3)])
    await site.assigned(workers)
    monkeypatch.setattr(service, "CHUNK", 2)
    await run_job(labour, UUID(int=workers[0].int - 1))
    async with labour.sql() as connection:
        next_one = await connection.fetchval(
            "SELECT convert_from(payload, 'UTF8') FROM pgqueuer WHERE entrypoint = $1 ORDER BY id DESC LIMIT 1",
            service.COUNT,
        )
        counted = await connection.fetch(
            "SELECT DISTINCT worker_id FROM training_requirements WHERE worker_id = ANY($1)", workers
        )
    assert str(workers[1]) in next_one
    assert {row["worker_id"] for row in counted} == set(workers[:2])


async def test_the_watch_asks_for_one_count_at_a_time(labour: Harness) -> None:
    for _ in range(2):
        async with labour.work(service_principal("labour")) as work:
            await service.watch(work, {})
    async with labour.sql() as connection:
        waiting = await connection.fetchval(
            "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1 AND dedupe_key = $1", service.COUNT
        )
    assert waiting == 1
