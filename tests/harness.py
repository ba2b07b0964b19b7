"""One service under test: real PostgreSQL, real tokens signed by a test key, its neighbours in memory.

Tests do not clean up: every test works with organisations and projects of its own.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import asyncpg
import httpx
from fastapi import FastAPI
from google.protobuf.message import Message

from chassis import inbox, jobs, migrations
from chassis.clock import FrozenClock
from chassis.database import Database
from chassis.http.app import create_app
from chassis.identity import Kind, Principal, Role, service_principal
from chassis.ids import new_id
from chassis.inbox import Envelope
from chassis.keys import KeySet
from chassis.runtime import Runtime, Service
from chassis.tokens import PUBLIC_AUDIENCE, TokenVerifier
from chassis.work import Work, Works
from infra.demo.cast import new_uscc
from infra.postgres import DatabaseAddresses
from tests.chassis.token_corpus import ISSUER, Signer

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
"""Noon in Shanghai on the day on which tests happen."""


@dataclass
class Organisation:
    """An organisation that a test made up; `as_(roles)` is one of its members."""

    kinds: frozenset[Kind]
    id: UUID = field(default_factory=new_id)
    uscc: str = field(default_factory=new_uscc)

    def as_(self, *roles: Role) -> Principal:
        """A member with these roles."""
        return Principal(f"user-{new_id()}", "zhulian-demo", self.id, self.kinds, frozenset(roles), uscc=self.uscc)


def organisation(*kinds: Kind) -> Organisation:
    """A new organisation of these kinds."""
    return Organisation(frozenset(kinds))


@dataclass
class Harness:
    """A service with its database; made once per session and service."""

    service: Service
    addresses: DatabaseAddresses
    runtime: Runtime
    app: FastAPI
    clock: FrozenClock
    signer: Signer
    counted: tuple[str, str] | None = None
    """The snapshot of the last checksum, and the checksum."""

    @classmethod
    async def start(cls, service: Service, addresses: DatabaseAddresses, **clients: Any) -> Harness:
        """Migrate the database and compose the service; `clients` stand for its neighbours."""
        await asyncio.to_thread(migrations.upgrade, service, addresses.owner_url, addresses.runtime_role)
        clock = FrozenClock(NOON)
        signer = Signer(clock=clock)
        database = Database(addresses.runtime_url, size=10, name="tests")
        runtime = Runtime(
            settings=None,
            database=database,
            works=Works(database, clock, jobs.enqueue),
            clock=clock,
            verifier=TokenVerifier(KeySet.static(signer.jwks()), ISSUER, PUBLIC_AUDIENCE, clock),
            service_tokens=None,  # type: ignore[arg-type] # neighbours are in memory
            clients=dict(clients),
        )
        app = create_app(service)
        app.state.runtime = runtime
        return cls(service, addresses, runtime, app, clock, signer)

    async def stop(self) -> None:
        """Give the connections back."""
        await self.runtime.database.close()

    def client(self, principal: Principal | None, *, language: str = "en") -> httpx.AsyncClient:
        """A caller of the REST door; without a principal it has no token."""
        headers = {"Accept-Language": language}
        if principal is not None:
            headers["Authorization"] = f"Bearer {self.signer.token(principal=principal)}"
        transport = httpx.ASGITransport(self.app, raise_app_exceptions=False)
        return httpx.AsyncClient(transport=transport, base_url="http://service.test", headers=headers)

    @asynccontextmanager
    async def work(self, principal: Principal) -> AsyncIterator[Work]:
        """A Work that commits at the end of the block."""
        async with self.runtime.works.open(principal) as work:
            yield work

    @asynccontextmanager
    async def sql(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """A raw connection as the runtime role."""
        async with self.runtime.database.driver() as connection:
            yield connection

    async def receive(
        self,
        durable: str,
        message: Message,
        *,
        aggregate_id: UUID,
        version: int = 1,
        event_id: UUID | None = None,
    ) -> bool:
        """Hand a fact to one of the service's consumers as the stream would; False when it was known."""
        [subscription] = [one for one in self.service.subscriptions if one.durable == durable]
        envelope = Envelope(
            event_id or new_id(),
            subscription.subject,
            aggregate_id,
            version,
            self.clock.now(),
            message.SerializeToString(),
        )
        return await inbox.apply(self.runtime.works, service_principal(self.service.name), subscription, envelope)

    async def events(self, subject: str, aggregate_id: UUID, message: type[Message]) -> list[Any]:
        """What stands in the outbox under a subject for an aggregate, decoded, in order."""
        async with self.sql() as connection:
            rows = await connection.fetch(
                "SELECT payload FROM outbox WHERE subject = $1 AND aggregate_id = $2 ORDER BY seq",
                subject,
                aggregate_id,
            )
        return [message.FromString(bytes(row["payload"])) for row in rows]

    async def audited(self, entity_id: UUID) -> list[str]:
        """The verbs in the audit of one entity, in order."""
        async with self.sql() as connection:
            rows = await connection.fetch("SELECT verb FROM audit WHERE entity_id = $1 ORDER BY id", entity_id)
        return [row["verb"] for row in rows]

    async def checksum(self) -> str:
        """A digest over every row of the service's own tables and outbox: a refused call leaves it as it was.

        Whoever writes takes a transaction id, even if he then rolls back: while the snapshot is the same nobody has
        written, and what was counted before still stands.
        """
        names = [table.name for table in self.service.tables] + ["outbox", "audit", "idempotency_keys"]
        async with self.sql() as connection:
            snapshot = await connection.fetchval("SELECT pg_current_snapshot()::text")
            if self.counted is not None and self.counted[0] == snapshot:
                return self.counted[1]
            parts = [
                await connection.fetchval(
                    f"SELECT md5(coalesce(string_agg(t::text, '|' ORDER BY t::text), '')) FROM {name} t"
                )
                for name in names
            ]
        self.counted = snapshot, "/".join(parts)
        return self.counted[1]


def key(name: str | None = None) -> dict[str, str]:
    """A header with a fresh (or the named) Idempotency-Key."""
    return {"Idempotency-Key": name or str(new_id())}
