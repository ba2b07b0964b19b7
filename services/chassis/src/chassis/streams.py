"""The connection to NATS, and the two loops on it: the relay (outbox → stream) and the consumers (stream → inbox)."""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import nats
import structlog
from nats.aio.client import Client
from nats.aio.msg import Msg

from chassis import inbox, metrics, telemetry
from chassis.clock import Clock
from chassis.database import Database
from chassis.identity import service_principal
from chassis.pull import Pull
from chassis.subscriptions import Subscription
from chassis.work import Works

log = structlog.get_logger()

NatsError = nats.errors.Error
RELAY_BATCH = 500
RELAY_POLL = 1.0
RELAY_GATHER = 0.02
"""Between two batches under load: one question and one update then serve many facts; the first goes at once."""
RELAY_LOCK = 0x7A6875  # one relay per database at a time, however many replicas run
PUBLISH_TIMEOUT = 5.0
PUBLISH_PARALLEL = 64
IN_HAND = 64
BACKOFF = (0.2, 0.5, 1.0, 2.0, 5.0)
REDELIVERY = (0.05, 0.25, 1.0, 3.0, 5.0)
"""Seconds: a deadlock or a lock is gone at once, a database that starts again is not."""
AWAY_DELAY = 2.0


async def connect(url: str, user: str, password: str, service: str) -> Client:
    """A connection that never gives up and notices a dead link within ten seconds."""

    async def on_error(error: Exception) -> None:
        log.warning("nats.error", error=repr(error))

    return await nats.connect(
        url,
        user=user or None,
        password=password or None,
        name=service,
        inbox_prefix=f"_INBOX_{service}",
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.5,
        ping_interval=5,
        max_outstanding_pings=2,
        error_cb=on_error,
    )


def headers_of(row: asyncpg.Record, service: str) -> dict[str, str]:
    """CloudEvents 1.0 attributes (NATS protocol binding, binary mode) and the trace context."""
    event_id = str(row["event_id"])
    headers = {
        "Nats-Msg-Id": event_id if row["replays"] == 0 else f"{event_id}.{row['replays']}",
        "ce-specversion": "1.0",
        "ce-id": event_id,
        "ce-type": row["subject"],
        "ce-source": f"/zhulian/{service}",
        "ce-subject": str(row["aggregate_id"]),
        "ce-time": row["occurred_at"].isoformat(),
        "ce-sequence": str(row["aggregate_version"]),
        "content-type": "application/protobuf",
    }
    if row["traceparent"]:
        headers["traceparent"] = row["traceparent"]
    telemetry.inject(headers)  # the publishing span, which is in the row's trace
    return headers


class Relay:
    """Publishes the outbox until the stream has it, in order per aggregate."""

    def __init__(self, database: Database, client: Client, service: str, clock: Clock) -> None:
        self._database = database
        self._streams = client.jetstream(timeout=PUBLISH_TIMEOUT, publish_async_max_pending=PUBLISH_PARALLEL)
        self._service = service
        self._clock = clock
        self._wake = asyncio.Event()
        self._stopping = False

    def wake(self) -> None:
        """Something was committed; look now."""
        self._wake.set()

    def stop(self) -> None:
        """Finish the batch in hand and return from `run`."""
        self._stopping = True
        self._wake.set()

    async def run(self) -> None:
        """Until stopped. A failure of NATS or PostgreSQL is waited out; nothing is given up."""
        failures = 0
        while not self._stopping:
            try:
                async with self._database.driver() as connection:
                    await self._lead(connection)
                failures = 0
            except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError, NatsError) as error:
                log.warning("relay.failed", error=repr(error))
                await asyncio.sleep(BACKOFF[min(failures, len(BACKOFF) - 1)])
                failures += 1

    async def _lead(self, connection: asyncpg.Connection[Any]) -> None:
        if not await connection.fetchval("SELECT pg_try_advisory_lock($1)", RELAY_LOCK):
            await self._sleep()
            return
        try:
            while not self._stopping:
                self._wake.clear()
                taken = await self.drain(connection)
                if taken < RELAY_BATCH:
                    await asyncio.sleep(RELAY_GATHER if taken else 0)
                    await self._sleep()
            await self.drain(connection)
        finally:
            if not connection.is_closed():
                await connection.execute("SELECT pg_advisory_unlock($1)", RELAY_LOCK)

    async def _sleep(self) -> None:
        # The poll behind the wake-up finds what another process wrote (a command line, a replay).
        try:
            await asyncio.wait_for(self._wake.wait(), RELAY_POLL)
        except TimeoutError:
            return

    async def drain(self, connection: asyncpg.Connection[Any]) -> int:
        """Publish one batch; answers how many rows the stream took. Raises when it took none of them."""
        rows = await connection.fetch(
            """
            SELECT seq, event_id, subject, aggregate_id, aggregate_version, payload, traceparent, occurred_at, replays
            FROM outbox WHERE published_at IS NULL ORDER BY seq LIMIT $1
            """,
            RELAY_BATCH,
        )
        chains: dict[UUID, list[asyncpg.Record]] = defaultdict(list)
        for row in rows:
            chains[row["aggregate_id"]].append(row)
        gate = asyncio.Semaphore(PUBLISH_PARALLEL)
        outcomes = await asyncio.gather(*(self._chain(gate, chain) for chain in chains.values()))
        done = [seq for published, _ in outcomes for seq in published]
        if done:
            await connection.execute(
                "UPDATE outbox SET published_at = $1 WHERE seq = ANY($2::bigint[])", self._clock.now(), done
            )
        errors = [error for _, error in outcomes if error is not None]
        if errors:
            raise errors[0]
        return len(done)

    async def _chain(
        self, gate: asyncio.Semaphore, chain: list[asyncpg.Record]
    ) -> tuple[list[int], NatsError | OSError | None]:
        """One aggregate's facts, one after the other; the first that fails keeps back the later ones."""
        published: list[int] = []
        async with gate:
            for row in chain:
                try:
                    with telemetry.published(row["subject"], row["traceparent"]):
                        await self._streams.publish(
                            row["subject"], bytes(row["payload"]), headers=headers_of(row, self._service)
                        )
                except (NatsError, OSError) as error:
                    return published, error
                published.append(row["seq"])
        return published, None


