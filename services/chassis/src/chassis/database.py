"""Tables, sessions and the raw driver below them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, cast
from uuid import UUID

import asyncpg
from sqlalchemy import DateTime, Dialect, String, Table, TypeDecorator
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncSession, create_async_engine
from sqlalchemy.util import greenlet_spawn
from sqlmodel import Field, SQLModel

from chassis.ids import new_id

TIMESTAMPTZ: Any = DateTime(timezone=True)
"""Column type of every instant."""


class TextEnum(TypeDecorator[StrEnum]):
    """A StrEnum kept as text: readable in the database, comparable in SQL, an enum again in Python.

    Native PostgreSQL enums cannot lose a value without a rewrite; a CHECK beside the column bounds the values.
    """

    impl = String
    cache_ok = True

    def __init__(self, enum: type[StrEnum]) -> None:
        super().__init__()
        self.enum = enum

    def process_bind_param(self, value: StrEnum | None, _: Dialect) -> str | None:
        """Enum or its text → text; ValueError for anything else."""
        return None if value is None else self.enum(value).value

    def process_result_value(self, value: str | None, _: Dialect) -> StrEnum | None:
        """Text → enum."""
        return None if value is None else self.enum(value)


def text_enum(enum: type[StrEnum]) -> Any:
    """Column type for a StrEnum; put `one_of("state", State)` among the table's constraints beside it."""
    return TextEnum(enum)


def one_of(column: str, enum: type[StrEnum]) -> str:
    """The SQL of a CHECK that bounds a text column to the values of an enum."""
    values = ", ".join(f"'{member.value}'" for member in enum)
    return f"{column} IN ({values})"


class Row(SQLModel):
    """What every aggregate's table has: a UUIDv7, a version for If-Match, two instants."""

    __table_args__: ClassVar[Any] = ()

    id: UUID = Field(default_factory=new_id, primary_key=True)
    version: int = Field(default=1, nullable=False)
    created_at: datetime = Field(sa_type=TIMESTAMPTZ, nullable=False)
    updated_at: datetime = Field(sa_type=TIMESTAMPTZ, nullable=False)


def tables(*models: type[SQLModel]) -> tuple[Table, ...]:
    """The tables of these models, for a service's `models.py`."""
    return tuple(table_of(model) for model in models)


def table_of(model: type[SQLModel]) -> Table:
    """The table of a model with `table=True`; its columns are typed as such, the attributes are not."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def driver_url(url: str) -> str:
    """`postgresql://…` → the URL that SQLAlchemy hands to asyncpg."""
    return url.replace("postgresql://", "postgresql+asyncpg://", 1)


class Database:
    """One pool of connections of one service's runtime role.

    `url`: `postgresql://user:password@host:port/name`. `size` bounds the pool; a request that waits longer than
    `wait` seconds for a connection fails instead of piling up.
    """

    def __init__(self, url: str, *, size: int = 12, wait: float = 5.0, name: str = "zhulian") -> None:
        self.url = url
        # pool_pre_ping costs a quarter of a hot path; a dead connection is replaced after its first error.
        self.engine = create_async_engine(
            driver_url(url),
            pool_size=size,
            max_overflow=0,
            pool_timeout=wait,
            connect_args={
                "server_settings": {
                    "application_name": name,
                    "idle_in_transaction_session_timeout": "30s",
                    "lock_timeout": "10s",
                    "statement_timeout": "30s",
                },
                "timeout": 5,
            },
        )

    def session(self) -> AsyncSession:
        """A session of its own; nothing is expired at commit, so that answers can be built from the rows."""
        return AsyncSession(self.engine, expire_on_commit=False)

    @asynccontextmanager
    async def driver(self) -> AsyncIterator[asyncpg.Connection[Any]]:
        """A raw asyncpg connection from the pool, not in a transaction: one statement commits by itself."""
        # Straight from the pool: SQLAlchemy's own connection on top of it costs a hot path as much as its span.
        pooled = await self.engine.raw_connection()
        try:
            yield cast("asyncpg.Connection[Any]", pooled.driver_connection)
        finally:
            await greenlet_spawn(pooled.close)

    async def ping(self) -> None:
        """Raise unless the database answers."""
        async with self.driver() as connection:
            await connection.execute("SELECT 1")

    async def close(self) -> None:
        """Give all connections back."""
        await self.engine.dispose()


async def raw(connection: AsyncConnection) -> asyncpg.Connection[Any]:
    """The asyncpg connection below a SQLAlchemy one.

    It is in SQLAlchemy's transaction only after SQLAlchemy has executed something on it.
    """
    fairy = await connection.get_raw_connection()
    driver: asyncpg.Connection[Any] = fairy.driver_connection  # type: ignore[assignment]
    return driver
