"""The proof that a refused call has changed nothing, itself proved."""

from __future__ import annotations

from tests.harness import Harness
from tests.labour.conftest import Site, worker_row


async def test_a_write_changes_it_and_a_question_does_not(labour: Harness, labour_site: Site) -> None:
    before = await labour.checksum()
    async with labour.client(labour_site.clerk) as client:
        assert (await client.get("/labour/v1/assignments")).status_code == 200
    assert await labour.checksum() == before
    await labour_site.workers(worker_row())
    assert await labour.checksum() != before
