"""What is measured: the real processes on a durable PostgreSQL and NATS, with tokens signed by a local realm.

Keycloak is not on any measured path (tokens are verified, not fetched), so a small key endpoint stands for it; the
benchmarks then start in seconds.
"""

from __future__ import annotations

import asyncio
import json
import os
import shutil
import signal
import sys
import tempfile
from base64 import b64encode
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

import aiohttp
import asyncpg
import psutil
from aiohttp import web

from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from infra import programs
from infra.nats import Nats
from infra.postgres import Cluster, DatabaseAddresses
from tests.chassis.token_corpus import Signer

PACKAGES = {
    "project-mgmt": "project_mgmt",
    "labour": "labour",
    "procurement": "procurement",
    "equipment-leasing": "equipment_leasing",
    "gateway": "gateway",
}
AREAS = {"projects": "project-mgmt", "labour": "labour", "procurement": "procurement", "equipment": "equipment-leasing"}
CORES = sorted(os.sched_getaffinity(0))


@dataclass
class Rig:
    """The running parts."""

    folder: Path
    cluster: Cluster
    nats: Nats
    signer: Signer
    databases: dict[str, DatabaseAddresses]
    ports: dict[str, int]
    grpc: dict[str, int]
    processes: dict[str, asyncio.subprocess.Process] = field(default_factory=dict)

    def url(self, service: str) -> str:
        """Base address of a process."""
        return f"http://127.0.0.1:{self.ports[service]}"

    def token(self, principal: Principal) -> str:
        """A token that lives through the benchmark."""
        return self.signer.token(principal=principal, exp=int(self.signer.clock.now().timestamp()) + 3600)

    def pin(self, service: str, *cores: int) -> None:
        """Keep a process on some cores."""
        psutil.Process(self.processes[service].pid).cpu_affinity(list(cores))

    def memory(self, service: str) -> float:
        """Resident memory in MB."""
        return float(psutil.Process(self.processes[service].pid).memory_info().rss) / 1e6

    async def start(self, service: str) -> None:
        """Start a process, or start it again on its old ports; returns once it serves."""
        await _start(self, service)

    async def kill(self, service: str) -> None:
        """End a process as a power failure would."""
        process = self.processes[service]
        process.kill()
        await process.wait()

    async def connect(self, package: str) -> asyncpg.Connection[Any]:
        """A bare connection as the runtime role."""
        return await asyncpg.connect(self.databases[package].runtime_url)


@contextmanager
def durable_cluster(folder: Path) -> Iterator[Cluster]:
    """A cluster that waits for its disk, as in production."""
    cluster = Cluster(folder / "data", programs.free_port(), "bench", log=folder / "postgres.log")
    cluster.start()
    try:
        yield cluster
    finally:
        cluster.stop()


@asynccontextmanager
async def realm() -> AsyncIterator[Signer]:
    """The key endpoint of an issuer, and tokens for the services."""
    port = programs.free_port()
    signer = Signer(issuer=f"http://127.0.0.1:{port}/realms/zhulian")

    async def keys(_: web.Request) -> web.Response:
        return web.json_response(signer.jwks())

    async def token(request: web.Request) -> web.Response:
        form = await request.post()
        return web.json_response({"access_token": signer.service_token(str(form["client_id"])), "expires_in": 300})

    app = web.Application()
    app.router.add_get("/realms/zhulian/protocol/openid-connect/certs", keys)
    app.router.add_post("/realms/zhulian/protocol/openid-connect/token", token)
    runner = web.AppRunner(app, shutdown_timeout=0)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", port).start()
    try:
        yield signer
    finally:
        await runner.cleanup()


