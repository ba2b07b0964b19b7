"""The replica of projects and parties: twice, out of order, replayed."""

from __future__ import annotations

from uuid import UUID

from chassis.ids import new_id
from tests.harness import Harness
from zhulian.common.v1.values_pb2 import Day
from zhulian.projects.v1.events_pb2 import ProjectChanged
from zhulian.projects.v1.project_directory_pb2 import Party, ProjectSnapshot

DURABLE = "equipment-leasing--projects-changed"


def changed(project_id: UUID, version: int, state: str, parties: list[UUID]) -> ProjectChanged:
    return ProjectChanged(
        project=ProjectSnapshot(
            project_id=str(project_id),
            code="P",
            name_zh="项目",
            state=state,
            organisation_id=str(parties[0]),
            version=version,
            parties=[
                Party(organisation_id=str(one), role="owner", valid_from=Day(date="2026-01-01")) for one in parties
            ],
        )
    )


async def rows(harness: Harness, project_id: UUID) -> tuple[str, int, int]:
    async with harness.sql() as connection:
        row = await connection.fetchrow("SELECT state, version FROM known_projects WHERE project_id = $1", project_id)
        parties = await connection.fetchval("SELECT count(*) FROM known_parties WHERE project_id = $1", project_id)
    assert row is not None
    return row["state"], row["version"], parties


async def test_twice_is_once(equipment: Harness) -> None:
    project_id, event_id, one = new_id(), new_id(), new_id()
    message = changed(project_id, 1, "planned", [one])
    assert await equipment.receive(DURABLE, message, aggregate_id=project_id, event_id=event_id)
    assert not await equipment.receive(DURABLE, message, aggregate_id=project_id, event_id=event_id)
    assert await rows(equipment, project_id) == ("planned", 1, 1)


async def test_an_older_fact_that_comes_late_is_ignored(equipment: Harness) -> None:
    project_id, one, two = new_id(), new_id(), new_id()
    await equipment.receive(DURABLE, changed(project_id, 2, "active", [one]), aggregate_id=project_id)
    await equipment.receive(DURABLE, changed(project_id, 1, "planned", [one, two]), aggregate_id=project_id)
    assert await rows(equipment, project_id) == ("active", 2, 1)
    await equipment.receive(DURABLE, changed(project_id, 3, "suspended", [one, two]), aggregate_id=project_id)
    assert await rows(equipment, project_id) == ("suspended", 3, 2)
