"""What waits is seen: facts to publish and to apply, dead letters, parked jobs."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import asyncpg
import pytest

from chassis import jobs, metrics
from chassis.database import Database
from chassis.gauges import Gauges
from infra.postgres import Cluster, DatabaseAddresses

SCHEMA = Path(metrics.__file__).parent / "schema" / "v1.sql"
SUBSCRIPTIONS: Any = (
    SimpleNamespace(durable="labour--projects-changed", stream="PROJECT_MGMT"),
    SimpleNamespace(durable="labour--orders-approved", stream="PROCUREMENT"),
)
ROW = """
INSERT INTO outbox (event_id, subject, aggregate_id, aggregate_version, payload, occurred_at, published_at, replays)
VALUES (gen_random_uuid(), 's', gen_random_uuid(), 1, '', now() - $1::interval, $2, 0)
"""
LETTER = """
INSERT INTO dead_letters VALUES ($1, gen_random_uuid(), 's', gen_random_uuid(), 1, now(), '', 5, $2, 'error', now())
"""


@pytest.fixture(scope="module")
async def addresses(cluster: Cluster) -> DatabaseAddresses:
    made = await asyncio.to_thread(cluster.create_service_database, "gaugetests")
    owner = await asyncpg.connect(made.owner_url)
    await owner.execute(SCHEMA.read_text(encoding="utf-8"))
    await owner.execute(jobs.install_sql())
    await owner.close()
    return made


class Seen:
    """Stands for an instrument."""

    def __init__(self) -> None:
        self.values: dict[str, float] = {}

    def set(self, value: float, attributes: dict[str, str] | None = None) -> None:
        self.values[(attributes or {}).get("consumer", "")] = value


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> dict[str, Seen]:
    names = ("outbox_pending", "outbox_lag_seconds", "consumer_lag", "dead_letters", "jobs_parked")
    stands = {name: Seen() for name in names}
    for name, instrument in stands.items():
        monkeypatch.setattr(metrics, name, instrument)
    return stands


async def until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end, "it did not come about"
        await asyncio.sleep(0.02)


class Nats:
    """Stands for a connection: what JetStream says about a consumer."""

    is_connected = True

    def jetstream(self) -> Nats:
        return self

    async def consumer_info(self, stream: str, durable: str) -> SimpleNamespace:
        return SimpleNamespace(num_pending=len(stream), num_ack_pending=1)


async def test_what_waits_is_measured(addresses: DatabaseAddresses, seen: dict[str, Seen]) -> None:
    database = Database(addresses.runtime_url, size=2)
    client: Any = Nats()
    gauges = Gauges(database, SUBSCRIPTIONS, lambda: client, interval=0.05)
    running = asyncio.create_task(gauges.run())
    await until(lambda: seen["outbox_pending"].values == {"": 0} and len(seen["dead_letters"].values) == 2)
    assert seen["outbox_lag_seconds"].values == {"": 0}
    assert seen["dead_letters"].values == {"labour--projects-changed": 0, "labour--orders-approved": 0}
    async with database.driver() as connection:
        await connection.execute(ROW, timedelta(seconds=90), None)
        await connection.execute(LETTER, "labour--projects-changed", True)
        await connection.execute(LETTER, "labour--projects-changed", False)
        await connection.execute(LETTER, "of-another-time", True)
        await connection.execute("INSERT INTO pgqueuer (priority, status, entrypoint) VALUES (0, 'failed', 'x')")
    await until(lambda: len(seen["dead_letters"].values) == 3 and len(seen["consumer_lag"].values) == 2)
    gauges.stop()
    await asyncio.wait_for(running, 2)
    await database.close()
    assert seen["outbox_pending"].values == {"": 1}
    assert 89 < seen["outbox_lag_seconds"].values[""] < 120
    assert seen["dead_letters"].values == {
        "labour--projects-changed": 1,
        "labour--orders-approved": 0,
        "of-another-time": 1,
    }
    assert seen["jobs_parked"].values == {"": 1}
    assert seen["consumer_lag"].values == {"labour--projects-changed": 13, "labour--orders-approved": 12}


async def test_while_the_database_is_away_the_service_goes_on(seen: dict[str, Seen]) -> None:
    database = Database("postgresql://nobody:x@127.0.0.1:9/none", size=2)
    gauges = Gauges(database, SUBSCRIPTIONS, lambda: None, interval=0.05)
    running = asyncio.create_task(gauges.run())
    await asyncio.sleep(0.3)
    assert not running.done()
    gauges.stop()
    await asyncio.wait_for(running, 2)
    await database.close()
    assert seen["outbox_pending"].values == {}
