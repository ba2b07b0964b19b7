"""The whole process of a service: started from its environment, served over a socket, stopped by SIGTERM."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest
from aiohttp import web

from chassis.identity import Role
from infra.nats import Nats
from infra.programs import free_port
from tests.chassis.token_corpus import Signer
from tests.harness import Harness, key
from tests.procurement.conftest import Site, body

KEY = base64.b64encode(bytes(32)).decode()


@dataclass
class Running:
    """A process of procurement and where it listens."""

    process: asyncio.subprocess.Process
    url: str
    signer: Signer
    nats: Nats

    def client(self, site: Site) -> httpx.AsyncClient:
        """The site's buyer."""
        token = self.signer.token(principal=site.contractor.as_(Role.BUYER))
        return httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=20)

    async def ready(self) -> dict[str, object]:
        """What /readyz says once it says 200."""
        async with asyncio.timeout(20), httpx.AsyncClient(base_url=self.url) as client:
            while True:
                try:
                    answer = await client.get("/readyz")
                except httpx.TransportError:
                    answer = None
                if answer is not None and answer.status_code == 200:
                    found: dict[str, object] = answer.json()
                    return found
                assert self.process.returncode is None, "the process has ended"
                await asyncio.sleep(0.1)


@asynccontextmanager
async def realm() -> AsyncIterator[Signer]:
    """The key endpoint of an issuer."""
    port = free_port()
    signer = Signer(issuer=f"http://127.0.0.1:{port}/realms/zhulian")

    async def keys(_: web.Request) -> web.Response:
        return web.json_response(signer.jwks())

    app = web.Application()
    app.router.add_get("/realms/zhulian/protocol/openid-connect/certs", keys)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield signer
    finally:
        await runner.cleanup()


@pytest.fixture
async def running(procurement: Harness, tmp_path: Path) -> AsyncIterator[Running]:
    """The process on the database of the other tests, with a NATS of its own."""
    async with realm() as signer:
        with Nats.temporary() as nats:
            await nats.configure()
            port = free_port()
            environment = {
                "PATH": os.environ["PATH"],
                "ZHULIAN_REST_PORT": str(port),
                "ZHULIAN_GRPC_PORT": str(free_port()),
                "ZHULIAN_DATABASE_URL": procurement.addresses.runtime_url,
                "ZHULIAN_NATS_URL": nats.url,
                "ZHULIAN_NATS_USER": "procurement",
                "ZHULIAN_NATS_PASSWORD": nats.credentials("procurement").password,
                "ZHULIAN_ISSUER": signer.issuer,
                "ZHULIAN_CLIENT_ID": "procurement",
                "ZHULIAN_CLIENT_SECRET": "not-used-here",
                "ZHULIAN_PROJECTS_GRPC": f"127.0.0.1:{free_port()}",
                "ZHULIAN_LABOUR_GRPC": f"127.0.0.1:{free_port()}",
                "ZHULIAN_FILES_DIR": str(tmp_path / "files"),
                "ZHULIAN_SEALING_KEYS": json.dumps({"k1": KEY}),
                "ZHULIAN_ENCRYPTION_KEYS": json.dumps({"k1": KEY}),
                "ZHULIAN_BLIND_INDEX_KEY": KEY,
                "ZHULIAN_TELEMETRY_DIR": str(tmp_path),
            }
            log = (tmp_path / "log").open("wb")
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "procurement", "serve", env=environment, stdout=log, stderr=log
            )
            made = Running(process, f"http://127.0.0.1:{port}", signer, nats)
            try:
                await made.ready()
                yield made
            finally:
                if process.returncode is None:
                    process.kill()
                await process.wait()
                log.close()


async def test_readiness_names_each_part(running: Running) -> None:
    """Database, keys and streams."""
    report = await running.ready()
    assert report["parts"] == {"database": "ok", "keys": "ok", "nats": "ok"}
    await asyncio.to_thread(running.nats.stop)
    async with httpx.AsyncClient(base_url=running.url) as client:
        async with asyncio.timeout(15):
            while (await client.get("/readyz")).status_code == 200:  # noqa: ASYNC110 - it asks another process
                await asyncio.sleep(0.1)
        answer = await client.get("/readyz")
        alive = await client.get("/livez")
    assert answer.json()["parts"]["nats"] == "failed"
    assert alive.status_code == 200


async def test_sigterm_finishes_what_is_running(running: Running, procurement: Harness, site: Site) -> None:
    """A request that waits at SIGTERM is answered, its fact is published, and the process is gone within 10 s."""
    owner = await asyncpg.connect(procurement.addresses.owner_url)
    lock = owner.transaction()
    await lock.start()
    await owner.execute("LOCK TABLE orders IN ACCESS EXCLUSIVE MODE")
    async with running.client(site) as client:
        posted = asyncio.create_task(client.post("/procurement/v1/orders", json=body(site), headers=key()))
        await asyncio.sleep(0.5)
        began = time.monotonic()
        running.process.send_signal(signal.SIGTERM)
        await asyncio.sleep(0.2)
        draining = await client.get("/readyz")
        await asyncio.sleep(1)
        await lock.rollback()
        answer = await posted
    await owner.close()
    code = await asyncio.wait_for(running.process.wait(), 12)
    assert (code, draining.status_code, answer.status_code) == (0, 503, 201)
    assert draining.json()["status"] == "draining"
    assert time.monotonic() - began < 10
    async with procurement.sql() as connection:
        row = await connection.fetchrow(
            "SELECT published_at FROM outbox WHERE aggregate_id = $1", UUID(answer.json()["id"])
        )
    assert row is not None
    assert row["published_at"] is not None
