"""The REST door of sessions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.harness import NOON, Harness, key, organisation
from tests.labour.conftest import Site
from tests.labour.teaching import (
    BEGIN,
    PATH,
    answer,
    course,
    enrol,
    refused,
    session,
)


async def test_a_thousand_in_a_call_and_not_one_more(site: Site) -> None:
    planned = await session(site)
    unknown = [new_id() for _ in range(1000)]
    assert len(await enrol(site, planned, *unknown)) == 1000
    body = {"worker_ids": [str(one) for one in (*unknown, new_id())]}
    code = await refused(site, site.clerk, f"sessions/{planned}/attendees:batch", body, status=422)
    assert code == "INVALID_ARGUMENT"


async def test_versions(site: Site) -> None:
    planned = await session(site)
    async with site.harness.client(site.clerk) as client:
        stale = await client.post(f"{PATH}/sessions/{planned}:hold", headers=key() | {"If-Match": '"7"'})
        done = await client.post(f"{PATH}/sessions/{planned}:hold", headers=key() | {"If-Match": '"1"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "VERSION_MISMATCH")
    assert (done.status_code, done.headers["etag"]) == (200, '"2"')


async def test_lists_by_project_state_and_time(labour: Harness, site: Site) -> None:
    made = (await course(site))["id"]
    here = await session(site, course_id=made, project_id=str(site.project_id))
    late = await session(site, course_id=made, at=NOON + timedelta(days=3))
    found = (await answer(labour, site.clerk, "sessions", project_id=str(site.project_id), state="planned"))["items"]
    coming = (await answer(labour, site.clerk, "sessions", starts_from=NOON.isoformat()))["items"]
    assert [one["id"] for one in found] == [here]
    assert [one["id"] for one in coming] == [late]


@pytest.mark.parametrize(("kind", "role"), [(Kind.OWNER, Role.LABOUR_CLERK), (Kind.LABOUR_SUBCONTRACTOR, Role.VIEWER)])
async def test_who_may_not_run_sessions(site: Site, kind: Kind, role: Role) -> None:
    planned = await session(site)
    who = organisation(kind).as_(role)
    for verb, body in (("hold", None), ("close", None), ("cancel", {"reason": "x"})):
        assert await refused(site, who, f"sessions/{planned}:{verb}", body, status=403) == "ROLE_MISSING"
    path = f"sessions/{planned}/attendees:batch"
    assert await refused(site, who, path, {"worker_ids": [str(new_id())]}, status=403) == "ROLE_MISSING"


async def test_who_takes_no_part_plans_nothing_on_a_project(site: Site) -> None:
    rival = site.stranger.as_(Role.LABOUR_CLERK)
    made = await course(site, rival)
    body = {
        "course_id": made["id"],
        "project_id": str(site.project_id),
        "place": "A",
        "trainer": "B",
        "starts_at": BEGIN.isoformat(),
        "ends_at": NOON.isoformat(),
        "hours": "4.00",
    }
    assert await refused(site, rival, "sessions", body, status=404) == "PROJECT_NOT_FOUND"
