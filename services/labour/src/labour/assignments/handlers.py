"""The clock's door to assignments: only translates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from chassis.work import Work
from labour.assignments import service


async def close_project(work: Work, payload: dict[str, str]) -> None:
    """The day on which a project ended is over."""
    await service.close_project(work, UUID(payload["project_id"]), date.fromisoformat(payload["day"]))


async def watch(work: Work, _: dict[str, str]) -> None:
    """It is time to look at every open assignment."""
    await service.watch(work)


async def clear_from(work: Work, payload: dict[str, str], clients: Mapping[str, Any]) -> None:
    """The next open assignments are to be judged anew."""
    await service.clear_from(work, UUID(payload["after"]) if payload["after"] else None, clients["vault"])
