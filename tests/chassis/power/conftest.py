"""A database with the chassis' tables and one table of its own, and a real NATS: what the power is cut to."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import pytest
from google.protobuf.wrappers_pb2 import StringValue
from nats.aio.client import Client
from nats.js.api import AckPolicy, ConsumerConfig

from chassis import jobs, migrations, streams
from chassis.clock import SystemClock
from chassis.database import Database
from chassis.identity import service_principal
from chassis.ids import new_id
from chassis.outbox import Event
from chassis.streams import Consumer, Relay
from chassis.subscriptions import Received, Subscription
from chassis.work import Work, Works
from infra.nats import Nats
from infra.nats.permissions import ADMIN
from infra.postgres import Cluster, DatabaseAddresses

SUBJECT = "zhulian.procurement.things.made.v1"
DURABLE = "project-mgmt--things-made"
STREAM = "PROCUREMENT"
PRODUCER = service_principal("procurement")
POOL = 10
SLOW_LOCK = 7
"""Facts that are slow wait for this advisory lock."""


async def apply_thing(work: Work, event: Received[StringValue]) -> None:
    """The work of the consumer under test: one row per fact; some facts are poison, slow or lose a deadlock."""
    if event.message.value == "poison":
        raise ValueError("this fact cannot be applied")
    if event.message.value == "deadlock":
        raise asyncpg.DeadlockDetectedError("deadlock detected")
    session = await work.writing()
    connection = await session.connection()
    if event.message.value == "slow":
        await connection.exec_driver_sql("SELECT pg_advisory_xact_lock($1)", (SLOW_LOCK,))
    await connection.exec_driver_sql(
        "INSERT INTO things (event_id, aggregate_id, version, value) VALUES ($1, $2, $3, $4)",
        (event.event_id, event.aggregate_id, event.version, event.message.value),
    )


SUBSCRIPTION = Subscription(durable=DURABLE, stream=STREAM, subject=SUBJECT, message=StringValue, handler=apply_thing)


@pytest.fixture(scope="session")
async def addresses(cluster: Cluster) -> DatabaseAddresses:
    """Producer and consumer share a database here; their tables do not meet."""
    made = await asyncio.to_thread(cluster.create_service_database, "power")
    owner = await asyncpg.connect(made.owner_url)
    await owner.execute((migrations.SCHEMA / "v1.sql").read_text())
    await owner.execute(jobs.install_sql())
    await owner.execute(
        "CREATE TABLE things (id bigserial PRIMARY KEY, event_id uuid, aggregate_id uuid, version bigint, value text)"
    )
    await owner.close()
    return made


@dataclass
class Power:
    """Both ends of a stream, and what is needed to cut them off."""

    addresses: DatabaseAddresses
    nats: Nats
    database: Database
    works: Works
    turns: asyncio.Semaphore = field(default_factory=lambda: asyncio.Semaphore(POOL // 2))
    clients: list[Client] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def client(self, service: str) -> Client:
        """A connection as one service's user."""
        credentials = self.nats.credentials(service)
        client = await streams.connect(self.nats.url, credentials.user, credentials.password, service)
        self.clients.append(client)
        return client

    async def relay(self) -> Relay:
        """A relay of the producer; not running."""
        return Relay(self.database, await self.client("procurement"), "procurement", SystemClock())

    async def consumer(self) -> Consumer:
        """A consumer; not running."""
        return Consumer(await self.client("project-mgmt"), self.works, "project-mgmt", SUBSCRIPTION, self.turns)

    def run(self, part: Relay | Consumer) -> None:
        """Let a part run until the end of the test."""
        self.tasks.append(asyncio.create_task(part.run()))

    async def emit(self, aggregate_id: UUID | None = None, value: str = "good", version: int = 1) -> Event:
        """One fact, committed."""
        event = Event(SUBJECT, aggregate_id or new_id(), version, StringValue(value=value))
        async with self.works.open(PRODUCER) as work:
            await work.writing()
            work.emit(event)
        return event

    async def fetch(self, sql: str, *arguments: Any) -> list[asyncpg.Record]:
        """Rows."""
        async with self.database.driver() as connection:
            rows: list[asyncpg.Record] = await connection.fetch(sql, *arguments)
        return rows

    async def applied(self, *events: Event) -> int:
        """How many rows the consumer has written for these facts."""
        [row] = await self.fetch(
            "SELECT count(*) FROM things WHERE event_id = ANY($1::uuid[])", [event.event_id for event in events]
        )
        return int(row[0])

    async def until(self, what: Any, seconds: float = 20.0) -> None:
        """Wait for a coroutine function to answer true."""
        async with asyncio.timeout(seconds):
            while not await what():  # noqa: ASYNC110 - it asks another process
                await asyncio.sleep(0.05)

    async def messages(self) -> int:
        """How many messages the stream holds."""
        return (await (await self.admin()).jetstream().stream_info(STREAM)).state.messages

    async def admin(self) -> Client:
        """A connection that may look into streams."""
        return await self.client(ADMIN)

    async def script(self, name: str, *arguments: str) -> int:
        """Run one of the scripts that end by SIGKILL in a process of its own; answers its exit code."""
        credentials = [self.nats.credentials(user).password for user in ("procurement", "project-mgmt")]
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            str(Path(__file__).with_name("killed.py")),
            name,
            self.addresses.runtime_url,
            self.nats.url,
            *credentials,
            *arguments,
        )
        return await process.wait()


@pytest.fixture
def nats() -> Iterator[Nats]:
    """A server for one test."""
    with Nats.temporary(subscriptions=[SUBSCRIPTION]) as server:
        yield server


@asynccontextmanager
async def powered(addresses: DatabaseAddresses, nats: Nats) -> AsyncIterator[Power]:
    await nats.configure()
    database = Database(addresses.runtime_url, size=POOL, name="power")
    power = Power(addresses, nats, database, Works(database, SystemClock(), jobs.enqueue))
    await quick_redelivery(power)
    try:
        yield power
    finally:
        for task in power.tasks:
            task.cancel()
        await asyncio.gather(*power.tasks, return_exceptions=True)
        for client in power.clients:
            await client.close()
        async with database.driver() as connection:
            await connection.execute("DELETE FROM outbox; DELETE FROM dead_letters")
        await database.close()


async def quick_redelivery(power: Power) -> None:
    """What was not acknowledged comes back after a second, not thirty: a test does not wait so long."""
    jetstream = (await power.admin()).jetstream()
    await jetstream.delete_consumer(STREAM, DURABLE)
    await jetstream.add_consumer(
        STREAM,
        ConsumerConfig(
            durable_name=DURABLE,
            filter_subject=SUBJECT,
            ack_policy=AckPolicy.EXPLICIT,
            ack_wait=1,
            max_deliver=-1,
            max_ack_pending=256,
        ),
    )


@pytest.fixture
async def power(addresses: DatabaseAddresses, nats: Nats) -> AsyncIterator[Power]:
    """The parts, connected."""
    async with powered(addresses, nats) as made:
        yield made
