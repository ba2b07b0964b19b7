"""The only SQL of filings: collecting, the queue, and what callers see, which starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, TypeAlias
from uuid import UUID

import asyncpg
from sqlalchemy import ColumnElement, and_, case, exists, or_, select, tuple_
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chassis import replica
from chassis.identity import Principal
from chassis.ids import new_id
from chassis.pages import Page, PageRequest, paginate
from labour.authorities.models import Connection, Scope
from labour.clients.authorities import Kind
from labour.filings import errors, rules
from labour.filings.models import Filing, FilingQueue, FilingReceipt, FilingRequest
from labour.filings.states import FILING, Action, RequestState, State

Driver: TypeAlias = "asyncpg.Connection[Any]"

# --- collecting: what is not filed yet ----------------------------------------------------------------------------

COLLECT = """
INSERT INTO filings (id, version, created_at, updated_at, connection_id, project_id, employer_id, worker_id, kind,
                     object_key, object_version, parent_kind, parent_key, batch_key, occurred_at, state, alone,
                     attempts, answer_code, answer_text, mend_by, number)
SELECT uuidv7(), 1, $2, $2, c.id, $1, coalesce(s.employer_id, c.organisation_id), s.worker_id, $4, s.object_key,
       s.object_version, $5, CASE WHEN $5 = '' THEN '' ELSE s.parent_key END, s.batch_key, s.occurred_at, 'queued',
       false, 0, '', '', '', ''
FROM ({source}) s JOIN authority_connections c ON c.id = $3
WHERE (c.scope = 'project' OR s.employer_id = c.organisation_id)
  AND NOT EXISTS (SELECT FROM authority_connections x
                  WHERE c.scope = 'project' AND x.project_id = $1 AND x.authority = c.authority AND x.id <> c.id
                    AND x.organisation_id = s.employer_id AND x.state = 'active')
  AND s.object_version IS DISTINCT FROM (SELECT f.object_version FROM filings f
                                         WHERE f.connection_id = c.id AND f.kind = $4 AND f.object_key = s.object_key
                                         ORDER BY f.id DESC LIMIT 1)
ORDER BY s.occurred_at, s.object_key LIMIT $6
RETURNING object_key
"""

_REPLACEABLE = ", ".join(f"'{state}'" for state, action in FILING.transitions if action is Action.SUPERSEDE)
SUPERSEDE = f"""
UPDATE filings old SET state = '{FILING.apply(State.QUEUED, Action.SUPERSEDE)}', version = version + 1, updated_at = $3
WHERE connection_id = $1 AND kind = $2 AND state IN ({_REPLACEABLE})
  AND EXISTS (SELECT FROM filings new WHERE new.connection_id = $1 AND new.kind = $2
                AND new.object_key = old.object_key AND new.id > old.id)
"""  # noqa: S608 - made of the constants above

# what waits goes with the team that its worker has by now, not with the one, or none, with which it was queued
REGROUP = """
UPDATE filings f SET batch_key = s.batch_key, version = f.version + 1, updated_at = $4
FROM ({source}) s
WHERE f.connection_id = $2 AND f.kind = $3 AND f.state IN ('queued', 'refused') AND f.object_key = s.object_key
  AND f.batch_key <> s.batch_key
"""


async def collect(
    driver: Driver, connection: Connection, kind: Kind, source: str, now: datetime, most: int
) -> list[str]:
    """Queue what of a kind is not filed yet in its present version, oldest first; answers the keys.

    `source` is the kind's entry in `filing_objects.repository.SOURCES`.

    The caller holds the queue, so that two do not find the same.
    Under scope `own` the project itself is the general contractor's to file, so nothing waits for it.
    """
    parent = rules.PARENTS[kind]
    if connection.scope is Scope.OWN and parent is Kind.PROJECT:
        parent = None
    rows = await driver.fetch(
        COLLECT.replace("{source}", source),
        connection.project_id,
        now,
        connection.id,
        kind.value,
        parent.value if parent else "",
        most,
    )
    await driver.execute(SUPERSEDE, connection.id, kind.value, now)
    if kind in rules.IN_A_TEAM:
        regroup = REGROUP.replace("{source}", source)
        await driver.execute(regroup, connection.project_id, connection.id, kind.value, now)
    return [row["object_key"] for row in rows]


# --- the queue ------------------------------------------------------------------------------------------------------


async def queue(session: AsyncSession, connection_id: UUID, now: datetime) -> FilingQueue:
    """The connection's queue, locked; made when there is none."""
    made = insert(FilingQueue).values(
        connection_id=connection_id, wake=new_id(), wake_at=now, not_before=now, failures=0
    )
    await session.execute(made.on_conflict_do_nothing())
    statement = select(FilingQueue).where(col(FilingQueue.connection_id) == connection_id)
    return (await session.scalars(statement.with_for_update().execution_options(populate_existing=True))).one()


async def seen_queue(session: AsyncSession, connection_id: UUID) -> FilingQueue | None:
    """The queue as it is, not locked."""
    return await session.get(FilingQueue, connection_id)


async def open_request(session: AsyncSession, connection_id: UUID) -> FilingRequest | None:
    """The request that is not answered."""
    found: FilingRequest | None = await session.scalar(
        select(FilingRequest)
        .where(col(FilingRequest.connection_id) == connection_id, col(FilingRequest.state) != RequestState.ANSWERED)
        .execution_options(populate_existing=True)
    )
    return found


async def request_by_id(session: AsyncSession, request_id: UUID) -> FilingRequest:
    """The request, which is there, locked as it is now."""
    statement = select(FilingRequest).where(col(FilingRequest.id) == request_id)
    return (await session.scalars(statement.with_for_update().execution_options(populate_existing=True))).one()


