"""A fact is applied once per consumer (design rule 5).

The inbox row and the work are one transaction; only then is the message acknowledged. A handler that fails is counted
in `dead_letters`; after MAX_ATTEMPTS the message rests there and the others go on. Failures of the
surroundings (the database or another service is away) are not counted: the message comes back.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import BigInteger, LargeBinary
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ
from chassis.errors import DeadlineExceeded, Unavailable
from chassis.identity import Principal
from chassis.redaction import redact_text
from chassis.refusals import refusal
from chassis.subscriptions import Received, Subscription
from chassis.work import Works

MAX_ATTEMPTS = 5
LONGEST_ERROR = 2000


class InboxRow(SQLModel, table=True):
    """A fact that a consumer has applied."""

    __tablename__ = "inbox"

    consumer: str = Field(primary_key=True)
    event_id: UUID = Field(primary_key=True)
    received_at: datetime = Field(sa_type=TIMESTAMPTZ)


class DeadLetter(SQLModel, table=True):
    """A fact whose handler failed; `dead` once it is no longer tried."""

    __tablename__ = "dead_letters"

    consumer: str = Field(primary_key=True)
    event_id: UUID = Field(primary_key=True)
    subject: str
    aggregate_id: UUID
    aggregate_version: int = Field(sa_type=BigInteger)
    occurred_at: datetime = Field(sa_type=TIMESTAMPTZ)
    payload: bytes = Field(sa_type=LargeBinary)
    attempts: int
    dead: bool
    last_error: str
    last_failed_at: datetime = Field(sa_type=TIMESTAMPTZ)


@dataclass(frozen=True, slots=True)
class Envelope:
    """A message from a stream, read but not decoded."""

    event_id: UUID
    subject: str
    aggregate_id: UUID
    version: int
    occurred_at: datetime
    payload: bytes


def is_transient(error: BaseException) -> bool:
    """Whether the surroundings failed (database or another service away, a deadlock), not the message."""
    return isinstance(refusal(error), Unavailable | DeadlineExceeded)


async def apply(works: Works, principal: Principal, subscription: Subscription, envelope: Envelope) -> bool:
    """Apply a fact in one transaction; False when this consumer had it already.

    Raises what the handler raises; nothing is written then.
    """
    async with works.open(principal) as work:
        connection = await work.driver()
        done = await connection.execute(
            "INSERT INTO inbox (consumer, event_id, received_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
            subscription.durable,
            envelope.event_id,
            work.now,
        )
        if done.endswith(" 0"):
            return False
        message = subscription.message.FromString(envelope.payload)
        await subscription.handler(
            work,
            Received(
                envelope.event_id,
                envelope.subject,
                envelope.aggregate_id,
                envelope.version,
                envelope.occurred_at,
                message,
            ),
        )
        await connection.execute(
            "DELETE FROM dead_letters WHERE consumer = $1 AND event_id = $2",
            subscription.durable,
            envelope.event_id,
        )
    return True


async def record_failure(
    works: Works, subscription: Subscription, envelope: Envelope, error: Exception
) -> tuple[int, bool]:
    """Count a failure; answers (attempts, dead)."""
    async with works.database.driver() as connection:
        row = await connection.fetchrow(
            """
            INSERT INTO dead_letters AS letter (consumer, event_id, subject, aggregate_id, aggregate_version,
                occurred_at, payload, attempts, dead, last_error, last_failed_at)
            VALUES ($1, $2, $3, $4, $5, $6, $7, 1, $10 <= 1, $8, $9)
            ON CONFLICT (consumer, event_id) DO UPDATE
            SET attempts = letter.attempts + 1, dead = letter.attempts + 1 >= $10,
                last_error = excluded.last_error, last_failed_at = excluded.last_failed_at
            RETURNING attempts, dead
            """,
            subscription.durable,
            envelope.event_id,
            envelope.subject,
            envelope.aggregate_id,
            envelope.version,
            envelope.occurred_at,
            envelope.payload,
            redact_text(f"{type(error).__name__}: {error}")[:LONGEST_ERROR].replace("\x00", ""),
            works.clock.now(),
            MAX_ATTEMPTS,
        )
    assert row is not None  # noqa: S101 - RETURNING of an upsert always answers a row
    return row["attempts"], row["dead"]


async def list_dead(connection: asyncpg.Connection[Any]) -> list[dict[str, Any]]:
    """The dead letters, oldest first, as plain values for the command line."""
    rows = await connection.fetch(
        "SELECT consumer, event_id, subject, aggregate_id, attempts, dead, last_error, last_failed_at "
        "FROM dead_letters ORDER BY last_failed_at"
    )
    result: list[dict[str, Any]] = orjson.loads(orjson.dumps([dict(row) for row in rows], default=str))
    return result


async def replay_dead(
    works: Works, principal: Principal, subscriptions: tuple[Subscription, ...], event_id: UUID | None
) -> dict[str, int]:
    """Apply dead letters again (one, or all when None); answers how many were applied, known or failed."""
    by_durable = {subscription.durable: subscription for subscription in subscriptions}
    async with works.database.driver() as connection:
        rows = await connection.fetch(
            "SELECT * FROM dead_letters WHERE ($1::uuid IS NULL OR event_id = $1) ORDER BY occurred_at",
            event_id,
        )
    outcome = {"applied": 0, "known": 0, "failed": 0}
    for row in rows:
        subscription = by_durable.get(row["consumer"])
        if subscription is None:
            outcome["failed"] += 1
            continue
        envelope = Envelope(
            row["event_id"],
            row["subject"],
            row["aggregate_id"],
            row["aggregate_version"],
            row["occurred_at"],
            bytes(row["payload"]),
        )
        try:
            applied = await apply(works, principal, subscription, envelope)
        except Exception as error:  # noqa: BLE001 - one letter that fails again must not keep back the others
            await record_failure(works, subscription, envelope, error)
            outcome["failed"] += 1
        else:
            outcome["applied" if applied else "known"] += 1
    return outcome
