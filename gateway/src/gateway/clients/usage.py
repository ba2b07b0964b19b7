"""When API clients were last seen: noted by the edge in memory, written every few seconds in one statement."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import datetime
from typing import Final

import structlog
from sqlalchemy.exc import SQLAlchemyError

from chassis.clock import Clock
from chassis.identity import Principal, service_principal
from chassis.work import Works
from gateway.access.clients import service
from gateway.access.clients.models import PREFIX

FLUSH_SECONDS: Final = 5.0
MOST_CLIENTS: Final = 10_000

_log = structlog.get_logger(__name__)


class Usage:
    """`seen` costs a dictionary's entry; a process that is killed loses at most the last FLUSH_SECONDS."""

    def __init__(self, works: Works, clock: Clock) -> None:
        self._works = works
        self._clock = clock
        self._seen: dict[str, datetime] = {}
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to write at intervals; inside the running event loop."""
        self._task = asyncio.create_task(self._run())

    def seen(self, principal: Principal) -> None:
        """Note a call; people's are not recorded."""
        if principal.client_id.startswith(PREFIX) and len(self._seen) < MOST_CLIENTS:
            self._seen[principal.client_id] = self._clock.now()

    async def flush(self) -> None:
        """Write what was noted; kept for the next time while the database is away."""
        if not self._seen:
            return
        noted, self._seen = self._seen, {}
        try:
            async with self._works.open(service_principal("gateway")) as work:
                await service.record_use(work, noted)
        except (SQLAlchemyError, OSError, TimeoutError) as error:
            self._seen = noted | self._seen
            _log.warning("usage.not_written", clients=len(noted), error=type(error).__name__)

    async def close(self) -> None:
        """Stop, and write the rest."""
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task
        await self.flush()

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(FLUSH_SECONDS)
            await self.flush()
