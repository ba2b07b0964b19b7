"""Procurement is killed between the bytes of an upload and its row, and right after its answer (design rule 15).

A real process on a durable PostgreSQL. The table is locked from outside, so that the bytes have their lasting name and
the row waits; SIGKILL then.
"""

from __future__ import annotations

import asyncio
from hashlib import sha256
from pathlib import Path

import httpx
import pytest

from chassis.identity import Kind, Role
from chassis.ids import new_id
from tests.bench.rig import Rig, running
from tests.chassis.files.samples import PATH, pdf, upload
from tests.harness import key, organisation

pytestmark = pytest.mark.timeout(240)  # processes are started again; a busy machine needs a while for that

PATIENCE = 60.0


def lying(rig: Rig, content: bytes) -> Path:
    """Where a content lies in the process's store."""
    digest = sha256(content).hexdigest()
    return rig.folder / "procurement-files" / digest[:2] / digest


async def until_gone(path: Path) -> None:
    """Until the sweep has taken it."""
    async with asyncio.timeout(PATIENCE):
        while path.exists():  # noqa: ASYNC110, ASYNC240 - another process
            await asyncio.sleep(0.1)


async def someone_waits(rig: Rig) -> None:
    """Until a session of the process waits for a lock."""
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND usename = current_user"
    connection = await rig.connect("procurement")
    async with asyncio.timeout(PATIENCE):
        while not await connection.fetchval(waiting):  # noqa: ASYNC110 - another process
            await asyncio.sleep(0.05)
    await connection.close()


async def test_nothing_acknowledged_is_lost_and_nothing_else_stays() -> None:
    async with running("procurement") as rig:
        token = rig.token(organisation(Kind.SUPPLIER).as_(Role.SALES))
        content, headers = pdf(new_id()), key()

        def client() -> httpx.AsyncClient:
            return httpx.AsyncClient(
                base_url=rig.url("procurement"), headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE
            )

        lock = await rig.connect("procurement")
        holding = lock.transaction()
        await holding.start()
        await lock.execute("LOCK TABLE files IN SHARE MODE")
        async with client() as caller:
            sending = asyncio.create_task(upload(caller, content, headers=headers))
            await someone_waits(rig)
            assert lying(rig, content).read_bytes() == content
            await rig.kill("procurement")
            with pytest.raises(httpx.TransportError):
                await sending
        await holding.rollback()
        assert await lock.fetchval("SELECT count(*) FROM files") == 0
        due = "UPDATE pgqueuer SET execute_after = now() - interval '1 s' WHERE entrypoint = 'files.sweep'"
        assert await lock.execute(due) == "UPDATE 1"  # six hours have passed
        await lock.close()

        await rig.start("procurement")
        await until_gone(lying(rig, content))
        async with client() as caller:
            made = await upload(caller, content, headers=headers)
            assert made.status_code == 201, made.text
            await rig.kill("procurement")

        await rig.start("procurement")
        async with client() as caller:
            again = await upload(caller, content, headers=headers)
            back = await caller.get(f"{PATH}/{made.json()['id']}/content")
        assert (again.json(), again.headers["idempotency-replayed"]) == (made.json(), "true")
        assert back.content == content
        assert list((rig.folder / "procurement-files" / "incoming").iterdir()) == []
