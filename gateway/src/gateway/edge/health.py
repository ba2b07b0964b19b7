"""`/readyz` names every part: what the gateway cannot work without, and each service behind it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

import aiohttp

Probe = Callable[[], Awaitable[None]]

PROBE_SECONDS: Final = 1.5
KEPT_SECONDS: Final = 1.0
_AWAY: Final = (aiohttp.ClientError, TimeoutError, OSError)


async def probe_http(session: aiohttp.ClientSession, url: str) -> None:
    """Raise unless the address answers 200."""
    async with session.get(url, timeout=aiohttp.ClientTimeout(total=PROBE_SECONDS)) as answer:
        answer.raise_for_status()


class Neighbours:
    """The services and Keycloak as the gateway sees them.

    A neighbour that is away does not make the gateway unready: it goes on serving the others, and tokens are
    verified with cached keys. Answers are kept for a second, as this route is public.
    """

    def __init__(self, probes: Mapping[str, Probe]) -> None:
        self._probes = dict(probes)
        self._states: dict[str, str] = {}
        self._until = 0.0
        self._lock = asyncio.Lock()

    async def states(self) -> dict[str, str]:
        """Part → `ok` or `failed`."""
        async with self._lock:
            if time.monotonic() >= self._until:
                names = list(self._probes)
                found = await asyncio.gather(*(self._state(self._probes[name]) for name in names))
                self._states = dict(zip(names, found, strict=True))
                self._until = time.monotonic() + KEPT_SECONDS
        return dict(self._states)

    @staticmethod
    async def _state(probe: Probe) -> str:
        try:
            await asyncio.wait_for(probe(), PROBE_SECONDS + 0.5)
        except _AWAY:
            return "failed"
        return "ok"
