"""The REST door of privacy."""

from __future__ import annotations

from uuid import UUID

from chassis.identity import Principal
from tests.chassis.files.samples import uploaded
from tests.harness import Harness, key
from tests.labour.conftest import Site, worker_row
from tests.labour.privacy.conftest import nobody


async def test_a_request_is_made_listed_and_taken_back(labour: Harness, worked: UUID, officer: Principal) -> None:
    async with labour.client(officer) as client:
        scan = await uploaded(client, path="/labour/v1/files")
        body = {"requested_on": "2026-11-22", "file_id": scan}
        made = await client.post(f"/labour/v1/workers/{worked}/erasures", json=body, headers=key())
        path = f"/labour/v1/erasures/{made.json()['id']}"
        seen = await client.get(path)
        listed = await client.get("/labour/v1/erasures", params={"worker_id": str(worked), "state": "blocked"})
        again = await client.post(f"/labour/v1/workers/{worked}/erasures", json=body, headers=key())
        cancelled = await client.post(f"{path}:cancel", headers=key() | {"If-Match": '"1"'})
        twice = await client.post(f"{path}:cancel", headers=key())
    assert (made.status_code, made.json()) == (201, seen.json())
    assert listed.json()["items"] == [made.json()]
    assert {one["waits_for"] for one in made.json()["blocked"]} == {"wages", ""}
    assert all(one["source"] and one["fields"] for one in made.json()["blocked"])
    assert (again.json()["code"], cancelled.json()["state"]) == ("ERASURE_REQUESTED", "cancelled")
    assert twice.json()["code"] == "INVALID_STATE"


async def test_faults_are_named(labour: Harness, worked: UUID, officer: Principal) -> None:
    async with labour.client(officer) as client:
        path = f"/labour/v1/workers/{worked}/erasures"
        late = await client.post(path, json={"requested_on": "2026-11-24"}, headers=key())
        alien = await client.post(path, json={"requested_on": "2026-11-22", "file_id": nobody()}, headers=key())
        none = await client.get(f"/labour/v1/erasures/{nobody()}")
    assert [one.json()["errors"][0]["code"] for one in (late, alien)] == ["IN_FUTURE", "FILE_UNKNOWN"]
    assert none.json()["code"] == "ERASURE_NOT_FOUND"


async def test_accesses_page_by_page(labour: Harness, site: Site, officer: Principal) -> None:
    [worker] = await site.workers(worker_row())
    async with labour.client(officer) as client:
        for _ in range(3):
            await client.get(f"/labour/v1/workers/{worker}")
        path = f"/labour/v1/workers/{worker}/accesses"
        first = (await client.get(path, params={"page_size": 2})).json()
        rest = (await client.get(path, params={"page_size": 2, "page_token": first["next_page_token"]})).json()
    assert [len(page["items"]) for page in (first, rest)] == [2, 1]
    assert {one["kind"] for one in first["items"]} == {"view"}


async def test_everybody_reads_what_the_law_keeps(labour: Harness, site: Site) -> None:
    async with labour.client(site.clerk) as client:
        answer = await client.get("/labour/v1/retention-rules")
    assert {one["id"]: one["years"] for one in answer.json()["items"]} == {
        "employment": None,
        "labour_contract": 2,
        "conduct": 3,
        "real_name_register": 3,
        "wage_ledger": 3,
        "blacklist": None,
    }