class Consumer:
    """One durable pull consumer; facts of one aggregate one after the other, of several side by side.

    `turns` bounds how many facts are applied at once; the consumers of a process share it.
    """

    def __init__(
        self, client: Client, works: Works, service: str, subscription: Subscription, turns: asyncio.Semaphore
    ) -> None:
        self._client = client
        self._works = works
        self._principal = service_principal(service)
        self._subscription = subscription
        self._turns = turns
        self._stopping = asyncio.Event()
        self._chains: dict[str, deque[Msg]] = {}
        self._in_hand = 0
        self._applied = asyncio.Event()

    def stop(self) -> None:
        """Finish what is in hand and return from `run`."""
        self._stopping.set()

    async def run(self) -> None:
        """Until stopped. After a reconnect the pull is made anew: an old one may stay silent."""
        async with asyncio.TaskGroup() as tasks:
            pulling = tasks.create_task(self._pulling(tasks))
            await self._stopping.wait()
            pulling.cancel()

    async def _pulling(self, tasks: asyncio.TaskGroup) -> None:
        while True:
            reconnects = self._client.stats["reconnects"]
            try:
                async with Pull(self._client, self._subscription) as pull:
                    while self._client.stats["reconnects"] == reconnects:
                        await self._take_next(pull, tasks)
            except (NatsError, OSError) as error:
                log.warning("consumer.failed", consumer=self._subscription.durable, error=repr(error))
                await asyncio.sleep(AWAY_DELAY)

    async def _take_next(self, pull: Pull, tasks: asyncio.TaskGroup) -> None:
        # What the open request may still bring has its place already.
        while pull.owed == 0 and self._in_hand >= IN_HAND:
            self._applied.clear()
            await self._applied.wait()
        message = await pull.next(IN_HAND - self._in_hand)
        if message is None:
            return
        self._in_hand += 1
        aggregate = (message.headers or {}).get("ce-subject", "")
        if aggregate in self._chains:
            self._chains[aggregate].append(message)
        else:
            self._chains[aggregate] = deque([message])
            tasks.create_task(self._chain(aggregate))

    async def _chain(self, aggregate: str) -> None:
        chain = self._chains[aggregate]
        while chain:
            try:
                async with self._turns:
                    await self.receive(chain.popleft())
            except (NatsError, OSError) as error:  # not even acknowledged: it comes back
                log.warning("consumer.failed", consumer=self._subscription.durable, error=repr(error))
            self._in_hand -= 1
            self._applied.set()
        del self._chains[aggregate]

    async def receive(self, message: Msg) -> None:
        """Apply one message and acknowledge it; count a failure; leave it to redelivery when we cannot."""
        envelope = read_envelope(message)
        if envelope is None:
            log.error("consumer.unreadable", consumer=self._subscription.durable, subject=message.subject)
            await message.term()
            return
        delivered = message.metadata.num_delivered or 1
        with telemetry.consumed(self._subscription.durable, message.headers):
            try:
                await inbox.apply(self._works, self._principal, self._subscription, envelope)
            except Exception as error:  # noqa: BLE001 - a poison message must not stop the consumer
                await self._failed(message, envelope, error, delivered)
            else:
                await message.ack()
                passed = (self._works.clock.now() - envelope.occurred_at).total_seconds()
                metrics.applied_seconds.record(max(0.0, passed), {"consumer": self._subscription.durable})

    async def _failed(self, message: Msg, envelope: inbox.Envelope, error: Exception, delivered: int) -> None:
        delay = REDELIVERY[min(delivered - 1, len(REDELIVERY) - 1)]
        if inbox.is_transient(error):
            log.warning("consumer.waits", consumer=self._subscription.durable, error=repr(error))
            await message.nak(delay=delay)
            return
        log.error("consumer.handler_failed", consumer=self._subscription.durable, event_id=str(envelope.event_id))
        try:
            _, dead = await inbox.record_failure(self._works, self._subscription, envelope, error)
        except Exception as away:  # noqa: BLE001 - not even counted: the message comes back
            log.warning("consumer.waits", consumer=self._subscription.durable, error=repr(away))
            await message.nak(delay=delay)
            return
        await (message.term() if dead else message.nak(delay=delay))


def read_envelope(message: Msg) -> inbox.Envelope | None:
    """The CloudEvents attributes; None when they are not ours."""
    headers = message.headers or {}
    try:
        return inbox.Envelope(
            UUID(headers["ce-id"]),
            headers["ce-type"],
            UUID(headers["ce-subject"]),
            int(headers["ce-sequence"]),
            datetime.fromisoformat(headers["ce-time"]),
            message.data,
        )
    except (KeyError, ValueError):
        return None
