"""What uvicorn speaks on a connection, with head and body of an answer in one packet."""

from __future__ import annotations

import asyncio
from typing import Any, Final, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

AT_ONCE: Final = 64 * 1024
"""Bytes after which nothing is held back, so that the transport can slow the writer down."""


class JoinedWrites:
    """A transport that passes on what was written in one turn of the event loop in one system call."""

    def __init__(self, transport: asyncio.Transport) -> None:
        self._transport = transport
        self._loop = asyncio.get_running_loop()
        self._held: list[bytes] = []
        self._size = 0

    def __getattr__(self, name: str) -> Any:
        """Everything else is the transport's own."""
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Hold `data` back until the end of this turn."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)
        self._size += len(data)
        if self._size > AT_ONCE:
            self._flush()

    def close(self) -> None:
        """Write what is held, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if self._held:
            held, self._held, self._size = self._held, [], 0
            self._transport.writelines(held)


class HttpProtocol(HttpToolsProtocol):
    """uvicorn writes head and body apart: two system calls, and whoever reads is woken twice."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """A caller has connected."""
        super().connection_made(cast(asyncio.Transport, JoinedWrites(transport)))
