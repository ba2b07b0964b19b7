"""Teams under test."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from chassis.identity import Principal
from labour.teams import service
from labour.teams.service import ChangeMembers, Leading, NewTeam, TeamView, Transfer
from tests.labour.conftest import Site

NAMES = iter(f"钢筋{number}班" for number in range(10_000))


async def team(site: Site, clerk: Principal | None = None, **more: Any) -> UUID:
    """A new team of the subcontractor."""
    command = NewTeam(more.get("project_id", site.project_id), more.get("name", next(NAMES)), "020")
    async with site.harness.work(clerk or site.clerk) as work:
        return (await service.register(work, command, site.projects)).team.id


async def join(site: Site, team_id: UUID, *worker_ids: UUID, **more: Any) -> TeamView:
    """Workers join."""
    async with site.harness.work(more.get("clerk", site.clerk)) as work:
        return await service.add_members(work, ChangeMembers(team_id, None, worker_ids, more.get("day")))


async def part(site: Site, team_id: UUID, *worker_ids: UUID, **more: Any) -> TeamView:
    """Workers leave the team."""
    async with site.harness.work(site.clerk) as work:
        return await service.remove_members(work, ChangeMembers(team_id, None, worker_ids, more.get("day")))


async def transfer(site: Site, team_id: UUID, to: UUID, *worker_ids: UUID, **more: Any) -> TeamView:
    """Workers go over to another team."""
    async with site.harness.work(site.clerk) as work:
        return await service.transfer_members(work, Transfer(team_id, None, to, worker_ids, more.get("day")))


async def lead(site: Site, team_id: UUID, worker_id: UUID, **more: Any) -> TeamView:
    """A member leads."""
    async with site.harness.work(site.clerk) as work:
        return await service.appoint_leader(work, Leading(team_id, None, worker_id, more.get("day")))


async def rows(site: Site, table: str, team_id: UUID) -> list[tuple[str, str, str]]:
    """(worker, first day, last day or empty) of members or leaders, in order."""
    async with site.harness.sql() as connection:
        found = await connection.fetch(
            f"SELECT worker_id, first_day, last_day FROM {table} WHERE team_id = $1 ORDER BY first_day, worker_id",
            team_id,
        )
    return [(str(row["worker_id"]), row["first_day"].isoformat(), str(row["last_day"] or "")) for row in found]
