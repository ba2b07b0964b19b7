"""Durable jobs on a real PostgreSQL: nothing is lost, nothing is done twice, nothing runs early."""

from __future__ import annotations

import asyncio
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from chassis import jobs
from chassis.clock import SystemClock
from chassis.database import Database
from chassis.errors import Unavailable
from chassis.identity import service_principal
from chassis.jobs import Job, JobRunner, Patience
from chassis.work import Work, Works
from infra.postgres import Cluster, DatabaseAddresses

QUICK = Patience(
    attempts=3,
    first=timedelta(milliseconds=20),
    longest=timedelta(milliseconds=50),
    heartbeat=timedelta(seconds=1),
    poll=timedelta(milliseconds=200),
)
UNHURRIED = Patience(poll=timedelta(seconds=30))
IDENTITY_NUMBER = "11010519491231002X"
SOON = timedelta(0)


@pytest.fixture(scope="module")
async def addresses(cluster: Cluster) -> DatabaseAddresses:
    made = await asyncio.to_thread(cluster.create_service_database, "jobtests")
    owner = await asyncpg.connect(made.owner_url)
    # Prepared, as alembic's driver does it: only one command goes through.
    await (await owner.prepare(jobs.install_sql())).fetch()
    await owner.execute("CREATE TABLE effects (id bigserial PRIMARY KEY, what text NOT NULL)")
    await owner.close()
    return made


@dataclass
class Desk:
    """The service's database, and runners that are stopped at the end."""

    dsn: str
    works: Works
    runners: list[tuple[JobRunner, asyncio.Task[None]]] = field(default_factory=list)

    def runner(self, *kinds: Job, patience: Patience = QUICK, clients: dict[str, Any] | None = None) -> JobRunner:
        surroundings = SimpleNamespace(works=self.works, clients=clients or {})
        runner = JobRunner(self.dsn, kinds, surroundings, service_principal("jobtests"), patience=patience)
        self.runners.append((runner, asyncio.create_task(runner.run())))
        return runner

    async def enqueue(
        self, name: str, payload: dict[str, str], *, after: timedelta = SOON, key: str | None = None
    ) -> None:
        async with self.works.open(service_principal("jobtests")) as work:
            await work.enqueue(name, payload, due=work.now + after, dedupe_key=key)

    @asynccontextmanager
    async def sql(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        async with self.works.database.driver() as connection:
            yield connection

    async def effects(self) -> list[str]:
        async with self.sql() as connection:
            return [row["what"] for row in await connection.fetch("SELECT what FROM effects ORDER BY id")]

    async def sees(self, effects: list[str], seconds: float = 10.0) -> None:
        async def seen() -> bool:
            return await self.effects() == effects

        await until(seen, seconds)

    async def queued(self, name: str) -> list[str]:
        async with self.sql() as connection:
            rows = await connection.fetch(
                "SELECT status::text AS status FROM pgqueuer WHERE entrypoint = $1 ORDER BY id", name
            )
            return [row["status"] for row in rows]


@pytest.fixture
async def desk(addresses: DatabaseAddresses) -> AsyncIterator[Desk]:
    database = Database(addresses.runtime_url, size=16, name="tests")
    made = Desk(addresses.runtime_url, Works(database, SystemClock(), jobs.enqueue))
    async with made.sql() as connection:
        await connection.execute("DELETE FROM effects")
        await connection.execute("DELETE FROM pgqueuer")
    yield made
    for runner, _ in made.runners:
        runner.stop()
    await asyncio.gather(*(task for _, task in made.runners), return_exceptions=True)
    await database.close()


async def until(condition: Callable[[], Any], seconds: float = 10.0) -> None:
    end = time.monotonic() + seconds
    while not await condition():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.02)


async def leave_effect(work: Work, payload: dict[str, str]) -> None:
    await (await work.driver()).execute("INSERT INTO effects (what) VALUES ($1)", payload["what"])


class Refused(Exception):
    pass


async def enqueue_and_refuse(desk: Desk) -> None:
    async with desk.works.open(service_principal("jobtests")) as work:
        await work.enqueue("note", {"what": "never"})
        raise Refused


async def test_a_rolled_back_transaction_leaves_no_job(desk: Desk) -> None:
    with pytest.raises(Refused):
        await enqueue_and_refuse(desk)
    assert await desk.queued("note") == []


