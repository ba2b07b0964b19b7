"""Idempotency-Key (design rule 7; IETF draft-ietf-httpapi-idempotency-key-header-07).

The answer is stored in the transaction of its effect, so both exist or neither does. A refusal stores nothing:
nothing happened, and the next try under the key is judged anew. While one request with a key is writing, a
transaction-level advisory lock makes the others answer 409; the lock dies with its connection. An answer that names
somebody whose data is erased may be erased, too (`naming`, `rewrite`): the key stays taken, and says that it was done.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import blake2b, sha256
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Index, LargeBinary, SmallInteger
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ
from chassis.errors import FailedPrecondition, InvalidArgument, MalformedRequest

KEPT = timedelta(hours=48)
"""How long an answer is replayed; the promise is at least 24 hours."""

LONGEST_KEY = 128

ERASED = 410
"""In place of its status: this answer was erased. No request was ever answered with it."""


class IdempotencyKey(SQLModel, table=True):
    """The answer to one request. The tenant is in the key: nobody learns of another organisation's keys."""

    __tablename__ = "idempotency_keys"
    __table_args__ = (Index("idempotency_keys_age", "created_at"),)

    organisation_id: UUID = Field(primary_key=True)
    key: str = Field(primary_key=True)
    fingerprint: bytes = Field(sa_type=LargeBinary)
    status: int = Field(sa_type=SmallInteger)
    body: bytes = Field(sa_type=LargeBinary)
    etag: str | None = None
    created_at: datetime = Field(sa_type=TIMESTAMPTZ)


@dataclass(frozen=True, slots=True)
class Answer:
    """What goes back to the caller: status, body (JSON bytes), entity tag."""

    status: int
    body: bytes
    etag: str | None = None


@dataclass(frozen=True, slots=True)
class Mark:
    """What shows whom an answer names: a text in its bytes; of one organisation's answers when that is given."""

    text: str
    organisation_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Kept:
    """An answer that is kept: whose, under which key, what it says, and when it was asked for."""

    organisation_id: UUID
    key: str
    body: bytes
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Claim:
    """One request's claim on a key: whose, which, and what was asked (SHA-256)."""

    organisation_id: UUID
    key: str
    fingerprint: bytes

    @property
    def lock(self) -> int:
        """The advisory lock's number: 63 bits of a hash, so that tenants do not meet."""
        digest = blake2b(self.organisation_id.bytes + self.key.encode(), digest_size=8).digest()
        return int.from_bytes(digest, "big") >> 1


class Replay(Exception):
    """This key has been answered already."""

    def __init__(self, answer: Answer) -> None:
        super().__init__("answered before")
        self.answer = answer


def read_key(header: str | None) -> str:
    """The key from its header; MalformedRequest when missing or not 1–128 visible ASCII characters."""
    if not header:
        raise MalformedRequest(
            "IDEMPOTENCY_KEY_MISSING",
            zh="缺少请求头 Idempotency-Key。",
            en="The header Idempotency-Key is missing.",
        )
    key = header.strip('"')
    if not 1 <= len(key) <= LONGEST_KEY or not all(33 <= ord(char) < 127 for char in key):
        raise MalformedRequest(
            "IDEMPOTENCY_KEY_INVALID",
            zh=f"Idempotency-Key 须为 1 至 {LONGEST_KEY} 个可见 ASCII 字符。",
            en=f"Idempotency-Key must be 1 to {LONGEST_KEY} visible ASCII characters.",
        )
    return key


def fingerprint(method: str, path: str, body: object) -> bytes:
    """SHA-256 over method, path and body; JSON is canonicalised, so re-ordered members are the same request."""
    content = body if isinstance(body, bytes) else orjson.dumps(body, option=orjson.OPT_SORT_KEYS)
    return sha256(f"{method} {path}\n".encode() + content).digest()


def in_use() -> FailedPrecondition:
    """409: the first request with this key is still running."""
    return FailedPrecondition(
        "IDEMPOTENCY_KEY_IN_USE",
        zh="使用该 Idempotency-Key 的请求仍在处理中,请稍后重试。",
        en="A request with this Idempotency-Key is still running; try again shortly.",
        retry_after=1,
    )


