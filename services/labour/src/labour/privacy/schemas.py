"""What comes in and goes out about privacy."""

from __future__ import annotations

from datetime import date
from typing import Literal
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import In, Out
from chassis.values import Instant
from labour.codes.models import Status
from labour.consents.schemas import KeptOut
from labour.privacy.models import How
from labour.privacy.rules import Applies
from labour.privacy.states import State


class ErasureIn(In):
    """A request that a worker made on paper."""

    requested_on: date
    file_id: UUID | None = Field(default=None, description="Its scan, an upload of the caller's organisation.")


class ErasureOut(Out):
    """A request for erasure: what is gone, what is kept by which rule and until when."""

    id: UUID
    version: int
    worker_id: UUID
    state: State
    how: How
    requested_on: date
    erased: list[str] = Field(examples=[["photo_file_id", "politics"]])
    blocked: list[KeptOut]
    due: date | None = Field(description="When it is judged again.")
    erased_at: Instant | None


class AccessOut(Out):
    """Somebody saw a worker's data."""

    id: UUID
    at: Instant
    organisation_id: UUID
    seen_by: str = Field(description="The member or API client of that organisation.")
    kind: Literal["view", "unmask", "photo", "export"]
    purpose: str = Field(examples=["核对工资代发账户"])


class RetentionRuleOut(Out):
    """What has to be kept although a person asks for erasure."""

    id: str
    applies: Applies
    fields: list[str]
    years: int | None = Field(description="After the last wage was paid; null: while it applies.")
    source: str
    status: Status = Field(description="V verified, S second-hand, B practice.")
    valid_from: date
    valid_to: date | None