async def test_the_payload_arrives_and_the_row_goes_with_the_commit(desk: Desk) -> None:
    desk.runner(Job("note", leave_effect))
    await desk.enqueue("note", {"what": "筑联"})

    await desk.sees(["筑联"])
    assert await desk.queued("note") == []


async def test_what_is_due_later_does_not_run_before(desk: Desk) -> None:
    desk.runner(Job("note", leave_effect), patience=UNHURRIED)
    await desk.enqueue("note", {"what": "later"}, after=timedelta(seconds=1.5))
    await desk.enqueue("note", {"what": "now"})
    started = time.monotonic()

    await desk.sees(["now"])
    await desk.sees(["now", "later"], seconds=20)
    assert 1.2 < time.monotonic() - started < 15, "the runner sleeps until the next job is due, not until a poll"


async def test_one_key_waits_once(desk: Desk) -> None:
    for _ in range(3):
        await desk.enqueue("note", {"what": "once"}, key="booking-1")
    assert await desk.queued("note") == ["queued"]


async def test_two_runners_run_each_job_once(desk: Desk) -> None:
    for number in range(60):
        await desk.enqueue("note", {"what": str(number)})
    desk.runner(Job("note", leave_effect))
    desk.runner(Job("note", leave_effect))

    async def all_done() -> bool:
        return await desk.queued("note") == []

    await until(all_done)
    assert sorted(await desk.effects(), key=int) == [str(number) for number in range(60)]


async def test_a_job_whose_process_died_is_taken_by_another(desk: Desk) -> None:
    await desk.enqueue("note", {"what": "survived"})
    async with desk.sql() as connection:
        # What a killed process leaves behind: picked, by a worker that sends no heartbeat.
        await connection.execute(
            """
            UPDATE pgqueuer SET status = 'picked', queue_manager_id = gen_random_uuid(),
                                heartbeat = now() - interval '10 seconds'
            """
        )
    desk.runner(Job("note", leave_effect))

    await desk.sees(["survived"])


KILLED = """
import asyncio, sys
from types import SimpleNamespace
from chassis import jobs
from chassis.clock import SystemClock
from chassis.database import Database
from chassis.identity import service_principal
from chassis.work import Works

async def hang(work, payload):
    await (await work.driver()).execute("INSERT INTO effects (what) VALUES ('half')")
    sys.stdout.write("in the middle"); sys.stdout.flush()
    await asyncio.sleep(60)

async def main(dsn):
    works = Works(Database(dsn, size=2), SystemClock(), jobs.enqueue)
    surroundings = SimpleNamespace(works=works, clients={})
    await jobs.JobRunner(dsn, [jobs.Job("note", hang)], surroundings, service_principal("jobtests")).run()

asyncio.run(main(sys.argv[1]))
"""


async def test_a_process_killed_in_the_middle_leaves_the_job_to_the_next(desk: Desk) -> None:
    await desk.enqueue("note", {"what": "once"})
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", KILLED, desk.dsn, stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    assert await asyncio.wait_for(process.stdout.readexactly(13), 20) == b"in the middle"
    process.kill()
    await process.wait()
    assert await desk.queued("note") == ["picked"]
    desk.runner(Job("note", leave_effect))

    await desk.sees(["once"])
    assert await desk.queued("note") == []


async def test_of_two_that_run_the_same_job_one_is_rolled_back(desk: Desk) -> None:
    entered, go = asyncio.Event(), asyncio.Event()

    async def slow(work: Work, payload: dict[str, str]) -> None:
        await leave_effect(work, payload)
        entered.set()
        await go.wait()

    desk.runner(Job("note", slow))
    await desk.enqueue("note", {"what": "twice"})
    await entered.wait()
    async with desk.sql() as connection:
        await connection.execute("DELETE FROM pgqueuer WHERE entrypoint = 'note'")  # the other one has committed
    go.set()
    await asyncio.sleep(0.3)
    assert await desk.effects() == []
    assert await desk.queued("note") == []


