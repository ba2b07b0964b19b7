"""What goes out about the work list."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from pydantic import Field

from chassis.http.schemas import Out
from chassis.values import Instant
from procurement.worklist.rules import Kind


class WaitingOut(Out):
    """How many of a kind wait."""

    kind: Kind
    count: int = Field(ge=0, examples=[3])


class WorklistOut(Out):
    """What waits for the caller, per kind that its roles cover; a kind of which nothing waits says 0."""

    kinds: list[WaitingOut]


class WorkItemOut(Out):
    """One thing that waits."""

    kind: Kind
    id: UUID
    title: str = Field(description="Its number, or its title when it has none.", examples=["PO-2026-000123"])
    link: str = Field(description="The path of the resource.", examples=["/procurement/v1/orders/0199c0de"])
    since: Instant
    due_on: date | None = Field(description="The day in Asia/Shanghai on which it should be done.")
    due_at: Instant | None = Field(description="The instant, where the deadline is one.")
