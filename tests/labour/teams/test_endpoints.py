"""The REST door of teams."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Kind, Role
from tests.harness import Harness, key, organisation
from tests.labour.conftest import Site, worker_row
from tests.labour.teams.conftest import join, team

PATH = "/labour/v1/teams"


async def test_a_team_from_its_first_day_to_its_last(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    await site.assigned([worker])
    body = {"project_id": str(site.project_id), "name": "木工一班", "work_type": "020"}
    workers = {"worker_ids": [str(worker)]}
    async with labour.client(site.clerk) as client:
        made = await client.post(PATH, json=body, headers=key())
        id_ = made.json()["id"]
        other = (await client.post(PATH, json=body | {"name": "木工二班"}, headers=key())).json()["id"]
        joined = await client.post(f"{PATH}/{id_}:add-members", json=workers, headers=key() | {"If-Match": '"1"'})
        leads = await client.post(f"{PATH}/{id_}:appoint-leader", json={"worker_id": str(worker)}, headers=key())
        moved = await client.post(f"{PATH}/{id_}:transfer-members", json=workers | {"to_team_id": other}, headers=key())
        removed = await client.post(f"{PATH}/{other}:remove-members", json=workers, headers=key())
        review = {"month": "2026-11", "score": 90}
        reviewed = await client.post(f"{PATH}/{id_}/reviews", json=review, headers=key())
        ended = await client.post(f"{PATH}/{id_}:dissolve", headers=key())
        lists = [(await client.get(f"{PATH}/{other}/{name}")).json() for name in ("members", "leaders", "reviews")]
        found = await client.get(PATH, params={"project_id": str(site.project_id), "state": "active"})
    assert (made.status_code, made.json()["leader_worker_id"], made.json()["members"]) == (201, None, 0)
    assert (joined.json()["members"], joined.headers["etag"]) == (1, '"2"')
    assert leads.json()["leader_worker_id"] == str(worker)
    assert (moved.json()["members"], moved.json()["leader_worker_id"]) == (0, None)
    assert removed.json()["members"] == 0
    assert (reviewed.status_code, reviewed.json()["month"], reviewed.json()["score"]) == (201, "2026-11", 90)
    assert ended.json()["state"] == "dissolved"
    assert [len(one["items"]) for one in lists] == [1, 0, 0]
    assert [one["id"] for one in found.json()["items"]] == [other]


BAD: list[tuple[str, dict[str, Any], str, str]] = [
    ("", {"name": "", "work_type": "020"}, "/name", "STRING_TOO_SHORT"),
    ("", {"name": "一班", "work_type": "999"}, "/work_type", "CODE_UNKNOWN"),
    (":add-members", {"worker_ids": []}, "/worker_ids", "TOO_SHORT"),
    ("/reviews", {"month": "2026-13", "score": 90}, "/month", "STRING_PATTERN_MISMATCH"),
    ("/reviews", {"month": "2026-11", "score": 101}, "/score", "LESS_THAN_EQUAL"),
]


@pytest.mark.parametrize(("verb", "body", "pointer", "code"), BAD)
async def test_bad_input_is_named_and_changes_nothing(
    labour: Harness, site: Site, verb: str, body: dict[str, Any], pointer: str, code: str
) -> None:
    path = f"{PATH}/{await team(site)}{verb}" if verb else PATH
    body = body if verb else body | {"project_id": str(site.project_id)}
    before = await labour.checksum()
    async with labour.client(site.clerk) as client:
        answer = await client.post(path, json=body, headers=key())
    assert answer.status_code == 422, answer.text
    assert (answer.json()["errors"][0]["pointer"], answer.json()["errors"][0]["code"]) == (pointer, code)
    assert await labour.checksum() == before


async def test_who_oversees_sees_and_does_not_touch(labour: Harness, site: Site) -> None:
    """The general contractor sees the team of another employer; to manage it is not his."""
    [worker] = await site.workers(worker_row())
    await site.assigned([worker])
    team_id = await team(site)
    await join(site, team_id, worker)
    body = {"worker_ids": [str(worker)]}
    before = await labour.checksum()
    for who, seen, touched in (
        (site.contractor.as_(Role.LABOUR_CLERK), 200, 404),
        (site.owner.as_(Role.PROJECT_MANAGER), 200, 403),
        (organisation(Kind.AUTHORITY).as_(Role.VIEWER), 200, 403),
        (site.stranger.as_(Role.LABOUR_CLERK), 404, 404),
        (site.subcontractor.as_(Role.VIEWER), 200, 403),
    ):
        async with labour.client(who) as client:
            assert (await client.get(f"{PATH}/{team_id}/members")).status_code == seen
            verbs = [
                await client.post(f"{PATH}/{team_id}:remove-members", json=body, headers=key()),
                await client.post(f"{PATH}/{team_id}:dissolve", headers=key()),
            ]
        assert [one.status_code for one in verbs] == [touched] * 2
    assert await labour.checksum() == before
