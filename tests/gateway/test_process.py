"""The whole process of the gateway: started from its environment, one service away, stopped by SIGTERM."""

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

import httpx
import pytest
from aiohttp import web

from chassis.identity import Kind, Role
from infra.nats import Nats
from infra.programs import free_port
from tests.chassis.token_corpus import Signer
from tests.gateway.conftest import ORGANISATIONS, application
from tests.gateway.edge.serving import Upstream, served
from tests.harness import Harness, key, organisation


@dataclass
class Running:
    """A process of the gateway and where it listens."""

    process: asyncio.subprocess.Process
    url: str
    signer: Signer
    upstream: Upstream
    folder: Path

    def client(self) -> httpx.AsyncClient:
        """Somebody with a token."""
        token = self.signer.token(principal=organisation(Kind.OPERATOR).as_(Role.ADMIN))
        return httpx.AsyncClient(base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=20)

    async def ready(self) -> dict[str, dict[str, str]]:
        """What /readyz says once it says 200."""
        async with asyncio.timeout(40), httpx.AsyncClient(base_url=self.url) as client:
            while True:
                try:
                    answer = await client.get("/readyz")
                except httpx.TransportError:
                    answer = None
                if answer is not None and answer.status_code == 200:
                    found: dict[str, dict[str, str]] = answer.json()
                    return found
                assert self.process.returncode is None, (self.folder / "log").read_text()
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


def environment(gateway: Harness, nats: Nats, signer: Signer, upstream: str, folder: Path) -> dict[str, str]:
    """Everything that the process needs; labour and Keycloak have addresses where nobody listens."""
    dead = f"http://127.0.0.1:{free_port()}"
    return {
        "PATH": os.environ["PATH"],
        "ZHULIAN_REST_PORT": str(free_port()),
        "ZHULIAN_DATABASE_URL": gateway.addresses.runtime_url,
        "ZHULIAN_NATS_URL": nats.url,
        "ZHULIAN_NATS_USER": "gateway",
        "ZHULIAN_NATS_PASSWORD": nats.credentials("gateway").password,
        "ZHULIAN_ISSUER": signer.issuer,
        "ZHULIAN_CLIENT_ID": "gateway",
        "ZHULIAN_CLIENT_SECRET": "not-used-here",
        "ZHULIAN_UPSTREAMS": json.dumps({"projects": upstream, "labour": dead}),
        "ZHULIAN_KEYCLOAK_URL": dead,
        "ZHULIAN_KEYCLOAK_ADMIN_CLIENT_ID": "zhulian-access",
        "ZHULIAN_KEYCLOAK_ADMIN_CLIENT_SECRET": "not-used-here",
        "ZHULIAN_ENCRYPTION_KEYS": json.dumps({"k1": base64.b64encode(bytes(32)).decode()}),
        "ZHULIAN_RATE_LIMIT_REQUESTS": "40",
        "ZHULIAN_TELEMETRY_DIR": str(folder),
    }


@pytest.fixture
async def running(gateway: Harness, tmp_path: Path) -> AsyncIterator[Running]:
    """The process on the database of the other tests, with a NATS of its own and one service behind it."""
    upstream = Upstream()
    async with realm() as signer, served(upstream) as address:
        with Nats.temporary() as nats:
            await nats.configure()
            settings = environment(gateway, nats, signer, address, tmp_path)
            log = (tmp_path / "log").open("wb")
            process = await asyncio.create_subprocess_exec(
                sys.executable, "-m", "gateway", "serve", env=settings, stdout=log, stderr=log
            )
            url = f"http://127.0.0.1:{settings['ZHULIAN_REST_PORT']}"
            made = Running(process, url, signer, upstream, tmp_path)
            try:
                await made.ready()
                yield made
            finally:
                if process.returncode is None:
                    process.kill()
                await process.wait()
                log.close()


async def test_the_process_from_start_to_stop(running: Running) -> None:
    """Readiness by parts, forwarding, access behind the same checks, one document, one trace, a stop in time."""
    parts = (await running.ready())["parts"]
    assert {name: parts[name] for name in ("database", "keys", "nats")} == dict.fromkeys(
        ("database", "keys", "nats"), "ok"
    )
    assert (parts["projects"], parts["labour"], parts["keycloak"]) == ("ok", "failed", "failed")
    trace = "0af7651916cd43dd8448eb211c80319c"
    async with running.client() as client:
        told = await client.get("/projects/v1/x", headers={"traceparent": f"00-{trace}-b7ad6b7169203331-01"})
        fields = dict(told.json()["headers"])
        assert fields["traceparent"].split("-")[1] == trace
        assert (await client.get("/labour/v1/workers")).status_code == 503
        registered = await client.post(ORGANISATIONS, json=application(), headers=key())
        assert registered.status_code == 201, registered.text
        assert len(registered.headers.get_list("x-request-id")) == 1
        listed = await client.get(ORGANISATIONS)
        assert registered.json()["id"] in {item["id"] for item in listed.json()["items"]}
        document = (await client.get("/openapi.json")).json()
        assert "access_registerOrganisation" in json.dumps(document)
        assert "labour" in document["info"]["x-unavailable"]
        limited = [await client.get("/projects/v1/x", headers=_forged(number)) for number in range(45)]
        assert limited[-1].status_code == 429
    await _stops(running)
    spans = (running.folder / "gateway.spans.jsonl").read_text().splitlines()
    names = {span["name"] for span in map(json.loads, spans) if trace in json.dumps(span)}
    assert {"GET /projects/{path}", "forward projects"} <= names


async def test_addresses_are_those_of_sockets(running: Running) -> None:
    """A caller without a token cannot get a fresh budget by naming another address."""
    async with httpx.AsyncClient(base_url=running.url) as client:
        answers = [await client.get("/projects/v1/x", headers=_forged(number)) for number in range(45)]
    assert [answer.status_code for answer in answers][-1] == 429


def _forged(number: int) -> dict[str, str]:
    return {"X-Forwarded-For": f"203.0.113.{number}", "X-Real-IP": f"203.0.113.{number}"}


async def _stops(running: Running) -> None:
    started = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(running.process.wait(), 15) == 0
    assert time.monotonic() - started < 10
