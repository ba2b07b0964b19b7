"""One request, RPC, message or job: its caller, its time, its one transaction (design rules 1, 3, 6).

A use case gets a `Work`, asks what it must know (`reading`, remote calls), then writes (`writing`). Facts, audit rows
and the stored answer are collected and written with the rows just before the commit, which stands here and nowhere
else.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from contextvars import ContextVar
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Protocol
from uuid import UUID

import asyncpg
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit, idempotency, outbox, telemetry
from chassis.clock import Clock, shanghai_day
from chassis.database import Database, raw
from chassis.errors import Aborted
from chassis.hot import HotStatement, Owed
from chassis.idempotency import Answer, Claim
from chassis.identity import Permission, Principal, require

if TYPE_CHECKING:
    from chassis.database import Row

write_open: ContextVar[bool] = ContextVar("zhulian_write_open", default=False)
"""True while a write transaction is open in this task; a gRPC client refuses to call then (design rule 6)."""


class Enqueue(Protocol):
    """Puts a durable job into the caller's transaction; `chassis.jobs.enqueue` in production."""

    async def __call__(
        self,
        connection: asyncpg.Connection[Any],
        name: str,
        payload: dict[str, str],
        *,
        due: datetime,
        now: datetime,
        dedupe_key: str | None = None,
    ) -> None:
        """Enqueue `name` with `payload`, to run at `due`."""
        ...


