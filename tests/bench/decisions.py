"""The gate decision over gRPC against a bare SELECT by primary key: what a rulebook costs beside one look."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from datetime import timedelta
from uuid import UUID

import grpc
from grpc_health.v1.health_pb2 import HealthCheckRequest
from grpc_health.v1.health_pb2_grpc import HealthStub

from chassis.rpc.client import Channel
from tests.bench import swipes
from tests.bench.rig import Rig
from tests.chassis.rpc.peer import SignedTokens
from tests.labour.conftest import Site, worker_row
from zhulian.labour.v1.labour_directory_pb2 import VerifyOperatorRequest, VerifyOperatorResponse
from zhulian.labour.v1.labour_directory_pb2_grpc import LabourDirectoryStub

CALLERS = 16
WORKERS = 200
CRANE = "建筑起重机械司机"


class OneToken(SignedTokens):
    """A service gets a token once in five minutes; signing is no part of a question."""

    kept = ""

    async def token(self) -> str:
        """The same each time."""
        self.kept = self.kept or await super().token()
        return self.kept


async def operators(rig: Rig) -> tuple[Site, list[UUID]]:
    """Certified operators who have entered a project."""
    site = await swipes.a_site(rig)
    now = site.harness.clock.now()
    certificate = {"number": "T1", "trade": CRANE, "valid_from": "2025-01-01", "valid_to": "2036-12-31"}
    ids = await site.workers(*(worker_row(certificates=[certificate]) for _ in range(WORKERS)))
    await site.assigned(ids, enter_at=(now - timedelta(days=1)).isoformat())
    await site.harness.stop()
    return site, ids


async def _rate(works: list[Callable[[int], Awaitable[None]]], seconds: float) -> float:
    until = time.perf_counter() + seconds
    count = 0

    async def repeat(work: Callable[[int], Awaitable[None]]) -> None:
        nonlocal count
        while time.perf_counter() < until:
            await work(count)
            count += 1

    began = time.perf_counter()
    await asyncio.gather(*(repeat(work) for work in works))
    return count / (time.perf_counter() - began)


async def decide(rig: Rig, site: Site, ids: list[UUID], seconds: float) -> float:
    """Decisions a second, each asked by equipment-leasing's client over one channel; all of them are yes."""
    channel = Channel(f"127.0.0.1:{rig.grpc['labour']}", OneToken(rig.signer, "equipment-leasing"), "labour")

    async def ask(number: int) -> None:
        request = VerifyOperatorRequest(
            project_id=str(site.project_id), worker_id=str(ids[number % WORKERS]), special_trade=CRANE
        )
        answer: VerifyOperatorResponse = await channel.call(LabourDirectoryStub, "VerifyOperator", request)
        assert answer.allowed, answer

    try:
        return await _rate([ask] * CALLERS, seconds)
    finally:
        await channel.close()


async def nothing(rig: Rig, seconds: float) -> float:
    """Empty calls a second to the same server, without token, span or database: what gRPC alone takes of both sides."""
    async with grpc.aio.insecure_channel(f"127.0.0.1:{rig.grpc['labour']}") as channel:
        stub = HealthStub(channel)

        async def ask(_: int) -> None:
            await stub.Check(HealthCheckRequest(), timeout=10)

        return await _rate([ask] * CALLERS, seconds)


async def look(rig: Rig, ids: list[UUID], seconds: float) -> float:
    """Rows a second of one table by primary key, over as many bare connections."""
    connections = [await rig.connect("labour") for _ in range(CALLERS)]

    def reader(number: int) -> Callable[[int], Awaitable[None]]:
        async def read(count: int) -> None:
            await connections[number].fetchrow("SELECT * FROM workers WHERE id = $1", ids[count % WORKERS])

        return read

    try:
        return await _rate([reader(number) for number in range(CALLERS)], seconds)
    finally:
        await asyncio.gather(*(connection.close() for connection in connections))
