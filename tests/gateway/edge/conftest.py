"""An upstream and the edge on real sockets."""

from __future__ import annotations

import socket
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from typing import Any

import aiohttp
import pytest

from tests.gateway.edge.serving import Gate, Upstream, member, served


@dataclass
class Caller:
    """Somebody with a token, talking to the edge at `url`."""

    gate: Gate
    url: str
    upstream: Upstream
    session: aiohttp.ClientSession
    token: str

    def call(self, method: str, path: str, **more: Any) -> Any:
        """An aiohttp request with the token."""
        headers = {
            "Authorization": f"Bearer {self.token}",
            "Accept-Language": "en",
            **more.pop("headers", {}),
        }
        return self.session.request(method, self.url + path, headers=headers, **more)

    @property
    def port(self) -> int:
        return int(self.url.rpartition(":")[2])


Start = Callable[..., AbstractAsyncContextManager[Caller]]


def dead_address() -> str:
    """An address where nobody listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{free.getsockname()[1]}"


@asynccontextmanager
async def started(**changes: Any) -> AsyncIterator[Caller]:
    """The edge with other limits, behind it an upstream; with `labour=True` that is labour's, too."""
    upstream = Upstream()
    async with served(upstream) as inner:
        gate = Gate(inner, inner if changes.pop("labour", False) else dead_address(), **changes)
        async with served(gate.app) as url, aiohttp.ClientSession() as session:
            try:
                yield Caller(gate, url, upstream, session, gate.signer.token(principal=member()))
            finally:
                await gate.proxy.close()


@pytest.fixture
def start() -> Start:
    return started


@pytest.fixture
async def caller() -> AsyncIterator[Caller]:
    async with started() as ready:
        yield ready
