"""Facts leave a service through this table, written in the transaction that makes them true (design rule 4).

Rows are kept: `published_at IS NULL` is the relay's work list (by flag, not by position, so that a transaction
that commits late is not skipped), and a lost stream is filled again by clearing the flag (`replay`).
`seq` is drawn while the aggregate's row is locked, so it orders the facts of one aggregate.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
from google.protobuf.message import Message
from sqlalchemy import BigInteger, Column, Identity, Index, LargeBinary, text
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ
from chassis.ids import new_id


class OutboxRow(SQLModel, table=True):
    """One fact."""

    __tablename__ = "outbox"
    __table_args__ = (
        Index("outbox_pending", "seq", postgresql_where=text("published_at IS NULL")),
        Index("outbox_replay", "occurred_at"),
    )

    seq: int = Field(sa_column=Column(BigInteger, Identity(always=True), primary_key=True))
    event_id: UUID = Field(unique=True)
    subject: str
    aggregate_id: UUID
    aggregate_version: int = Field(sa_type=BigInteger)
    payload: bytes = Field(sa_type=LargeBinary)
    traceparent: str | None = None
    occurred_at: datetime = Field(sa_type=TIMESTAMPTZ)
    published_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    replays: int = 0


@dataclass(frozen=True, slots=True)
class Event:
    """A fact on its way into the outbox.

    `subject` is `zhulian.<service>.<aggregate>.<fact>.v1`; `version` is the aggregate's version after the change.
    """

    subject: str
    aggregate_id: UUID
    version: int
    message: Message
    event_id: UUID = field(default_factory=new_id)


INSERT = """
INSERT INTO outbox (event_id, subject, aggregate_id, aggregate_version, payload, traceparent, occurred_at, replays)
SELECT *, 0 FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::bigint[], $5::bytea[], $6::text[], $7::timestamptz[])
"""


async def insert(
    connection: asyncpg.Connection[Any], events: list[Event], now: datetime, traceparent: str | None
) -> None:
    """Write facts in the caller's transaction, in their order."""
    await connection.execute(
        INSERT,
        [event.event_id for event in events],
        [event.subject for event in events],
        [event.aggregate_id for event in events],
        [event.version for event in events],
        [event.message.SerializeToString(deterministic=True) for event in events],
        [traceparent] * len(events),
        [now] * len(events),
    )


async def replay(
    connection: asyncpg.Connection[Any], *, since: datetime | None = None, subject: str | None = None
) -> int:
    """Put facts back on the relay's list; answers how many.

    `replays` grows, so the stream's duplicate window does not swallow them; consumers know them by their event id.
    """
    done = await connection.execute(
        """
        UPDATE outbox SET published_at = NULL, replays = replays + 1
        WHERE published_at IS NOT NULL
          AND ($1::timestamptz IS NULL OR occurred_at >= $1) AND ($2::text IS NULL OR subject = $2)
        """,
        since,
        subject,
    )
    return int(done.split()[-1])
