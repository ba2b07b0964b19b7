"""A thousand swipes a call through the gateway against COPY of the same rows; and how long a fact takes."""

from __future__ import annotations

import asyncio
import itertools
import time
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from datetime import time as time_of_day
from statistics import quantiles
from typing import Any
from uuid import UUID

import aiohttp
import asyncpg
import orjson

from chassis.clock import SHANGHAI, shanghai_day
from chassis.crypto import Vault
from chassis.identity import Kind
from chassis.ids import new_id
from labour.app import SERVICE
from tests.bench import load
from tests.bench.rig import Rig
from tests.harness import Harness, organisation
from tests.labour.conftest import FakeProjects, Site, tell_project, worker_row

CALL = 1000
GATES = 4
MOST_CALLS = 40
"""More calls a second than a device gets through."""
PATH = "/labour/v1/attendance/swipes:batch"


PASSES = (("01", "07:00"), ("02", "11:30"), ("01", "13:00"), ("02", "17:30"))
"""A working day: everybody in, out for lunch, in again, out."""
DAYS = 55
"""How far back the first day lies; a device may send what is at most 62 days old."""


@dataclass
class Gate:
    """A device and the thousand workers who go through it; the devices of a project are beside each other."""

    device: UUID
    workers: list[UUID]
    first_day: date
    calls: int = 0

    def body(self, ahead: int = 0, size: int = CALL) -> bytes:
        """What the device sends `ahead` calls from now: one pass of everybody, four passes a day, day after day.

        After the last day it begins again with the first, some minutes later.
        """
        call = self.calls + ahead
        around, number = divmod(call, DAYS * len(PASSES))
        direction, clock = PASSES[number % len(PASSES)]
        day = self.first_day + timedelta(days=number // len(PASSES))
        begins = datetime.combine(day, time_of_day.fromisoformat(clock), SHANGHAI) + timedelta(minutes=20 * around)
        swipes = [
            {
                "sequence": call * CALL + index,
                "worker_id": str(worker),
                "at": (begins + timedelta(seconds=index)).isoformat(),
                "direction": direction,
                "attend_type": "001",
            }
            for index, worker in enumerate(self.workers[:size])
        ]
        return orjson.dumps({"device_id": str(self.device), "swipes": swipes})


@dataclass
class Gates:
    """The gates of a project. Each has workers of its own: people go through the gate nearest to their work."""

    site: Site
    gates: list[Gate]


async def a_site(rig: Rig) -> Site:
    """A project with its parties, told to labour in this process on the rig's database; its clock is now."""
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
    return site


async def the_gates(rig: Rig) -> Gates:
    """Registered and assigned through the service's own doors."""
    site = await a_site(rig)
    harness = site.harness
    entered = (harness.clock.now() - timedelta(days=60)).isoformat()
    first_day = shanghai_day(harness.clock.now()) - timedelta(days=DAYS + 1)
    found = []
    for number in range(GATES):
        workers = await site.workers(*(worker_row() for _ in range(CALL)))
        await site.assigned(workers, enter_at=entered)
        found.append(Gate(await site.device(f"gate {number}"), workers, first_day))
    await harness.stop()
    return Gates(site, found)


async def send(rig: Rig, gates: Gates, seconds: float) -> float:
    """Rows a second through the gateway, from all devices at once; bodies are made beforehand."""
    prepared = [[gate.body(ahead) for ahead in range(int(seconds * MOST_CALLS))] for gate in gates.gates]
    calls, sent = await load.senders(
        rig.url("gateway") + PATH,
        seconds=seconds,
        headers={"Authorization": f"Bearer {rig.token(gates.site.gate)}", "Content-Type": "application/json"},
        bodies=prepared,
        expected=f'"accepted":{CALL},',
    )
    for gate, used in zip(gates.gates, sent, strict=True):
        gate.calls += used
    return calls * CALL


async def copy(rig: Rig, gates: Gates, seconds: float) -> float:
    """Rows a second with COPY into the same table, as many connections, a thousand a call."""
    connections = [await rig.connect("labour") for _ in gates.gates]
    names = (
        "device_id", "sequence", "project_id", "assignment_id", "worker_id", "employer_id", "at", "direction",
        "attend_type", "papers_lapsed", "received_at",
    )  # fmt: skip
    until = time.perf_counter() + seconds
    rows = 0

    async def one(connection: Any, gate: Gate) -> None:
        nonlocal rows
        device, other, now = new_id(), new_id(), datetime.now(UTC)
        for call in itertools.count():
            if time.perf_counter() >= until:
                return
            records = [
                (device, call * CALL + index, gates.site.project_id, other, worker, other, now, "01", "001", False, now)
                for index, worker in enumerate(gate.workers)
            ]
            await connection.copy_records_to_table("gate_swipes", records=records, columns=names)
            rows += CALL

    began = time.perf_counter()
    await asyncio.gather(*(one(*pair) for pair in zip(connections, gates.gates, strict=True)))
    elapsed = time.perf_counter() - began
    await asyncio.gather(*(connection.close() for connection in connections))
    return rows / elapsed


async def latency(rig: Rig, gates: Gates, per_second: float, seconds: float) -> tuple[float, float]:
    """p50 and p99, in ms, from the begin of a request at labour to the begin of its application at project-mgmt."""
    headers = {"Authorization": f"Bearer {rig.token(gates.site.gate)}", "Content-Type": "application/json"}
    began = datetime.now(UTC)
    async with aiohttp.ClientSession(headers=headers) as http:
        for number in range(int(per_second * seconds)):
            gate = gates.gates[number % GATES]
            body = gate.body(size=20)
            gate.calls += 1
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


async def single(rig: Rig, gates: Gates, seconds: float) -> tuple[float, float]:
    """p50 and p99, in ms, of one swipe a call through the gateway, at half of the rate that the gates get through."""
    headers = {"Authorization": f"Bearer {rig.token(gates.site.gate)}", "Content-Type": "application/json"}
    async with aiohttp.ClientSession(headers=headers) as http:
        full = await _one_by_one(rig, gates, http, seconds / 2, pause=0.0)
        rate = len(full) / (seconds / 2)
        times = await _one_by_one(rig, gates, http, seconds, pause=2 * GATES / rate)
    cuts = quantiles(times, n=100)
    return cuts[49], cuts[98]


async def _one_by_one(
    rig: Rig, gates: Gates, http: aiohttp.ClientSession, seconds: float, *, pause: float
) -> list[float]:
    """Milliseconds of each call; every device sends its next swipe after its answer, and `pause` after its last one."""
    times: list[float] = []
    until = time.perf_counter() + seconds

    async def one(gate: Gate) -> None:
        while (began := time.perf_counter()) < until:
            body = gate.body(size=1)
            gate.calls += 1
            key = {"Idempotency-Key": str(new_id())}
            async with http.post(rig.url("gateway") + PATH, data=body, headers=key) as answer:
                answer.raise_for_status()
                await answer.read()
            times.append((time.perf_counter() - began) * 1000)
            await asyncio.sleep(max(0.0, began + pause - time.perf_counter()))

    await asyncio.gather(*(one(gate) for gate in gates.gates))
    return times


FILL = """
INSERT INTO gate_swipes (device_id, sequence, project_id, assignment_id, worker_id, employer_id, at, direction,
                         attend_type, papers_lapsed, received_at)
SELECT $1, n, $2, $3, $3, $3, now() - interval '2 years' + n * interval '6 seconds', '01', '001', false, now()
FROM generate_series($4::bigint, $5::bigint) AS n
"""


async def fill(rig: Rig, gates: Gates, first: int, last: int) -> None:
    """Swipes number `first` to `last` of another device of the project, through the two years that lie behind."""
    connection = await rig.connect("labour")
    device = gates.site.project_id  # of nobody
    await connection.execute(FILL, device, gates.site.project_id, device, first, last, timeout=200)
    await connection.close()


async def analyze(rig: Rig) -> None:
    """What autovacuum would do in a while; the fill is behind it."""
    connection = await asyncpg.connect(rig.databases["labour"].owner_url)
    await connection.execute("ANALYZE gate_swipes", timeout=200)
    await connection.close()
