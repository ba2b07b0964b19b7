"""Looking what a connection has to file: once it is made, and every few minutes from then on."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from chassis.ids import new_id
from chassis.work import Work
from labour.authorities import repository as connections
from labour.authorities.rules import directory
from labour.authorities.service import COLLECT
from labour.authorities.states import State as ConnectionState
from labour.clients.authority_platforms import Platforms
from labour.filing_objects.repository import SOURCES
from labour.filings import repository, rules
from labour.filings.models import FilingQueue

PUMP = "filings.pump"
MOST = 2000
"""Objects of a kind in one look; when there were as many, another look follows at once."""


async def sweep(work: Work, _: Mapping[str, str]) -> None:
    """Job: have every active connection looked at."""
    async with work.reading() as session:
        active = await connections.active(session)
    for connection_id in active:
        await work.enqueue(COLLECT, {"connection_id": str(connection_id)}, dedupe_key=f"{COLLECT}:{connection_id}")


async def collect(work: Work, payload: Mapping[str, str], clients: Mapping[str, Any]) -> None:
    """Job: queue what is new or has changed, and set the queue going."""
    connection_id = UUID(payload["connection_id"])
    platforms: Platforms = clients["platforms"]
    session = await work.writing()
    queue = await repository.queue(session, connection_id, work.now)
    connection = await connections.by_id(session, connection_id)
    if connection.state != ConnectionState.ACTIVE:
        return
    kinds = platforms.connector(directory()[connection.authority]).kinds
    driver, more = await work.driver(), False
    for kind in rules.in_order(kinds & SOURCES.keys()):
        found = await repository.collect(driver, connection, kind, SOURCES[kind], work.now, MOST)
        more |= len(found) == MOST
    await wake(work, queue, work.now)
    if more:
        await work.enqueue(COLLECT, {"connection_id": str(connection_id)})


async def wake(work: Work, queue: FilingQueue, at: datetime) -> None:
    """Have the queue, which the caller has locked, moved at an instant, by this job and no earlier one."""
    queue.wake, queue.wake_at = new_id(), max(at, work.now)
    payload = {"connection_id": str(queue.connection_id), "wake": str(queue.wake)}
    await work.enqueue(PUMP, payload, due=queue.wake_at)
