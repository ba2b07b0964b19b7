"""The REST door of wage officers."""

from __future__ import annotations

import pytest

from chassis.identity import Kind, Role
from tests.harness import Harness, key, organisation
from tests.labour.conftest import Site

PATH = "/labour/v1/wage-officers"


async def test_appoint_see_and_end(labour: Harness, site: Site) -> None:
    """Whoever works on the project finds the wage officer; a stranger does not."""
    body = {"project_id": str(site.project_id), "name": "李敏", "phone": "0755-12345678"}
    async with labour.client(site.contractor.as_(Role.PROJECT_MANAGER)) as client:
        made = await client.post(PATH, json=body, headers=key())
        id_ = made.json()["id"]
        odd = await client.post(PATH, json=body | {"phone": "call me"}, headers=key())
        async with labour.client(site.clerk) as worker_side:
            seen = await worker_side.get(f"{PATH}/{id_}")
            listed = await worker_side.get(PATH, params={"project_id": str(site.project_id), "on": "2026-11-23"})
            before = await worker_side.get(PATH, params={"project_id": str(site.project_id), "on": "2026-11-22"})
        async with labour.client(site.stranger.as_(Role.LABOUR_CLERK)) as outside:
            hidden = await outside.get(f"{PATH}/{id_}")
        ended = await client.post(f"{PATH}/{id_}:end", json={}, headers=key() | {"If-Match": '"1"'})
    assert (made.status_code, odd.status_code) == (201, 422)
    assert seen.json() == made.json()
    assert ([one["id"] for one in listed.json()["items"]], before.json()["items"]) == ([id_], [])
    assert (hidden.status_code, ended.json()["last_day"]) == (404, "2026-11-23")


@pytest.mark.parametrize(
    ("kind", "role"),
    [
        (Kind.CONTRACTOR, Role.SITE_ENGINEER),
        (Kind.LABOUR_SUBCONTRACTOR, Role.LABOUR_CLERK),
        (Kind.OWNER, Role.PROJECT_MANAGER),
    ],
)
async def test_who_may_not_changes_nothing(labour: Harness, site: Site, kind: Kind, role: Role) -> None:
    body = {"project_id": str(site.project_id), "name": "李敏", "phone": "0755-12345678"}
    before = await labour.checksum()
    async with labour.client(organisation(kind).as_(role)) as client:
        answer = await client.post(PATH, json=body, headers=key())
    assert answer.status_code == 403
    assert await labour.checksum() == before
