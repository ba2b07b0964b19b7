"""Connecting a project to a platform: who may, what is refused, and that a secret never comes out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from chassis.identity import Principal, Role
from chassis.ids import new_id
from tests.harness import Harness, key
from tests.labour.authority import SECRET, reach
from tests.labour.conftest import Site

PATH = "/labour/v1/authorities/connections"
ADDRESSES = {"national": "http://127.0.0.1:9/national"}


@pytest.fixture(autouse=True)
def _reached(labour: Harness) -> Iterator[None]:
    """One platform has an address; nothing is sent in these tests."""
    reach(labour, ADDRESSES)
    yield
    reach(labour, {})


def body(site: Site, **changes: Any) -> dict[str, Any]:
    return {
        "project_id": str(site.project_id),
        "authority": "national",
        "scope": "own",
        "app_id": "ZL-1",
        "secret": SECRET,
    } | changes


def admin(site: Site) -> Principal:
    return site.subcontractor.as_(Role.ADMIN)


async def refused(site: Site, principal: Principal, status: int, **changes: Any) -> Any:
    """A refusal that leaves everything as it was."""
    before = await site.harness.checksum()
    answer = await site.post(PATH, body(site, **changes), principal, status=status)
    assert await site.harness.checksum() == before
    return answer


async def test_an_employer_connects_and_the_secret_stays_inside(site: Site) -> None:
    made = await site.post(PATH, body(site), admin(site), status=201)
    assert (made["state"], made["app_id"], made["version"]) == ("active", "ZL-1", 1)
    async with site.harness.client(admin(site)) as client:
        texts = [(await client.get(PATH)).text, (await client.get(f"{PATH}/{made['id']}")).text]
    async with site.harness.sql() as sql:
        tables = ("authority_connections", "audit", "idempotency_keys", "pgqueuer")
        texts += [row["t"] for name in tables for row in await sql.fetch(f"SELECT t::text AS t FROM {name} t")]
        stored = await sql.fetchval("SELECT secret FROM authority_connections WHERE id::text = $1", made["id"])
    assert made["id"] in texts[0]
    assert [text for text in texts if SECRET in text] == []
    assert stored.startswith("k1:")
    assert await site.harness.audited(made["id"]) == ["authorities.connect"]


async def test_the_same_key_connects_once_and_another_secret_under_it_is_refused(site: Site) -> None:
    headers = key()
    async with site.harness.client(admin(site)) as client:
        first = await client.post(PATH, json=body(site), headers=headers)
        again = await client.post(PATH, json=body(site), headers=headers)
        other = await client.post(PATH, json=body(site, secret=SECRET[::-1]), headers=headers)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert other.json()["code"] == "IDEMPOTENCY_KEY_REUSED"


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"secret": "short-one"}, "/secret", "SECRET_UNFIT"),
        ({"secret": "密" * 32}, "/secret", "STRING_PATTERN_MISMATCH"),
        ({"authority": "atlantis"}, "/authority", "AUTHORITY_UNKNOWN"),
        ({"scope": "everything"}, "/scope", "ENUM"),
        ({"app_id": "a b"}, "/app_id", "STRING_PATTERN_MISMATCH"),
    ],
)
async def test_bad_input_is_pointed_at(site: Site, changes: dict[str, Any], pointer: str, code: str) -> None:
    answer = await refused(site, admin(site), 422, **changes)
    assert [(one["pointer"], one["code"]) for one in answer["errors"]] == [(pointer, code)]
    assert changes.get("secret", SECRET) not in str(answer)


async def test_a_platform_that_this_installation_does_not_reach_is_refused(site: Site) -> None:
    assert (await refused(site, admin(site), 409, authority="demo_province"))["code"] == "AUTHORITY_NOT_REACHED"


async def test_only_the_general_contractor_files_for_everybody(site: Site) -> None:
    assert (await refused(site, admin(site), 409, scope="project"))["code"] == "NOT_GENERAL_CONTRACTOR"
    await site.post(PATH, body(site, scope="project"), site.contractor.as_(Role.ADMIN), status=201)


async def test_who_has_nobody_on_site_and_who_is_no_party_connect_nothing(site: Site) -> None:
    stranger = site.stranger.as_(Role.ADMIN)
    assert (await refused(site, stranger, 404))["code"] == "PROJECT_NOT_FOUND"
    site.projects.roles[site.project_id, site.stranger.id] = frozenset({"supervisor"})
    assert (await refused(site, stranger, 409))["code"] == "NOT_AN_EMPLOYER"


@pytest.mark.parametrize("role", [Role.LABOUR_CLERK, Role.INTEGRATOR, Role.VIEWER])
async def test_who_is_no_administrator_connects_nothing(site: Site, role: Role) -> None:
    assert (await refused(site, site.subcontractor.as_(role), 403))["code"] == "ROLE_MISSING"


async def test_a_project_is_connected_once_by_each_and_once_for_all(site: Site) -> None:
    await site.post(PATH, body(site), admin(site), status=201)
    assert (await refused(site, admin(site), 409))["code"] == "ALREADY_CONNECTED"
    contractor = site.contractor.as_(Role.ADMIN)
    await site.post(PATH, body(site, scope="project"), contractor, status=201)
    site.projects.roles[site.project_id, site.stranger.id] = frozenset({"general_contractor"})
    answer = await refused(site, site.stranger.as_(Role.ADMIN), 409, scope="project")
    assert answer["code"] == "ALREADY_CONNECTED"


async def test_rotating_replaces_the_secret_under_the_right_version_only(site: Site) -> None:
    made = await site.post(PATH, body(site), admin(site), status=201)
    path = f"{PATH}/{made['id']}:rotate"
    async with site.harness.sql() as sql:
        before = await sql.fetchval("SELECT secret FROM authority_connections WHERE id::text = $1", made["id"])
    async with site.harness.client(admin(site)) as client:
        stale = await client.post(path, json={"secret": SECRET[::-1]}, headers=key() | {"If-Match": '"7"'})
        short = await client.post(path, json={"secret": "short-one"}, headers=key())
        done = await client.post(
            path, json={"secret": SECRET[::-1], "app_id": "ZL-2"}, headers=key() | {"If-Match": '"1"'}
        )
    assert (stale.status_code, short.status_code, done.status_code) == (412, 422, 200)
    assert (done.json()["app_id"], done.json()["version"]) == ("ZL-2", 2)
    async with site.harness.sql() as sql:
        after = await sql.fetchval("SELECT secret FROM authority_connections WHERE id::text = $1", made["id"])
    assert before != after
    assert await site.harness.audited(made["id"]) == ["authorities.connect", "authorities.rotate"]


async def test_suspending_and_resuming_go_by_the_states(site: Site) -> None:
    made = await site.post(PATH, body(site), admin(site), status=201)
    path = f"{PATH}/{made['id']}"
    assert (await site.post(f"{path}:resume", None, admin(site), status=409))["metadata"]["state"] == "active"
    assert (await site.post(f"{path}:suspend", None, admin(site)))["state"] == "suspended"
    assert (await site.post(f"{path}:suspend", None, admin(site), status=409))["code"] == "INVALID_STATE"
    assert (await site.post(f"{path}:resume", None, admin(site)))["state"] == "active"


async def test_another_organisations_connection_does_not_exist(site: Site) -> None:
    made = await site.post(PATH, body(site), admin(site), status=201)
    contractor = site.contractor.as_(Role.ADMIN)
    before = await site.harness.checksum()
    for verb, sent in (("rotate", {"secret": SECRET}), ("suspend", None), ("resume", None)):
        answer = await site.post(f"{PATH}/{made['id']}:{verb}", sent, contractor, status=404)
        assert answer["code"] == "CONNECTION_NOT_FOUND"
    async with site.harness.client(contractor) as client:
        assert (await client.get(f"{PATH}/{made['id']}")).status_code == 404
        listed = await client.get(PATH, params={"project_id": str(site.project_id)})
    assert listed.json()["items"] == []
    assert await site.harness.checksum() == before


async def test_platforms_say_what_they_are_and_on_what_ground_what_is_filed(site: Site) -> None:
    async with site.harness.client(site.clerk) as client:
        answer = (await client.get("/labour/v1/authorities/platforms")).json()
    reached = {one["code"]: one["reached"] for one in answer["items"]}
    assert reached == {"national": True, "demo_province": False}
    assert {one["fields"] for one in answer["legal_basis"]} == {"registration", "sensitive"}
    assert all(one["source"] for one in answer["legal_basis"])


async def test_the_list_is_filtered(site: Site) -> None:
    made = await site.post(PATH, body(site), admin(site), status=201)
    async with site.harness.client(admin(site)) as client:
        for given, found in (
            ({"state": "active"}, 1),
            ({"state": "barred"}, 0),
            ({"authority": "elsewhere"}, 0),
            ({"project_id": str(new_id())}, 0),
        ):
            items = (await client.get(PATH, params=given)).json()["items"]
            assert [one["id"] for one in items] == [made["id"]] * found, given