async def test_a_failing_job_is_retried_then_parked_and_can_be_retried_by_hand(desk: Desk) -> None:
    tries: list[int] = []
    broken = True

    async def fails(work: Work, payload: dict[str, str]) -> None:
        await leave_effect(work, payload)
        tries.append(1)
        if broken:
            raise ValueError(f"worker {IDENTITY_NUMBER} is unknown")

    desk.runner(Job("note", fails), Job("other", leave_effect))
    await desk.enqueue("note", {"what": "poison"})

    async def given_up() -> bool:
        return await desk.queued("note") == ["failed"]

    await until(given_up)
    assert len(tries) == QUICK.attempts
    assert await desk.effects() == [], "each failed attempt was rolled back"

    await desk.enqueue("other", {"what": "goes on"})

    await desk.sees(["goes on"])
    async with desk.sql() as connection:
        [job] = await jobs.parked(connection)
        assert job["job"] == "note"
        assert job["payload"] == {"what": "poison"}
        assert job["attempts"] == QUICK.attempts
        assert "ValueError" in job["error"]
        stored = await connection.fetchval("SELECT string_agg(traceback::text, '') FROM pgqueuer_log")
        assert IDENTITY_NUMBER not in stored, "an exception's text may hold personal data"
        broken = False
        assert await jobs.retry_parked(connection, job["id"]) == 1

    await desk.sees(["goes on", "poison"])


async def test_while_the_surroundings_are_away_a_job_is_not_parked(desk: Desk) -> None:
    tries: list[int] = []

    async def asks(work: Work, payload: dict[str, str], clients: dict[str, Any]) -> None:
        tries.append(1)
        if len(tries) <= QUICK.attempts + 2:
            raise Unavailable("LABOUR_AWAY", zh="劳务服务不可用。", en="labour is away")
        await leave_effect(work, {"what": clients["labour"]})

    desk.runner(Job("ask", asks, clients=True), clients={"labour": "asked"})
    await desk.enqueue("ask", {})

    await desk.sees(["asked"])
    assert len(tries) == QUICK.attempts + 3


async def test_a_periodic_job_runs_again_and_again_in_one_of_two_processes(desk: Desk) -> None:
    async def tick(work: Work, _: dict[str, str]) -> None:
        await leave_effect(work, {"what": "tick"})

    job = Job("tick", tick, every=timedelta(milliseconds=400))
    desk.runner(job)
    desk.runner(job)

    async def thrice() -> bool:
        return len(await desk.effects()) >= 3

    started = time.monotonic()
    await until(thrice)
    assert time.monotonic() - started > 0.7
    assert await desk.queued("tick") == ["queued"]


async def test_a_periodic_job_outlives_its_failures(desk: Desk) -> None:
    tries: list[int] = []

    async def tick(work: Work, _: dict[str, str]) -> None:
        tries.append(1)
        if len(tries) <= QUICK.attempts:
            raise ValueError("not yet")
        await leave_effect(work, {"what": "tick"})

    desk.runner(Job("tick", tick, every=timedelta(hours=1)))

    await desk.sees(["tick"])


async def test_a_stop_waits_for_the_job_in_hand(desk: Desk) -> None:
    entered = asyncio.Event()

    async def slow(work: Work, payload: dict[str, str]) -> None:
        entered.set()
        await asyncio.sleep(0.3)
        await leave_effect(work, payload)

    runner = desk.runner(Job("note", slow))
    await desk.enqueue("note", {"what": "finished"})
    await entered.wait()
    runner.stop()
    await asyncio.wait_for(desk.runners[0][1], 5)
    assert await desk.effects() == ["finished"]


async def test_a_cancelled_runner_gives_its_job_back(desk: Desk) -> None:
    entered = asyncio.Event()

    async def endless(work: Work, payload: dict[str, str]) -> None:
        await leave_effect(work, payload)
        entered.set()
        await asyncio.sleep(60)

    desk.runner(Job("note", endless))
    await desk.enqueue("note", {"what": "given back"})
    await entered.wait()
    task = desk.runners.pop()[1]
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await desk.queued("note") == ["queued"]
    assert await desk.effects() == []
    desk.runner(Job("note", leave_effect))

    await desk.sees(["given back"])


async def test_the_runner_comes_back_after_the_database_was_away(desk: Desk) -> None:
    desk.runner(Job("note", leave_effect))
    await desk.enqueue("note", {"what": "before"})

    await desk.sees(["before"])
    async with desk.sql() as connection:
        await connection.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'zhulian-jobs'"
        )
    await desk.enqueue("note", {"what": "after"})

    await desk.sees(["before", "after"], seconds=30)


async def test_an_idle_runner_costs_nearly_no_time(desk: Desk) -> None:
    desk.runner(Job("note", leave_effect), patience=UNHURRIED)
    await asyncio.sleep(0.5)
    started = time.process_time()
    await asyncio.sleep(2)
    assert time.process_time() - started < 0.1, "more than 5 % of a core for waiting"