def answer_erased() -> FailedPrecondition:
    """409: done before, but its answer named somebody whose data has been erased since."""
    return FailedPrecondition(
        "IDEMPOTENCY_ANSWER_ERASED",
        zh="该请求已处理完毕;其响应含有已删除的个人信息,不再保存。请勿重发。",
        en="This request was done. Its answer held personal data that has been erased since; do not send it again.",
    )


async def stored(connection: asyncpg.Connection[Any], claim: Claim) -> Answer | None:
    """The answer under this key; InvalidArgument when the key was used for another request.

    FailedPrecondition IDEMPOTENCY_ANSWER_ERASED when the answer is not there any more.
    """
    row = await connection.fetchrow(
        "SELECT fingerprint, status, body, etag FROM idempotency_keys WHERE organisation_id = $1 AND key = $2",
        claim.organisation_id,
        claim.key,
    )
    if row is None:
        return None
    if bytes(row["fingerprint"]) != claim.fingerprint:
        raise InvalidArgument(
            "IDEMPOTENCY_KEY_REUSED",
            zh="该 Idempotency-Key 已用于内容不同的请求。",
            en="This Idempotency-Key was used for a request with other content.",
        )
    if row["status"] == ERASED:
        raise answer_erased()
    return Answer(row["status"], bytes(row["body"]), row["etag"])


async def take(connection: asyncpg.Connection[Any], claim: Claim) -> None:
    """Claim the key until the end of the caller's transaction; Replay when answered, 409 while in use.

    Two statements on purpose: the look-up must see what was committed while the lock was being taken.
    """
    if not await connection.fetchval("SELECT pg_try_advisory_xact_lock($1)", claim.lock):
        raise in_use()
    answer = await stored(connection, claim)
    if answer is not None:
        raise Replay(answer)


async def store(connection: asyncpg.Connection[Any], claim: Claim, answer: Answer, now: datetime) -> None:
    """Keep the answer, in the transaction of its effect."""
    await connection.execute(
        """
        INSERT INTO idempotency_keys (organisation_id, key, fingerprint, status, body, etag, created_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7)
        """,
        claim.organisation_id,
        claim.key,
        claim.fingerprint,
        answer.status,
        answer.body,
        answer.etag,
        now,
    )


async def naming(
    connection: asyncpg.Connection[Any], marks: Sequence[Mark], organisations: Sequence[UUID]
) -> list[Kept]:
    """The answers that hold one of these marks and all that these organisations got, locked.

    Looks at every answer that is kept, two days of them: for what happens seldom, so that keeping one costs nothing.
    """
    rows = await connection.fetch(
        """
        SELECT organisation_id, key, body, created_at FROM idempotency_keys
        WHERE status <> $1 AND (organisation_id = ANY($2::uuid[]) OR EXISTS (
          SELECT FROM unnest($3::bytea[], $4::uuid[]) AS mark (text, only_of)
          WHERE position(mark.text IN body) > 0 AND coalesce(only_of, organisation_id) = organisation_id
        ))
        ORDER BY organisation_id, key FOR UPDATE
        """,
        ERASED,
        list(organisations),
        [mark.text.encode() for mark in marks],
        [mark.organisation_id for mark in marks],
    )
    return [Kept(row["organisation_id"], row["key"], bytes(row["body"]), row["created_at"]) for row in rows]


async def rewrite(connection: asyncpg.Connection[Any], kept: Kept, body: bytes | None) -> None:
    """Say less under a key from now on; with None nothing but that it was done."""
    await connection.execute(
        """
        UPDATE idempotency_keys
        SET body = coalesce($3, ''::bytea), status = CASE WHEN $3::bytea IS NULL THEN $4 ELSE status END,
            etag = CASE WHEN $3::bytea IS NULL THEN NULL ELSE etag END
        WHERE organisation_id = $1 AND key = $2
        """,
        kept.organisation_id,
        kept.key,
        body,
        ERASED,
    )


async def clean(connection: asyncpg.Connection[Any], now: datetime) -> int:
    """Forget answers older than KEPT; answers how many."""
    done = await connection.execute("DELETE FROM idempotency_keys WHERE created_at < $1", now - KEPT)
    return int(done.split()[-1])
