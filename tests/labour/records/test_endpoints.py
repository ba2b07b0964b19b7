"""The REST door of records and of the blacklist."""

from __future__ import annotations

import pytest

from chassis.identity import Principal
from tests.harness import Harness, key
from tests.labour.conftest import Site, worker_row
from tests.labour.records.conftest import listing, record

RECORDS, BLACKLIST = "/labour/v1/worker-records", "/labour/v1/blacklist"


async def test_a_record_is_kept_listed_and_revoked(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    async with labour.client(site.clerk) as client:
        made = await client.post(RECORDS, json=record(worker), headers=key())
        listed = await client.get(RECORDS, params={"worker_id": str(worker), "kind": "bad"})
        none = await client.get(RECORDS, params={"worker_id": str(worker), "kind": "good"})
        revoked = await client.post(
            f"{RECORDS}/{made.json()['id']}:revoke", json={"reason": "有误"}, headers=key() | {"If-Match": '"1"'}
        )
        again = await client.post(f"{RECORDS}/{made.json()['id']}:revoke", json={"reason": "x"}, headers=key())
    assert made.status_code == 201, made.text
    assert (listed.json()["items"], none.json()["items"]) == ([made.json()], [])
    assert (revoked.json()["state"], again.json()["code"]) == ("revoked", "INVALID_STATE")


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"kind": "odd"}, "/kind", "ENUM"),
        ({"occurred_on": "2026-11-24"}, "/occurred_on", "IN_FUTURE"),
        ({"file_id": "0199c0de-0000-7000-8000-000000000001"}, "/file_id", "FILE_UNKNOWN"),
        ({"source_document": ""}, "/source_document", "TOO_SHORT"),
    ],
)
async def test_a_bad_record_is_refused_at_its_fault(
    labour: Harness, site: Site, changes: dict[str, str], pointer: str, code: str
) -> None:
    [worker] = await site.workers(worker_row())
    before = await labour.checksum()
    async with labour.client(site.clerk) as client:
        answer = await client.post(RECORDS, json=record(worker, **changes), headers=key())
    assert answer.status_code == 422, answer.text
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await labour.checksum() == before


async def test_an_entry_is_published_and_lifted(labour: Harness, site: Site, authority: Principal) -> None:
    body = listing()
    async with labour.client(authority) as client:
        made = await client.post(BLACKLIST, json=body, headers=key())
    path = f"{BLACKLIST}/{made.json()['id']}"
    async with labour.client(site.clerk) as client:
        seen, listed = await client.get(path), await client.get(BLACKLIST)
    async with labour.client(authority) as client:
        lifted = await client.post(f"{path}:lift", json={"reason": "复核"}, headers=key() | {"If-Match": '"1"'})
    async with labour.client(site.clerk) as client:
        gone = await client.get(path)
    assert (made.status_code, made.json()) == (201, seen.json())
    assert made.json() in listed.json()["items"]
    assert body["id_card_number"] not in made.text + listed.text
    assert (lifted.json()["lifted_on"], gone.json()["code"]) == ("2026-11-23", "BLACKLIST_ENTRY_NOT_FOUND")


async def test_days_the_wrong_way_round(labour: Harness, authority: Principal) -> None:
    async with labour.client(authority) as client:
        answer = await client.post(BLACKLIST, json=listing(valid_to="2026-11-22"), headers=key())
    assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "DATES_BACKWARDS")
