"""The REST door of health records."""

from __future__ import annotations

from chassis.identity import Role
from tests.harness import Harness, key
from tests.labour.conftest import Site, worker_row
from tests.labour.health.test_service import CONSENTED


async def test_record_and_list(labour: Harness, site: Site) -> None:
    """The employer's clerk and officer; the general contractor learns nothing."""
    [worker_id] = await site.workers(worker_row(**CONSENTED))
    path = f"/labour/v1/workers/{worker_id}/health-records"
    body = {"examined_on": "2026-05-01", "valid_to": "2027-04-30", "fit": True}
    async with labour.client(site.clerk) as client:
        made = await client.post(path, json=body, headers=key())
        backwards = await client.post(path, json=body | {"valid_to": "2026-04-30"}, headers=key())
        listed = await client.get(path)
    before = await labour.checksum()
    async with labour.client(site.contractor.as_(Role.LABOUR_CLERK)) as client:
        hidden = [await client.get(path), await client.post(path, json=body, headers=key())]
    async with labour.client(site.subcontractor.as_(Role.VIEWER)) as client:
        denied = [await client.get(path), await client.post(path, json=body, headers=key())]
    assert (made.status_code, backwards.status_code) == (200, 422)
    assert listed.json()["items"] == [made.json()]
    assert [one.status_code for one in hidden] == [404, 404]
    assert [one.status_code for one in denied] == [403, 403]
    assert await labour.checksum() == before
