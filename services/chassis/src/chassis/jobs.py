"""Durable jobs on pgqueuer: enqueued in the transaction that causes them, run once they are due (design rule
18).

A job runs in one `Work`, and its row is deleted in that same transaction: what it did and that it is done
become true together. A process that dies in the middle leaves the row behind; after `heartbeat` another one
takes it. A handler that fails is tried again with growing pauses, then parked: the row stays with status
`failed` for a person (`jobs list`, `jobs retry`). While its surroundings are away (database, another service,
Keycloak) it is never parked.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, Protocol

import asyncpg
import orjson
import structlog
from opentelemetry.trace import SpanKind
from pgqueuer.adapters.drivers.asyncpg import AsyncpgDriver, AsyncpgPoolDriver
from pgqueuer.adapters.persistence import qb
from pgqueuer.adapters.persistence.queries import Queries
from pgqueuer.core.qm import QueueManager
from pgqueuer.domain.errors import PgqException, RetryRequested
from pgqueuer.domain.models import Job as QueuedJob
from pgqueuer.domain.settings import DBSettings
from pgqueuer.domain.types import Channel, JobId
from pgqueuer.ports.driver import Driver

from chassis import logs, metrics, telemetry
from chassis.errors import DeadlineExceeded, Unavailable
from chassis.identity import Principal
from chassis.redaction import redact_text
from chassis.refusals import refusal

if TYPE_CHECKING:
    from chassis.work import Work, Works

_log = structlog.get_logger(__name__)

Payload = dict[str, str]
Handler = Callable[..., Awaitable[None]]

# Every name is given here: pgqueuer would read missing ones from variables as common as FUNCTION and CHANNEL.
_NAMES = DBSettings(
    prefix="",
    channel=Channel("ch_pgqueuer"),
    function="fn_pgqueuer_changed",
    statistics_table="pgqueuer_statistics",
    queue_status_type="pgqueuer_status",
    queue_table="pgqueuer",
    queue_table_log="pgqueuer_log",
    trigger="tg_pgqueuer_changed",
    schedules_table="pgqueuer_schedules",
)

TIME_LIMIT = timedelta(minutes=5)
BATCH = 4
PARALLEL = 8
RECONNECT = 1.0
LOG_KEPT = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Job:
    """A kind of job: `await handler(work, payload)`, inside one transaction.

    With `every` it runs at the start of the service and that long after each run; it has no payload. With
    `clients` the handler gets the service's clients as its third argument. It must be safe to run twice.
    """

    name: str
    handler: Handler
    every: timedelta | None = None
    clients: bool = False


@dataclass(frozen=True, slots=True)
class Patience:
    """How often and when a failed job is tried again: after 1, 2, 4, … seconds, at most `longest` apart.

    A job whose runner shows no sign of life for `heartbeat` is taken by another. `poll` is the longest pause
    between two looks at the queue: new jobs and due ones wake the runner by themselves, one that goes back
    into the queue for another try does not (pgqueuer's trigger is silent about updates).
    """

    attempts: int = 8
    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=5)
    heartbeat: timedelta = timedelta(seconds=30)
    poll: timedelta = timedelta(seconds=5)

    def delay(self, attempt: int) -> timedelta:
        """The pause after the attempt with this number, counted from 0."""
        return min(self.first * (1 << min(attempt, 20)), self.longest)


class Surroundings(Protocol):
    """What of a Runtime the runner needs."""

    @property
    def works(self) -> Works:
        """Makes the transaction of each job."""
        ...

    @property
    def clients(self) -> Mapping[str, Any]:
        """For jobs that ask others."""
        ...


def install_sql() -> str:
    """The tables of pgqueuer as one command, for a migration; the runtime role gets its rights by default."""
    statements = qb.QueryBuilderEnvironment(_NAMES).build_install_query(create_schema=False)
    # One DO block, because a prepared statement, which is what asyncpg sends, holds one command.
    return f"DO $install$ BEGIN\n{statements}\nEND $install$"


async def enqueue(
    connection: asyncpg.Connection[Any],
    name: str,
    payload: Payload,
    *,
    due: datetime,
    now: datetime,
    dedupe_key: str | None = None,
) -> None:
    """Put a job into the caller's transaction, to run at `due`; a rollback leaves no job.

    While a job with the same `dedupe_key` waits or runs, nothing is added. The time is kept relative to
    `now`.
    """
    origin = telemetry.traceparent()
    await _queries(AsyncpgDriver(connection)).enqueue(
        name,
        orjson.dumps(payload),
        execute_after=max(due - now, timedelta(0)),
        dedupe_key=dedupe_key,
        headers={"traceparent": origin} if origin else None,
        on_conflict="skip",
    )


async def parked(connection: asyncpg.Connection[Any]) -> list[dict[str, Any]]:
    """The jobs that were given up, oldest first: id, job, payload, attempts, failed_at, error."""
    rows = await connection.fetch(
        """
        SELECT job.id, job.entrypoint, job.payload, job.attempts, job.updated, last.error
        FROM pgqueuer AS job
        LEFT JOIN LATERAL (
            SELECT traceback ->> 'exception_message' AS error FROM pgqueuer_log AS log
            WHERE log.job_id = job.id AND log.traceback IS NOT NULL ORDER BY log.id DESC LIMIT 1
        ) AS last ON true
        WHERE job.status = 'failed' ORDER BY job.id
        """
    )
    return [
        {
            "id": row["id"],
            "job": row["entrypoint"],
            "payload": orjson.loads(row["payload"] or b"{}"),
            "attempts": row["attempts"] + 1,
            "failed_at": row["updated"],
            "error": row["error"],
        }
        for row in rows
    ]


async def retry_parked(connection: asyncpg.Connection[Any], job_id: int | None = None) -> int:
    """Put one parked job, or all of them, back into the queue at once; answers how many."""
    ids = [job["id"] for job in await parked(connection) if job_id in (None, job["id"])]
    await _queries(AsyncpgDriver(connection)).requeue_jobs([JobId(one) for one in ids])
    return len(ids)


async def clean_log(work: Work, _: Payload) -> None:
    """Delete pgqueuer's own log of enqueued and picked jobs after LOG_KEPT; what jobs did is in the audit."""
    driver = await work.driver()
    await driver.execute("DELETE FROM pgqueuer_log WHERE created < $1", work.now - LOG_KEPT)


CLEAN_LOG = Job("jobs.clean-log", clean_log, every=timedelta(hours=6))


def _queries(driver: Driver) -> Queries:
    return Queries(
        driver,
        qbe=qb.QueryBuilderEnvironment(_NAMES),
        qbq=qb.QueryQueueBuilder(_NAMES),
        qbs=qb.QuerySchedulerBuilder(_NAMES),
    )


class _Parked(Exception):
    """Tells pgqueuer to keep the job as failed; carries the redacted error into its log."""


class _DoneElsewhere(Exception):
    """Another process has run the job and committed meanwhile; ours is rolled back."""


class JobRunner:
    """Runs the due jobs of one service; any number of processes may run one each.

    `dsn` is the runtime role's address: the runner has two connections of its own, because it listens on one.
    """

    def __init__(
        self,
        dsn: str,
        jobs: Iterable[Job],
        surroundings: Surroundings,
        principal: Principal,
        *,
        patience: Patience | None = None,
    ) -> None:
        self._dsn = dsn
        self._jobs = (*jobs, CLEAN_LOG)
        self._surroundings = surroundings
        self._principal = principal
        self._patience = patience or Patience()
        self._stopping = asyncio.Event()
        self._manager: QueueManager | None = None
        self._running: set[asyncio.Task[None]] = set()

    def stop(self) -> None:
        """Take no more jobs; `run` returns when those in hand are finished."""
        self._stopping.set()
        if self._manager is not None:
            self._manager.shutdown.set()

    async def run(self) -> None:
        """Until stopped. Cancelled, it gives the jobs in hand back to the queue instead of losing them."""
        serving = asyncio.create_task(self._serve())
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            self.stop()
            for running in self._running:
                running.cancel()
            await asyncio.wait({serving}, timeout=RECONNECT)
            serving.cancel()
            raise

    async def _serve(self) -> None:
        while not self._stopping.is_set():
            try:
                await self._serve_while_connected()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, PgqException) as error:
                _log.warning("jobs.database_away", error=repr(error))
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._stopping.wait(), RECONNECT)

    async def _serve_while_connected(self) -> None:
        pool = await asyncpg.create_pool(
            self._dsn, min_size=2, max_size=3, server_settings={"application_name": "zhulian-jobs"}, timeout=5
        )
        try:
            await self._plan_periodic(pool)
            manager = QueueManager(_queries(AsyncpgPoolDriver(pool)), channel=_NAMES.channel)
            for job in self._jobs:
                manager.entrypoint(job.name, accepts_context=False, on_failure="hold")(self._entrypoint(job))
            self._manager = manager
            if not self._stopping.is_set():
                await manager.run(
                    dequeue_timeout=self._patience.poll,
                    batch_size=BATCH,
                    max_concurrent_tasks=PARALLEL,
                    shutdown_on_listener_failure=True,
                    heartbeat_timeout=self._patience.heartbeat,
                    log_aggregation_interval=timedelta(0),  # we have metrics of our own
                )
        finally:
            self._manager = None
            pool.terminate()

    async def _plan_periodic(self, pool: asyncpg.Pool[Any]) -> None:
        """See that each periodic job is in the queue; its key keeps it there once, however many
        processes start.
        """
        now = self._surroundings.works.clock.now()
        async with pool.acquire() as connection:
            for job in self._jobs:
                if job.every is not None:
                    await enqueue(connection, job.name, {}, due=now, now=now, dedupe_key=_key(job))  # type: ignore[arg-type]

    def _entrypoint(self, job: Job) -> Callable[[QueuedJob], Awaitable[None]]:
        async def run(queued: QueuedJob) -> None:
            # In a task of its own: pgqueuer deletes a job whose task is cancelled, and a stop is no reason
            # for that.
            running = asyncio.create_task(self._attempt(job, queued))
            self._running.add(running)
            try:
                await running
            except asyncio.CancelledError:
                running.cancel()
                raise RetryRequested(timedelta(0), "the process stops") from None
            finally:
                self._running.discard(running)

        return run

    async def _attempt(self, job: Job, queued: QueuedJob) -> None:
        origin = (queued.headers or {}).get("traceparent")
        token = logs.request_id.set(f"job-{queued.id}")
        try:
            with telemetry.span(
                f"job {job.name}", SpanKind.CONSUMER, {"job.attempt": queued.attempts + 1}, parent=str(origin or "")
            ) as span:
                try:
                    async with asyncio.timeout(TIME_LIMIT.total_seconds()):
                        await self._run(job, queued)
                except _DoneElsewhere:
                    _log.info("job.done_elsewhere", job=job.name, id=queued.id)
                except Exception as error:  # noqa: BLE001 - whatever a handler raises decides between again and parked
                    telemetry.fail(span, error)
                    raise self._again_or_parked(job, queued, error) from None
                else:
                    metrics.jobs.add(1, {"job": job.name, "outcome": "done"})
        finally:
            logs.request_id.reset(token)

    async def _run(self, job: Job, queued: QueuedJob) -> None:
        payload: Payload = orjson.loads(queued.payload or b"{}")
        extra = (self._surroundings.clients,) if job.clients else ()
        async with self._surroundings.works.open(self._principal) as work:
            await job.handler(work, payload, *extra)
            driver = await work.driver()
            done = await driver.execute("DELETE FROM pgqueuer WHERE id = $1 AND status = 'picked'", queued.id)
            if done != "DELETE 1":
                raise _DoneElsewhere
            if job.every is not None:
                await enqueue(driver, job.name, {}, due=work.now + job.every, now=work.now, dedupe_key=_key(job))

    def _again_or_parked(self, job: Job, queued: QueuedJob, error: Exception) -> Exception:
        """What to tell pgqueuer. The error's own text goes to our log only, where it is redacted."""
        text = redact_text(f"{type(error).__name__}: {error}")
        surroundings_away = isinstance(refusal(error), Unavailable | DeadlineExceeded)
        last = queued.attempts + 1 >= self._patience.attempts
        if last and not surroundings_away:
            _log.error("job.failed_repeatedly", job=job.name, id=queued.id, exc_info=error)
            if job.every is None:
                metrics.jobs.add(1, {"job": job.name, "outcome": "parked"})
                return _Parked(text)
        else:
            _log.warning("job.retried", job=job.name, id=queued.id, attempt=queued.attempts + 1, error=text)
        metrics.jobs.add(1, {"job": job.name, "outcome": "retried"})
        return RetryRequested(self._patience.delay(queued.attempts), text)


def _key(job: Job) -> str:
    return f"every:{job.name}"