BEGIN = """
UPDATE filing_requests SET state = 'sent', begun_at = $2, due_at = $3 WHERE id = $1 AND state = 'prepared' RETURNING id
"""


async def begin(driver: Driver, request_id: UUID, now: datetime, due: datetime) -> bool:
    """Mark a request as sent before it is; committed by itself, so that a crash behind it leaves the mark.

    False when somebody else has begun it.
    """
    return await driver.fetchval(BEGIN, request_id, now, due) is not None


async def of_request(session: AsyncSession, request_id: UUID, *, lock: bool = False) -> list[Filing]:
    """The filings of a request, in the order in which they go."""
    statement = (
        select(Filing).where(col(Filing.request_id) == request_id).order_by(col(Filing.occurred_at), col(Filing.id))
    )
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return list(await session.scalars(statement))


def _ready(connection_id: UUID, kinds: Sequence[Kind]) -> ColumnElement[bool]:
    parent = aliased(Filing)
    there = exists().where(
        col(parent.connection_id) == connection_id,
        col(parent.kind) == col(Filing.parent_kind),
        col(parent.object_key) == col(Filing.parent_key),
        col(parent.state) == State.ACCEPTED,
    )
    return and_(
        col(Filing.connection_id) == connection_id,
        col(Filing.state) == State.QUEUED,
        col(Filing.kind).in_(kinds),
        or_(col(Filing.parent_kind) == "", there),
    )


def _there_already(connection_id: UUID) -> ColumnElement[bool]:
    older = aliased(Filing)
    return exists().where(
        col(older.connection_id) == connection_id,
        col(older.kind) == col(Filing.kind),
        col(older.object_key) == col(Filing.object_key),
        col(older.state) == State.ACCEPTED,
    )


async def next_of(session: AsyncSession, connection_id: UUID, kinds: Sequence[Kind]) -> tuple[Filing, bool] | None:
    """What goes next in the order of dependence, and whether the platform has an older version of it."""
    place = case({kind.value: number for number, kind in enumerate(kinds)}, value=col(Filing.kind))
    row = (
        await session.execute(
            select(Filing, _there_already(connection_id))
            .where(_ready(connection_id, kinds))
            .order_by(place, col(Filing.alone), col(Filing.occurred_at), col(Filing.id))
            .limit(1)
        )
    ).first()
    return None if row is None else (row[0], row[1])


async def mates(session: AsyncSession, first: Filing, size: int, *, update: bool) -> list[Filing]:
    """The first and what may go with it in one request, at most `size`, locked."""
    wanted = [col(Filing.id) == first.id]
    if not first.alone:
        there = _there_already(first.connection_id)
        wanted = [
            _ready(first.connection_id, [first.kind]),
            col(Filing.batch_key) == first.batch_key,
            col(Filing.alone).is_(False),
            there if update else ~there,
        ]
    statement = (
        select(Filing).where(*wanted).order_by(col(Filing.occurred_at), col(Filing.id)).limit(size).with_for_update()
    )
    return list(await session.scalars(statement))


async def numbers(session: AsyncSession, connection_id: UUID, keys: Iterable[tuple[Kind, str]]) -> dict[Any, str]:
    """What the platform calls objects, by kind and key."""
    wanted = [(kind.value, key) for kind, key in keys]
    rows = await session.execute(
        select(col(Filing.kind), col(Filing.object_key), col(Filing.number))
        .where(
            col(Filing.connection_id) == connection_id,
            col(Filing.number) != "",
            tuple_(col(Filing.kind), col(Filing.object_key)).in_(wanted),
        )
        .order_by(col(Filing.id))
    )
    return {(row[0], row[1]): row[2] for row in rows}


# --- what callers see -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class FilingFilter:
    """Which filings a list shows; None means all."""

    project_id: UUID | None = None
    connection_id: UUID | None = None
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    kind: Kind | None = None
    state: State | None = None
    mend_by: str | None = None


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """An employer sees what is filed of its own; the general contractor all of its project."""
    contracted = replica.takes_part(principal.organisation_id, on, "general_contractor")
    return or_(col(Filing.employer_id) == principal.organisation_id, col(Filing.project_id).in_(contracted))


async def get(session: AsyncSession, principal: Principal, on: date, filing_id: UUID, *, lock: bool = False) -> Filing:
    """The filing, locked as it is now if asked so; NotFound FILING_NOT_FOUND when it is not visible."""
    statement = select(Filing).where(visible_to(principal, on), col(Filing.id) == filing_id)
    if lock:
        statement = statement.with_for_update().execution_options(populate_existing=True)
    filing = await session.scalar(statement)
    if filing is None:
        raise errors.filing_not_found(filing_id)
    return filing


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: FilingFilter, request: PageRequest
) -> Page[Filing]:
    """The visible filings, newest first."""
    statement = select(Filing).where(visible_to(principal, on))
    for name in ("project_id", "connection_id", "employer_id", "worker_id", "kind", "state", "mend_by"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Filing, name) == value)
    return await paginate(session, statement, keys=(Filing.id,), request=request, descending=True)


async def page_of_receipts(
    session: AsyncSession, principal: Principal, on: date, filing_id: UUID, request: PageRequest
) -> Page[FilingReceipt]:
    """What the platform said about a filing, newest first."""
    statement = (
        select(FilingReceipt)
        .join(Filing, col(Filing.id) == col(FilingReceipt.filing_id))
        .where(visible_to(principal, on), col(Filing.id) == filing_id)
    )
    return await paginate(session, statement, keys=(FilingReceipt.id,), request=request, descending=True)
