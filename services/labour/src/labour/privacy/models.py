"""Tables of privacy. Who saw a person's data stands in the audit, where nobody can change it."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKeyConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlmodel import Field

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from labour.privacy.states import State


class How(StrEnum):
    """How a person has asked."""

    PAPER = "paper"
    LINK = "link"


class Erasure(Row, table=True):
    """A person's request that an employer erase what it holds of him (删除请求).

    `erased` names the fields that are gone, `blocked` what is kept: rule, source, fields, until, waits_for, because,
    since. `due` is the day on which it is looked at again.
    """

    __tablename__ = "erasures"
    __table_args__ = (
        ForeignKeyConstraint(["worker_id"], ["workers.id"], name="erasures_worker"),
        CheckConstraint(one_of("how", How), name="erasures_how"),
        CheckConstraint(one_of("state", State), name="erasures_state"),
        Index("erasures_one_open", "worker_id", unique=True, postgresql_where=text("state = 'blocked'")),
        Index("erasures_employer", "employer_id", "id"),
    )

    worker_id: UUID
    employer_id: UUID
    state: State = Field(sa_type=text_enum(State))
    how: How = Field(sa_type=text_enum(How))
    requested_on: date
    file_id: UUID | None = None
    erased: list[str] = Field(sa_type=ARRAY(Text))
    blocked: list[dict[str, Any]] = Field(sa_type=JSONB)
    due: date | None = None
    erased_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
