"""What callers see of filings, and what they may have sent again."""

from __future__ import annotations

from typing import Any

import pytest

from chassis.identity import Role
from tests.harness import key
from tests.labour.authority import Desk


async def list_of(desk: Desk, principal: Any, **filters: str) -> list[dict[str, Any]]:
    async with desk.harness.client(principal) as client:
        answer = await client.get("/labour/v1/filings", params=filters)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


async def test_employer_and_general_contractor_see_what_became_of_it(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    own = await list_of(desk, desk.site.clerk, project_id=str(desk.site.project_id))
    assert {one["employer_id"] for one in own} == {str(desk.site.subcontractor.id)}
    everything = await list_of(desk, desk.site.engineer, project_id=str(desk.site.project_id))
    assert len(everything) == len(await desk.rows()) > len(own)
    assert await list_of(desk, desk.site.engineer, project_id=str(desk.site.project_id), state="refused") == []
    workers = await list_of(desk, desk.site.clerk, project_id=str(desk.site.project_id), kind="worker")
    async with desk.harness.client(desk.site.clerk) as client:
        receipts = (await client.get(f"/labour/v1/filings/{workers[0]['id']}/receipts")).json()["items"]
    assert [(one["verdict"], one["code"]) for one in receipts] == [("accepted", "0")]


async def test_a_stranger_finds_nothing_and_changes_nothing(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    filing_id = (await desk.rows(kind="worker"))[0]["id"]
    stranger = desk.site.stranger.as_(Role.LABOUR_CLERK)
    assert await list_of(desk, stranger, project_id=str(desk.site.project_id)) == []
    before = await desk.harness.checksum()
    for verb in ("retry", "resend"):
        answer = await desk.site.post(f"/labour/v1/filings/{filing_id}:{verb}", None, stranger, status=404)
        assert answer["code"] == "FILING_NOT_FOUND"
    assert await desk.harness.checksum() == before


async def test_repeating_needs_the_state_that_allows_it(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    filing_id = (await desk.rows(kind="worker"))[0]["id"]
    before = await desk.harness.checksum()
    answer = await desk.site.post(f"/labour/v1/filings/{filing_id}:retry", None, desk.site.clerk, status=409)
    assert (answer["code"], answer["metadata"]["allowed"]) == ("INVALID_STATE", "resend")
    assert await desk.harness.checksum() == before


async def test_what_the_platform_lost_is_sent_again_on_demand(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    row = (await desk.rows(kind="entry_exit"))[0]
    await desk.site.post(f"/labour/v1/filings/{row['id']}:resend", None, desk.site.clerk)
    await desk.run()
    assert len(await desk.effects("entry_exit")) == 3
    assert await desk.harness.audited(row["id"]) == ["filings.resend"]


@pytest.mark.parametrize("role", [Role.SITE_ENGINEER, Role.VIEWER, Role.ADMIN])
async def test_repeating_is_the_clerks(desk: Desk, role: Role) -> None:
    await desk.connect()
    await desk.collect()
    filing_id = (await desk.rows(kind="worker"))[0]["id"]
    before = await desk.harness.checksum()
    path = f"/labour/v1/filings/{filing_id}:retry"
    answer = await desk.site.post(path, None, desk.site.subcontractor.as_(role), status=403)
    assert answer["code"] == "ROLE_MISSING"
    assert await desk.harness.checksum() == before


async def test_repeating_counts_under_the_right_version_only(desk: Desk) -> None:
    await desk.connect()
    await desk.file()
    filing_id = (await desk.rows(kind="worker"))[0]["id"]
    before = await desk.harness.checksum()
    async with desk.harness.client(desk.site.clerk) as client:
        path = f"/labour/v1/filings/{filing_id}:resend"
        stale = await client.post(path, headers=key() | {"If-Match": '"99"'})
    assert (stale.status_code, stale.json()["code"]) == (412, "VERSION_MISMATCH")
    assert await desk.harness.checksum() == before


async def test_the_list_is_filtered(desk: Desk) -> None:
    await desk.connect()
    await desk.collect()
    project_id, clerk = str(desk.site.project_id), desk.site.clerk
    [worker, other] = await list_of(desk, clerk, project_id=project_id, kind="worker")
    assert [one["id"] for one in await list_of(desk, clerk, kind="worker", worker_id=other["worker_id"])] == [
        other["id"]
    ]
    assert await list_of(desk, clerk, project_id=project_id, mend_by="employer") == []
    assert {worker["id"], other["id"]} <= {one["id"] for one in await list_of(desk, clerk, project_id=project_id)}
    async with desk.harness.client(clerk) as client:
        answer = await client.get("/labour/v1/filings", params={"mend_by": "nobody"})
    assert [one["pointer"] for one in answer.json()["errors"]] == ["query:mend_by"]