class Work:
    """What a use case works with. Made by `Works.open`; not shared between tasks."""

    def __init__(self, works: Works, principal: Principal, claim: Claim | None) -> None:
        self.principal = principal
        self.clock: Clock = works.clock
        self.now: datetime = works.clock.now()
        self.render: Callable[[Any], Answer] | None = None
        self._works = works
        self._claim = claim
        self._session: AsyncSession | None = None
        self._events: list[outbox.Event] = []
        self._changes: list[audit.Change] = []
        self._answered = False
        self._judging: asyncpg.Connection[Any] | None = None

    @property
    def today(self) -> date:
        """The calendar day in Asia/Shanghai."""
        return shanghai_day(self.now)

    def require(self, permission: Permission) -> None:
        """PermissionDenied ROLE_MISSING unless the principal may do this verb."""
        require(self.principal, permission)

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[AsyncSession]:
        """A short transaction for questions; closed before anything remote is asked.

        Inside an open write transaction it is that transaction, so that a use case sees its own writes.
        """
        if self._session is not None:
            yield self._session
            return
        async with self._works.database.session() as session:
            yield session

    @asynccontextmanager
    async def reading_driver(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """A raw connection for the few hot lists."""
        async with self._works.database.driver() as connection:
            yield connection

    async def writing(self) -> AsyncSession:
        """The write transaction, opened (and the idempotency key claimed) at the first call."""
        if self._session is None:
            self._session = self._works.database.session()
            write_open.set(True)
            if self._claim is not None:
                await idempotency.take(await self.driver(), self._claim)
        return self._session

    async def driver(self) -> asyncpg.Connection[Any]:
        """The raw connection inside the write transaction, for bulk statements."""
        session = await self.writing()
        connection = await session.connection()
        driver = await raw(connection)
        if not driver.is_in_transaction():
            await connection.exec_driver_sql("SELECT 1")
        return driver

    def emit(self, event: outbox.Event) -> None:
        """A fact; goes into the outbox with the commit."""
        self._events.append(event)

    def audit(
        self, verb: str, entity: str, entity_id: UUID, before: audit.Fields | None, after: audit.Fields | None
    ) -> None:
        """What changed; goes into the audit with the commit."""
        self._changes.append(audit.Change(verb, entity, entity_id, before, after))

    async def enqueue(
        self, job: str, payload: dict[str, str], *, due: datetime | None = None, dedupe_key: str | None = None
    ) -> None:
        """A durable job in this transaction, due at an instant (now when None)."""
        driver = await self.driver()
        await self._works.enqueue(driver, job, payload, due=due or self.now, now=self.now, dedupe_key=dedupe_key)

    @asynccontextmanager
    async def judging(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """For a hot write that has to lock a row and judge what it finds before `once` writes; commits as it ends.

        A transaction on the driver's own connection: three round trips beside the look, begin, `once` and commit. The
        key is claimed by `once`: for what is refused before, the edge looks it up, as for every other write.
        """
        async with self._works.database.driver() as connection, connection.transaction():
            self._judging = connection
            write_open.set(True)
            try:
                yield connection
            finally:
                write_open.set(False)
                self._judging = None
        self._tell()

    async def once(self, statement: HotStatement, values: dict[str, Any], result: Any) -> asyncpg.Record | None:
        """Write everything in one statement (design rule 12): a transaction by itself, or the end of `judging`.

        The statement claims the key and writes the rows, the collected fact and audit row and the answer. Answers its
        row; when the key was not free raises Replay, IDEMPOTENCY_KEY_IN_USE or IDEMPOTENCY_KEY_REUSED.
        """
        if self._claim is None or self.render is None or self._session is not None:
            raise AssertionError("a hot statement is for a keyed request that has not written yet")
        answer = self.render(result)
        [change] = self._changes
        events: list[outbox.Event | None] = [*self._events]
        [event] = events or [None]
        owed = Owed(self._claim, answer, event, change, self.principal, self.now, telemetry.traceparent())
        bound = statement.bind(owed, values)
        if self._judging is not None:
            return await self._write_once(self._judging, self._claim, statement.sql, bound)
        async with self._works.database.driver() as connection:
            row = await self._write_once(connection, self._claim, statement.sql, bound)
        self._tell()
        return row

    async def _write_once(
        self, connection: asyncpg.Connection[Any], claim: Claim, sql: str, bound: list[Any]
    ) -> asyncpg.Record | None:
        row: asyncpg.Record | None = await connection.fetchrow(sql, *bound)
        if row is not None and row["claimed"]:
            self._answered = True
            return row
        if row is not None and not row["free"]:
            raise idempotency.in_use()
        stored = await idempotency.stored(connection, claim)
        if stored is not None:
            raise idempotency.Replay(stored)
        return row

    def _tell(self) -> None:
        if self._answered and self._events:
            self._works.woken()

    async def finish(self, answer: Answer | None = None) -> None:
        """Write what was collected and commit. Called by the edge, never by a use case."""
        if answer is not None and self._claim is not None and not self._answered:
            await self.writing()
        if self._session is None:
            return
        await self._session.flush()
        driver = await self.driver()
        if self._events:
            await outbox.insert(driver, self._events, self.now, telemetry.traceparent())
        if self._changes:
            await audit.insert(driver, self._changes, self.principal, self.now, telemetry.trace_id())
        if self._claim is not None and answer is not None:
            await idempotency.store(driver, self._claim, answer, self.now)
        await self._session.commit()
        if self._events:
            self._works.woken()

    async def close(self) -> None:
        """Give the connection back; what was not committed is gone."""
        if self._session is not None:
            write_open.set(False)
            await self._session.close()
            self._session = None


class Works:
    """Makes `Work`s for all doors of one service."""

    def __init__(self, database: Database, clock: Clock, enqueue: Enqueue) -> None:
        self.database = database
        self.clock = clock
        self.enqueue = enqueue
        self.woken: Callable[[], None] = lambda: None

    @asynccontextmanager
    async def open(self, principal: Principal, claim: Claim | None = None) -> AsyncIterator[Work]:
        """A Work that commits when the block ends well and leaves nothing behind when it does not."""
        work = Work(self, principal, claim)
        try:
            yield work
            await work.finish()
        finally:
            await work.close()

    @asynccontextmanager
    async def answering(self, principal: Principal, claim: Claim | None) -> AsyncIterator[Work]:
        """A Work that the edge finishes itself, with the answer to store."""
        work = Work(self, principal, claim)
        try:
            yield work
        finally:
            await work.close()


def check_version(row: Row, expected: int | None) -> None:
    """Aborted VERSION_MISMATCH (412) when If-Match names another version than the row has."""
    if expected is None or row.version == expected:
        return
    raise Aborted(
        "VERSION_MISMATCH",
        zh=f"数据已被修改:当前版本为 {row.version},请求的版本为 {expected}。",
        en=f"It has been changed meanwhile: the version is {row.version}, If-Match says {expected}.",
        metadata={"version": str(row.version), "expected": str(expected)},
    )


def touch(row: Row, work: Work) -> None:
    """The row's next version, as of now."""
    row.version += 1
    row.updated_at = work.now


def constraint_of(error: DBAPIError) -> str | None:
    """The name of the constraint that a statement broke, so that a repository can say what it means."""
    cause = getattr(error.orig, "__cause__", None)
    name = getattr(cause, "constraint_name", None)
    return name if isinstance(name, str) else None
