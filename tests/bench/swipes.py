"""A thousand swipes a call through the gateway against COPY of the same rows; and how long a fact takes."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from statistics import quantiles
from typing import Any
from uuid import UUID

import aiohttp
import orjson

from chassis.crypto import Vault
from chassis.identity import Kind
from chassis.ids import new_id
from labour.app import SERVICE
from tests.bench.rig import Rig
from tests.harness import Harness, organisation
from tests.labour.conftest import FakeProjects, Site, tell_project, worker_row

CALL = 1000
CALLERS = 4
PATH = "/labour/v1/attendance/swipes:batch"


@dataclass
class Gate:
    """Four devices of a project with a thousand assigned workers."""

    site: Site
    workers: list[UUID]
    devices: list[UUID]
    sequence: Iterator[int]
    day: datetime

    def call(self, device: UUID, size: int = CALL) -> bytes:
        """The next swipes of a device: everybody in, then everybody out, a day later each time."""
        number = next(self.sequence)
        at = self.day + timedelta(minutes=number // 2 % 400 * 60)
        swipes = [
            {
                "sequence": number * CALL + index,
                "worker_id": str(worker),
                "at": (at + timedelta(seconds=index % 1000)).isoformat(),
                "direction": "01" if number % 2 == 0 else "02",
                "attend_type": "001",
            }
            for index, worker in enumerate(self.workers[:size])
        ]
        return orjson.dumps({"device_id": str(device), "swipes": swipes})


async def a_gate(rig: Rig) -> Gate:
    """Registered and assigned through the service's own doors, in this process, on the rig's database."""
    harness = await Harness.start(
        SERVICE, rig.databases["labour"], projects=FakeProjects(), vault=Vault({"k1": b"k" * 32}, b"k" * 32)
    )
    site = Site(
        harness,
        new_id(),
        organisation(Kind.CONTRACTOR),
        organisation(Kind.LABOUR_SUBCONTRACTOR),
        organisation(Kind.OWNER),
        organisation(Kind.LABOUR_SUBCONTRACTOR),
    )
    parties = {site.contractor.id: "general_contractor", site.subcontractor.id: "labour_subcontractor"}
    await tell_project(harness, site.project_id, parties)
    for organisation_id, role in parties.items():
        site.projects.roles[site.project_id, organisation_id] = frozenset({role})
    harness.clock.advance(datetime.now(UTC) - harness.clock.now())
    workers = await site.workers(*(worker_row() for _ in range(CALL)))
    entered = (harness.clock.now() - timedelta(days=30)).isoformat()
    await site.assigned(workers, enter_at=entered)
    devices = [await site.device(f"gate {number}") for number in range(CALLERS)]
    await harness.stop()
    day = (harness.clock.now() - timedelta(days=20)).replace(hour=0, minute=0, second=0, microsecond=0)
    return Gate(site, workers, devices, itertools.count(), day)


async def send(rig: Rig, gate: Gate, seconds: float) -> float:
    """Rows a second through the gateway, from CALLERS devices at once; bodies are made beforehand."""
    headers = {"Authorization": f"Bearer {rig.token(gate.site.gate)}", "Content-Type": "application/json"}
    prepared = {device: [gate.call(device) for _ in range(int(seconds * 12) + 2)] for device in gate.devices}
    until = time.perf_counter() + seconds
    rows = 0
    async with aiohttp.ClientSession(headers=headers) as http:

        async def one(device: UUID) -> None:
            nonlocal rows
            for body in prepared[device]:
                if time.perf_counter() >= until:
                    return
                key = {"Idempotency-Key": str(new_id())}
                async with http.post(rig.url("gateway") + PATH, data=body, headers=key) as answer:
                    report = await answer.json()
                    if answer.status != 200 or report["refused"]:
                        raise RuntimeError(f"{answer.status}: {str(report)[:500]}")
                rows += CALL
            raise RuntimeError("too few bodies were prepared")

        began = time.perf_counter()
        await asyncio.gather(*(one(device) for device in gate.devices))
        return rows / (time.perf_counter() - began)


async def copy(rig: Rig, gate: Gate, seconds: float) -> float:
    """Rows a second with COPY into the same table, CALLERS connections, a thousand a call."""
    connections = [await rig.connect("labour") for _ in range(CALLERS)]
    names = (
        "device_id", "sequence", "project_id", "assignment_id", "worker_id", "employer_id", "at", "direction",
        "attend_type", "papers_lapsed", "received_at",
    )  # fmt: skip
    until = time.perf_counter() + seconds
    rows = 0

    async def one(connection: Any) -> None:
        nonlocal rows
        device, other, now = new_id(), new_id(), datetime.now(UTC)
        for call in itertools.count():
            if time.perf_counter() >= until:
                return
            records = [
                (device, call * CALL + index, gate.site.project_id, other, worker, other, now, "01", "001", False, now)
                for index, worker in enumerate(gate.workers)
            ]
            await connection.copy_records_to_table("swipes", records=records, columns=names)
            rows += CALL

    began = time.perf_counter()
    await asyncio.gather(*(one(connection) for connection in connections))
    elapsed = time.perf_counter() - began
    await asyncio.gather(*(connection.close() for connection in connections))
    return rows / elapsed


async def latency(rig: Rig, gate: Gate, per_second: float, seconds: float) -> tuple[float, float]:
    """p50 and p99, in ms, from the begin of a request at labour to the begin of its application at project-mgmt."""
    headers = {"Authorization": f"Bearer {rig.token(gate.site.gate)}", "Content-Type": "application/json"}
    began = datetime.now(UTC)
    async with aiohttp.ClientSession(headers=headers) as http:
        for number in range(int(per_second * seconds)):
            body = gate.call(gate.devices[number % CALLERS], size=20)
            key = {"Idempotency-Key": str(new_id())}
            started = time.perf_counter()
            async with http.post(rig.url("gateway") + PATH, data=body, headers=key) as answer:
                answer.raise_for_status()
            await asyncio.sleep(max(0.0, 1 / per_second - (time.perf_counter() - started)))
    await asyncio.sleep(2)
    producer, consumer = await rig.connect("labour"), await rig.connect("project_mgmt")
    sent = await producer.fetch("SELECT event_id, occurred_at FROM outbox WHERE occurred_at >= $1", began)
    applied = dict(await consumer.fetch("SELECT event_id, received_at FROM inbox WHERE received_at >= $1", began))
    await producer.close()
    await consumer.close()
    times = [(applied[row["event_id"]] - row["occurred_at"]).total_seconds() * 1000 for row in sent]
    cuts = quantiles(times, n=100)
    return cuts[49], cuts[98]
