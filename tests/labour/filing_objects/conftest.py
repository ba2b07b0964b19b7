"""Filing objects under test: the desk of the filings, and where something stands."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.identity import Principal
from tests.labour.authority import Desk
from tests.labour.filings.conftest import authority, desk, platforms

__all__ = ["PATH", "authority", "by_kind", "desk", "platforms", "standing", "worker_of"]

PATH = "/labour/v1/filing-objects"


async def standing(desk: Desk, who: Principal | None = None, **query: Any) -> list[dict[str, Any]]:
    """What the clerk, or somebody else, is told of the project's objects."""
    wanted: dict[str, Any] = {"project_id": str(desk.site.project_id), "page_size": 200} | query
    async with desk.harness.client(who or desk.site.clerk) as client:
        answer = await client.get(PATH, params=wanted)
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json()["items"]
    return found


async def by_kind(desk: Desk, worker: UUID) -> dict[str, dict[str, Any]]:
    """What stands of one worker, by kind."""
    return {one["kind"]: one for one in await standing(desk, worker_id=str(worker))}


async def worker_of(desk: Desk) -> UUID:
    """One of the project's workers."""
    async with desk.harness.sql() as sql:
        worker: UUID = await sql.fetchval(
            "SELECT worker_id FROM assignments WHERE project_id = $1 ORDER BY id LIMIT 1", desk.site.project_id
        )
    return worker
