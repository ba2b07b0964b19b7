"""What waits in a service, measured every few seconds: facts to publish, facts to apply, dead
letters, parked jobs.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Sequence

import asyncpg
import structlog
from nats.aio.client import Client
from nats.errors import Error as NatsError
from sqlalchemy.exc import SQLAlchemyError

from chassis import metrics
from chassis.database import Database
from chassis.subscriptions import Subscription

log = structlog.get_logger(__name__)

INTERVAL = 10.0

WAITING = """
SELECT (SELECT count(*) FROM outbox WHERE published_at IS NULL) AS pending,
       (SELECT coalesce(extract(epoch FROM now() - min(occurred_at)), 0)::float8
          FROM outbox WHERE published_at IS NULL) AS lag,
       (SELECT count(*) FROM pgqueuer WHERE status = 'failed') AS parked
"""
DEAD = "SELECT consumer, count(*) AS letters FROM dead_letters WHERE dead GROUP BY consumer"


class Gauges:
    """Sets the gauges of `chassis.metrics` for one service until stopped; costs two statements each time.

    `nats` answers the connection, None while there is none.
    """

    def __init__(
        self,
        database: Database,
        subscriptions: Sequence[Subscription],
        nats: Callable[[], Client | None],
        *,
        interval: float = INTERVAL,
    ) -> None:
        self._database = database
        self._subscriptions = subscriptions
        self._nats = nats
        self._interval = interval
        self._stopping = asyncio.Event()

    def stop(self) -> None:
        """Return from `run`."""
        self._stopping.set()

    async def run(self) -> None:
        """Measure again and again; while something is away its gauges stand still."""
        while not self._stopping.is_set():
            try:
                await self.measure_database()
                await self.measure_consumers()
            except (SQLAlchemyError, asyncpg.PostgresError, NatsError, OSError, TimeoutError) as error:
                log.debug("gauges.unknown", error=repr(error))
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), self._interval)

    async def measure_database(self) -> None:
        """Outbox, dead letters, parked jobs."""
        async with self._database.driver() as connection:
            waiting = await connection.fetchrow(WAITING)
            dead = {row["consumer"]: row["letters"] for row in await connection.fetch(DEAD)}
        assert waiting is not None  # noqa: S101 - a SELECT without FROM answers a row
        metrics.outbox_pending.set(waiting["pending"])
        metrics.outbox_lag_seconds.set(max(0.0, waiting["lag"]))
        metrics.jobs_parked.set(waiting["parked"])
        for consumer in {subscription.durable for subscription in self._subscriptions} | dead.keys():
            metrics.dead_letters.set(dead.get(consumer, 0), {"consumer": consumer})

    async def measure_consumers(self) -> None:
        """Facts in the streams that our consumers have not applied, delivered ones included."""
        client = self._nats()
        if client is None or not client.is_connected:
            return
        for subscription in self._subscriptions:
            info = await client.jetstream().consumer_info(subscription.stream, subscription.durable)
            behind = (info.num_pending or 0) + (info.num_ack_pending or 0)
            metrics.consumer_lag.set(behind, {"consumer": subscription.durable})
