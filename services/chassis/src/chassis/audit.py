"""Who changed what (design rule 17). The runtime role may only insert here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field, SQLModel

from chassis.database import TIMESTAMPTZ
from chassis.identity import Principal
from chassis.ids import new_id
from chassis.values import decimal_text

Fields = dict[str, Any]


class AuditRow(SQLModel, table=True):
    """One change by one caller."""

    __tablename__ = "audit"
    __table_args__ = (Index("audit_entity", "entity", "entity_id", "id"),)

    id: UUID = Field(primary_key=True)
    at: datetime = Field(sa_type=TIMESTAMPTZ)
    subject: str
    client_id: str
    organisation_id: UUID
    verb: str
    entity: str
    entity_id: UUID
    before: Fields | None = Field(default=None, sa_type=JSONB)
    after: Fields | None = Field(default=None, sa_type=JSONB)
    trace_id: str | None = None


@dataclass(frozen=True, slots=True)
class Change:
    """A change on its way into the audit: a verb such as `orders.approve` and the fields before and after."""

    verb: str
    entity: str
    entity_id: UUID
    before: Fields | None
    after: Fields | None


def fields(row: Any, *names: str) -> Fields:
    """The named attributes of a row as plain JSON values."""
    return {name: _plain(getattr(row, name)) for name in names}


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return decimal_text(value)
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, datetime | date):
        return value.isoformat()
    return value


def dump(value: Fields | None) -> str | None:
    """JSON text for a jsonb parameter."""
    return None if value is None else orjson.dumps(value, default=_plain).decode()


INSERT = """
INSERT INTO audit (id, at, subject, client_id, organisation_id, verb, entity, entity_id, before, after, trace_id)
SELECT id, $2, $3, $4, $5, verb, entity, entity_id, before::jsonb, after::jsonb, $11
FROM unnest($1::uuid[], $6::text[], $7::text[], $8::uuid[], $9::text[], $10::text[])
  AS change (id, verb, entity, entity_id, before, after)
"""


async def insert(
    connection: asyncpg.Connection[Any],
    changes: list[Change],
    principal: Principal,
    now: datetime,
    trace_id: str | None,
) -> None:
    """Write changes in the caller's transaction."""
    await connection.execute(
        INSERT,
        [new_id() for _ in changes],
        now,
        principal.subject,
        principal.client_id,
        principal.organisation_id,
        [change.verb for change in changes],
        [change.entity for change in changes],
        [change.entity_id for change in changes],
        [dump(change.before) for change in changes],
        [dump(change.after) for change in changes],
        trace_id,
    )