@asynccontextmanager
async def running(*services: str) -> AsyncIterator[Rig]:
    """These processes, ready."""
    folder = Path(tempfile.mkdtemp(prefix="zhulian-bench-"))
    folder.chmod(0o711)  # noqa: ASYNC240 - once, before anything runs
    try:
        with durable_cluster(folder) as cluster, Nats.temporary() as nats:
            await nats.configure()
            async with realm() as signer:
                databases = {package: cluster.create_service_database(package) for package in PACKAGES.values()}
                ports = {name: programs.free_port() for name in PACKAGES}
                grpc = {name: programs.free_port() for name in PACKAGES}
                rig = Rig(folder, cluster, nats, signer, databases, ports, grpc)
                try:
                    for service in services:
                        await rig.start(service)
                    yield rig
                finally:
                    await _stop(rig)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def _start(rig: Rig, service: str) -> None:
    package = PACKAGES[service]
    database = rig.databases[package]
    keys = {"k1": b64encode(b"k" * 32).decode()}
    environment = {
        "PATH": os.environ["PATH"],
        "ZHULIAN_MIGRATION_DATABASE_URL": database.owner_url,
        "ZHULIAN_RUNTIME_ROLE": database.runtime_role,
        "ZHULIAN_REST_PORT": str(rig.ports[service]),
        "ZHULIAN_DATABASE_URL": database.runtime_url,
        "ZHULIAN_NATS_URL": rig.nats.url,
        "ZHULIAN_NATS_USER": service,
        "ZHULIAN_NATS_PASSWORD": rig.nats.credentials(service).password,
        "ZHULIAN_ISSUER": rig.signer.issuer,
        "ZHULIAN_CLIENT_ID": service,
        "ZHULIAN_CLIENT_SECRET": "bench",
        "ZHULIAN_TELEMETRY_DIR": str(rig.folder / "telemetry"),
        "ZHULIAN_TRACE_RATIO": "0.1",
        "ZHULIAN_FILES_DIR": str(rig.folder / f"{service}-files"),
        "ZHULIAN_ENCRYPTION_KEYS": json.dumps(keys),
        "ZHULIAN_BLIND_INDEX_KEY": keys["k1"],
        "ZHULIAN_SEALING_KEYS": json.dumps(keys),
        "ZHULIAN_UPSTREAMS": json.dumps({area: rig.url(name) for area, name in AREAS.items()}),
        "ZHULIAN_KEYCLOAK_URL": rig.signer.issuer,
        "ZHULIAN_KEYCLOAK_ADMIN_CLIENT_ID": "unused",
        "ZHULIAN_KEYCLOAK_ADMIN_CLIENT_SECRET": "unused",
        "ZHULIAN_RATE_LIMIT_REQUESTS": "100000000",
    } | {f"ZHULIAN_{area.upper()}_GRPC": f"127.0.0.1:{rig.grpc[name]}" for area, name in AREAS.items()}
    if service != "gateway":
        environment["ZHULIAN_GRPC_PORT"] = str(rig.grpc[service])
    with (rig.folder / f"{service}.log").open("ab") as log:
        migrate = await asyncio.create_subprocess_exec(
            sys.executable, "-m", package, "migrate", env=environment, stdout=log, stderr=log
        )
        if await migrate.wait() != 0:
            raise RuntimeError(f"{service} is not migrated: {(rig.folder / f'{service}.log').read_text()[-2000:]}")
        rig.processes[service] = await asyncio.create_subprocess_exec(
            sys.executable, "-m", package, "serve", env=environment, stdout=log, stderr=log
        )
    async with asyncio.timeout(60), aiohttp.ClientSession() as http:
        while rig.processes[service].returncode is None:
            try:
                async with http.get(rig.url(service) + "/livez") as answer:
                    if answer.status == 200:
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.1)
    raise RuntimeError(f"{service} has ended: {(rig.folder / f'{service}.log').read_text()[-2000:]}")


def _log(rig: Rig, service: str) -> BinaryIO:
    return (rig.folder / f"{service}.log").open("wb")


async def _stop(rig: Rig) -> None:
    for process in rig.processes.values():
        if process.returncode is None:
            process.send_signal(signal.SIGTERM)
    await asyncio.gather(*(process.wait() for process in rig.processes.values()))


@dataclass(frozen=True, slots=True)
class Buyer:
    """A contractor's buyer with a project in which it takes part, and one material."""

    principal: Principal
    project_id: UUID


async def a_buyer(rig: Rig) -> Buyer:
    """Rows that facts and imports would have written."""
    organisation, project = new_id(), new_id()
    connection = await rig.connect("procurement")
    await connection.execute(
        """
        INSERT INTO known_projects VALUES ($1, 'B', '基准', 'bench', 'active', 'pingshan', '440300', 'normal', $2, 1)
        """,
        project,
        organisation,
    )
    await connection.execute(
        "INSERT INTO known_parties VALUES ($1, $2, 'general_contractor', '2020-01-01', NULL)", project, organisation
    )
    await connection.execute(
        """
        INSERT INTO materials (id, version, created_at, updated_at, code, name_zh, name_en, specification, retired)
        VALUES (gen_random_uuid(), 1, now(), now(), '01090001', '圆钢', 'bar', '', false) ON CONFLICT DO NOTHING;
        INSERT INTO material_units (id, material_code, unit)
        VALUES (gen_random_uuid(), '01090001', 't') ON CONFLICT DO NOTHING
        """
    )
    await connection.close()
    roles = frozenset({Role.BUYER})
    return Buyer(Principal("bench", "bench", organisation, frozenset({Kind.CONTRACTOR}), roles), project)
