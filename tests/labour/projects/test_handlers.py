"""The replica of projects and parties: twice, out of order, and what it decides."""

from __future__ import annotations

from chassis.ids import new_id
from tests.harness import Harness
from tests.labour.conftest import tell_project


async def rows(labour: Harness, project_id: object) -> tuple[str, str, int, int]:
    async with labour.sql() as connection:
        row = await connection.fetchrow(
            "SELECT city, risk_class, version FROM known_projects WHERE project_id = $1", project_id
        )
        parties = await connection.fetchval("SELECT count(*) FROM known_parties WHERE project_id = $1", project_id)
    assert row is not None
    return row["city"], row["risk_class"], row["version"], parties


async def test_twice_is_once(labour: Harness) -> None:
    project_id, one = new_id(), new_id()
    await tell_project(labour, project_id, {one: "owner"})
    await tell_project(labour, project_id, {one: "owner"})
    assert await rows(labour, project_id) == ("440300", "normal", 1, 1)


async def test_an_older_fact_that_comes_late_is_ignored(labour: Harness) -> None:
    project_id, one, two = new_id(), new_id(), new_id()
    await tell_project(labour, project_id, {one: "owner"}, version=2, risk_class="hazardous")
    await tell_project(labour, project_id, {one: "owner", two: "supervisor"}, version=1)
    assert await rows(labour, project_id) == ("440300", "hazardous", 2, 1)
    await tell_project(labour, project_id, {one: "owner", two: "supervisor"}, version=3, city="310000")
    assert await rows(labour, project_id) == ("310000", "normal", 3, 2)
