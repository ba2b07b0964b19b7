"""From an admission in the gateway over a real NATS, with each part's own user, into the replicas of two services."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from nats.aio.client import Client

from chassis import outbox, streams
from chassis.identity import Kind
from chassis.streams import Consumer, Relay
from gateway.access.organisations.events import CHANGED
from infra.nats import Nats
from infra.postgres import Cluster
from labour.app import SERVICE as LABOUR
from procurement.app import SERVICE as PROCUREMENT
from tests.facts import known_organisation
from tests.gateway.conftest import ORGANISATIONS, Access
from tests.harness import Harness


@dataclass
class Platform:
    """The gateway's relay, and the consumers of its readers."""

    access: Access
    nats: Nats
    readers: tuple[Harness, ...]
    clients: list[Client] = field(default_factory=list)
    tasks: list[asyncio.Task[None]] = field(default_factory=list)

    async def connect(self, service: str) -> Client:
        """As the service's own NATS user."""
        credentials = self.nats.credentials(service)
        client = await streams.connect(self.nats.url, credentials.user, credentials.password, service)
        self.clients.append(client)
        return client

    async def run(self) -> None:
        """The relay and every consumer of organisations, until the end of the test."""
        gateway = self.access.harness
        relay = Relay(gateway.runtime.database, await self.connect("gateway"), "gateway", gateway.clock)
        self.tasks.append(asyncio.create_task(relay.run()))
        for reader in self.readers:
            [wanted] = [one for one in reader.service.subscriptions if one.subject == CHANGED]
            client = await self.connect(reader.service.name)
            consumer = Consumer(client, reader.runtime.works, reader.service.name, wanted, asyncio.Semaphore(4))
            self.tasks.append(asyncio.create_task(consumer.run()))

    async def until(self, organisation_id: UUID, fits: Callable[[Any], bool]) -> None:
        """Wait until every reader knows the organisation so."""
        async with asyncio.timeout(30):
            for reader in self.readers:
                while not fits(await known_organisation(reader, organisation_id)):  # noqa: ASYNC110 - another process's
                    await asyncio.sleep(0.05)

    async def stop(self) -> None:
        """End what runs."""
        for task in self.tasks:
            task.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*self.tasks)
        for client in self.clients:
            await client.close()


@pytest.fixture
async def platform(access: Access, cluster: Cluster) -> AsyncIterator[Platform]:
    """Gateway, procurement and labour on databases of their own, joined by one NATS."""
    readers = [
        await Harness.start(service, cluster.create_service_database(f"names_{service.package}"))
        for service in (PROCUREMENT, LABOUR)
    ]
    with Nats.temporary() as nats:
        await nats.configure()
        made = Platform(access, nats, tuple(readers))
        yield made
        await made.stop()
    for reader in readers:
        await reader.stop()


async def test_names_reach_the_replicas_and_a_replay_rebuilds_them(platform: Platform) -> None:
    """Admitted before the streams were there, changed while they are, lost by a reader, told again."""
    access = platform.access
    admitted = await access.admitted(Kind.SUPPLIER)
    made = admitted.registered
    await platform.run()
    await platform.until(admitted.id, lambda row: row == (made["name"], made["uscc"], ["supplier"], "active", 2))
    path = f"{ORGANISATIONS}/{admitted.id}:suspend"
    assert (await access.post(access.operator, path, {"reason": "x"})).status_code == 200
    suspended = (made["name"], made["uscc"], ["supplier"], "suspended", 3)
    await platform.until(admitted.id, lambda row: row == suspended)
    for reader in platform.readers:
        async with reader.sql() as connection:
            await connection.execute("DELETE FROM known_organisations")
            await connection.execute("DELETE FROM inbox")
    async with access.harness.sql() as connection:
        assert await outbox.replay(connection, subject=CHANGED) >= 2
    await platform.until(admitted.id, lambda row: row == suspended)
