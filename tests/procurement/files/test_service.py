"""The virus scanner's word, and what the sweep may take away."""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import httpx
import pytest

from chassis.errors import FailedPrecondition, Unavailable
from chassis.files import service
from chassis.files.rules import MediaType
from chassis.files.scanner import Clamd, NoScanner
from chassis.files.store import FileStore
from chassis.identity import Kind, Role, service_principal
from procurement import permissions
from tests.chassis.files.samples import EICAR, PATH, clamd, pdf, upload, uploaded
from tests.harness import NOON, Harness, organisation

SUPPLIER = organisation(Kind.SUPPLIER)
NOWHERE = "127.0.0.1:1"


@pytest.fixture
async def sales(procurement: Harness) -> AsyncIterator[httpx.AsyncClient]:
    async with procurement.client(SUPPLIER.as_(Role.SALES)) as client:
        yield client
    procurement.runtime.clients["scanner"].now = NoScanner()


def scanned_by(harness: Harness, address: str) -> None:
    """From now on the scanner is there."""
    harness.runtime.clients["scanner"].now = Clamd(address, timeout=2)


async def run(harness: Harness, job: Any, **payload: str) -> None:
    """A job, as the runner does it."""
    async with harness.work(service_principal("procurement")) as work:
        await job(work, payload, harness.runtime.clients)


async def waiting(harness: Harness, file_id: str) -> int:
    """How many jobs wait to have this file looked at."""
    async with harness.sql() as connection:
        found: int = await connection.fetchval(
            "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1 AND convert_from(payload, 'UTF8') LIKE $2",
            service.SCAN,
            f"%{file_id}%",
        )
    return found


async def test_clean_is_what_the_scanner_has_called_clean(procurement: Harness, sales: httpx.AsyncClient) -> None:
    """It sees every byte, in pieces; there is nothing to do later."""
    content = pdf("x" * 200_000)
    async with clamd() as fake:
        scanned_by(procurement, fake.address)
        answer = await upload(sales, content)
    assert answer.json()["state"] == "clean"
    assert fake.seen == [len(content)]
    assert await waiting(procurement, answer.json()["id"]) == 0


async def test_a_virus_is_not_taken(procurement: Harness, sales: httpx.AsyncClient) -> None:
    before = await procurement.checksum()
    content = pdf() + EICAR
    async with clamd() as fake:
        scanned_by(procurement, fake.address)
        answer = await upload(sales, content)
    assert (answer.status_code, answer.json()["code"]) == (422, "FILE_INFECTED")
    assert await procurement.checksum() == before
    assert not procurement.runtime.clients["files"].path(sha256(content).hexdigest()).exists()


@pytest.mark.parametrize("says", [b"INSTREAM size limit exceeded. ERROR\0", b"stream: OK but ERROR\0", b"\0"])
async def test_what_is_no_verdict_is_not_taken_for_one(
    procurement: Harness, sales: httpx.AsyncClient, says: bytes
) -> None:
    async with clamd(says) as fake:
        scanned_by(procurement, fake.address)
        answer = await upload(sales, pdf())
    assert (answer.status_code, answer.json()["state"]) == (201, "unscanned")


async def test_a_virus_that_came_while_the_scanner_was_away(procurement: Harness, sales: httpx.AsyncClient) -> None:
    """Taken as unscanned, a job asks until the scanner is back; then nobody gets it and nothing is built on it."""
    scanned_by(procurement, NOWHERE)
    file_id = (await upload(sales, pdf() + EICAR)).json()["id"]
    assert (await sales.get(f"{PATH}/{file_id}")).json()["state"] == "unscanned"
    assert await waiting(procurement, file_id) == 1
    with pytest.raises(Unavailable):
        await run(procurement, service.scan_later, file_id=file_id)
    async with clamd() as fake:
        scanned_by(procurement, fake.address)
        for _ in range(2):  # at least once means twice now and then
            await run(procurement, service.scan_later, file_id=file_id)
    assert (await sales.get(f"{PATH}/{file_id}")).json()["state"] == "infected"
    gone = await sales.get(f"{PATH}/{file_id}/content")
    assert (gone.status_code, gone.json()["code"]) == (409, "FILE_INFECTED")
    with pytest.raises(FailedPrecondition):
        async with procurement.work(SUPPLIER.as_(Role.SALES)) as work:
            await service.attach(work, [UUID(file_id)], share_with=[])
    assert await procurement.audited(UUID(file_id)) == ["files.upload", "files.condemn"]


async def test_the_sweep_takes_what_no_row_knows(procurement: Harness, sales: httpx.AsyncClient) -> None:
    """And uploads that broke off an hour ago; never a file of somebody's, nor an upload that is still coming."""
    store: FileStore = procurement.runtime.clients["files"]
    content, orphan = pdf(), pdf()
    file_id = await uploaded(sales, content)

    async def pieces() -> AsyncIterator[bytes]:
        yield orphan

    async with store.receive(pieces()) as staged:
        await store.publish(staged)
    incoming = store.path("00").parent.parent / "incoming"
    broken, coming = incoming / "broken", incoming / "coming"
    for path, age in ((broken, timedelta(minutes=61)), (coming, timedelta(minutes=1))):
        path.write_bytes(b"%PDF")
        at = (NOON - age).timestamp()
        os.utime(path, (at, at))
    await run(procurement, service.sweep)
    assert not store.path(staged.sha256).exists()
    assert (broken.exists(), coming.exists()) == (False, True)
    coming.unlink()
    assert (await sales.get(f"{PATH}/{file_id}/content")).content == content


async def test_the_sweep_leaves_what_is_being_published_again(procurement: Harness) -> None:
    """It sees bytes without a row, comes for them, waits for whoever publishes them, and looks again."""
    store: FileStore = procurement.runtime.clients["files"]
    content = pdf()

    async def pieces() -> AsyncIterator[bytes]:
        yield content

    async with store.receive(pieces()) as staged, procurement.work(SUPPLIER.as_(Role.SALES)) as work:
        command = service.Keep("certificate.pdf", MediaType.PDF, staged)
        await service.keep(work, permissions.FILES_UPLOAD, command, store, NoScanner())
        sweeping = asyncio.create_task(run(procurement, service.sweep))
        waiting = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted"
        async with asyncio.timeout(10), procurement.sql() as connection:
            while not await connection.fetchval(waiting):  # noqa: ASYNC110 - another session
                await asyncio.sleep(0.01)
    await sweeping
    assert store.path(staged.sha256).read_bytes() == content
