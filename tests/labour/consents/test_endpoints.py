"""The REST door of consents."""

from __future__ import annotations

from typing import Any

import pytest

from tests.chassis.files.samples import uploaded
from tests.harness import Harness, key
from tests.labour.conftest import Site, worker_row

GOOD: dict[str, Any] = {"purpose": "face_image", "text_version": "2026-1", "given_on": "2026-11-20"}


async def test_a_consent_on_paper_is_given_listed_and_withdrawn(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    path = f"/labour/v1/workers/{worker}/consents"
    async with labour.client(site.clerk) as client:
        scan = await uploaded(client, path="/labour/v1/files")
        body = GOOD | {"how": "paper_scan", "file_id": scan}
        made = await client.post(path, json=body, headers=key())
        listed = await client.get(path)
        withdrawn = await client.post(
            f"/labour/v1/consents/{made.json()['id']}:withdraw", headers=key() | {"If-Match": '"1"'}
        )
    assert (made.status_code, made.json()["file_id"]) == (201, scan)
    assert listed.json()["items"][0] == made.json()
    assert withdrawn.json()["state"] == "withdrawn", withdrawn.text
    assert (withdrawn.json()["erased"], withdrawn.json()["kept"]) == ([], [])


@pytest.mark.parametrize(
    ("changes", "pointer", "code"),
    [
        ({"purpose": "marketing"}, "/purpose", "ENUM"),
        ({"given_on": "2026-11-24"}, "/given_on", "IN_FUTURE"),
        ({"text_version": "9"}, "/text_version", "CONSENT_TEXT_NOT_IN_FORCE"),
        ({"how": "link"}, "/how", "LITERAL_ERROR"),
        ({"how": "paper_scan"}, "", "SCAN_MISMATCH"),
    ],
)
async def test_a_bad_consent_is_refused_at_its_fault(
    labour: Harness, site: Site, changes: dict[str, str], pointer: str, code: str
) -> None:
    [worker] = await site.workers(worker_row())
    before = await labour.checksum()
    async with labour.client(site.clerk) as client:
        answer = await client.post(f"/labour/v1/workers/{worker}/consents", json=GOOD | changes, headers=key())
    assert [(one["pointer"], one["code"]) for one in answer.json()["errors"]] == [(pointer, code)]
    assert await labour.checksum() == before


async def test_everybody_reads_what_a_person_is_asked(labour: Harness, site: Site) -> None:
    async with labour.client(site.owner.as_()) as client:
        refused = await client.get("/labour/v1/consent-texts")
    async with labour.client(site.clerk) as client:
        answer = await client.get("/labour/v1/consent-texts")
    assert refused.status_code == 403
    texts = answer.json()["items"]
    assert {one["purpose"] for one in texts} >= {"face_image", "bank_account", "upload_to_authority"}
    assert all(one["source"] and one["valid_from"] and one["status"] for one in texts)
