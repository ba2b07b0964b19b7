"""Who queues for one hot row queues here, not in the pool of connections.

A hundred requests that wait for the lock of one row would hold all connections of the process, and everybody else would
wait with them. The row's own lock still decides the order between processes.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from uuid import UUID

AT_ONCE = 2
"""While one commits, the next one asks what it must know before it takes the lock."""


class Turns:
    """At most AT_ONCE at a time per key, first come, first served."""

    def __init__(self) -> None:
        self._queues: dict[UUID, tuple[asyncio.Semaphore, list[None]]] = {}

    @asynccontextmanager
    async def of(self, key: UUID) -> AsyncIterator[None]:
        """Wait for one's turn, and have it for the block."""
        turn, present = self._queues.setdefault(key, (asyncio.Semaphore(AT_ONCE), []))
        present.append(None)
        try:
            async with turn:
                yield
        finally:
            present.pop()
            if not present:
                self._queues.pop(key, None)

    @property
    def keys(self) -> int:
        """For how many rows somebody queues or has a turn."""
        return len(self._queues)
