"""/livez and /readyz: the second names each part that the process needs."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import orjson
import structlog
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.http.middleware import Drain

Check = Callable[[], Awaitable[None]]
"""Returns when the part works, raises when it does not."""

CHECK_SECONDS = 2.0
_log = structlog.get_logger(__name__)


class Health:
    """The parts of a process by name (database, nats, keys, grpc), each with its check."""

    def __init__(self, drain: Drain) -> None:
        self._checks: dict[str, Check] = {}
        self._drain = drain

    def add(self, name: str, check: Check) -> None:
        """Ask this part, too. A check has CHECK_SECONDS."""
        self._checks[name] = check

    async def report(self) -> tuple[bool, dict[str, Any]]:
        """Whether the process is ready, and what it says about its parts."""
        names = list(self._checks)
        found = await asyncio.gather(*(self._ask(name) for name in names))
        parts = dict(zip(names, found, strict=True))
        ready = not self._drain.draining and all(state == "ok" for state in found)
        status = "draining" if self._drain.draining else "ready" if ready else "not ready"
        return ready, {"status": status, "parts": parts}

    async def _ask(self, name: str) -> str:
        try:
            async with asyncio.timeout(CHECK_SECONDS):
                await self._checks[name]()
        except Exception as error:  # noqa: BLE001 - whatever is wrong with a part, the answer is the same
            # The cause goes to the log: this page is open to everybody who reaches the port.
            _log.warning("readiness.part_failed", part=name, error=repr(error))
            return "failed"
        return "ok"

    def routes(self) -> list[Route]:
        """GET /livez and GET /readyz."""
        return [Route("/livez", _live, methods=["GET"]), Route("/readyz", self._ready, methods=["GET"])]

    async def _ready(self, _: Request) -> Response:
        ready, report = await self.report()
        return _json(report, 200 if ready else 503)


async def _live(_: Request) -> Response:
    return _json({"status": "alive"}, 200)


def _json(document: dict[str, Any], status: int) -> Response:
    return Response(
        orjson.dumps(document),
        status_code=status,
        media_type="application/json",
        headers={"Cache-Control": "no-store"},
    )
