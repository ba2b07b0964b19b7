"""The virus scanner as procurement sees it: a hook with clamd behind it, or nobody."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from chassis.errors import Unavailable

TIMEOUT = 20.0
PIECE = 64 * 1024


class Verdict(StrEnum):
    """What a scanner says of a file. Without a scanner nobody has looked: that is not "clean"."""

    CLEAN = "clean"
    INFECTED = "infected"
    UNSCANNED = "unscanned"


class Scanner(Protocol):
    """Looks through a file; Unavailable SCANNER_UNAVAILABLE when it cannot now."""

    async def scan(self, path: Path, /) -> Verdict:
        """The verdict on the file at a path."""
        ...


class NoScanner:
    """For an installation without a scanner."""

    async def scan(self, _: Path, /) -> Verdict:
        """Nobody looks."""
        return Verdict.UNSCANNED


class Clamd:
    """clamd over its socket, by its INSTREAM command (clamd(8)): four bytes of length before each piece, 0 ends.

    `address` is `host:port` or the absolute path of a unix socket.
    """

    def __init__(self, address: str, *, timeout: float = TIMEOUT) -> None:
        self._address = address
        self._timeout = timeout

    async def scan(self, path: Path, /) -> Verdict:
        """See Scanner. An answer that is neither OK nor FOUND (size limit, error) is no verdict: Unavailable."""
        try:
            async with asyncio.timeout(self._timeout), self._connected() as (reader, writer):
                answer = await _instream(path, reader, writer)
        except (OSError, TimeoutError) as error:
            raise _away(type(error).__name__) from error
        if answer.endswith(" FOUND"):
            return Verdict.INFECTED
        if answer == "stream: OK":
            return Verdict.CLEAN
        raise _away(answer)

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        if self._address.startswith("/"):
            reader, writer = await asyncio.open_unix_connection(self._address)
        else:
            host, _, port = self._address.rpartition(":")
            reader, writer = await asyncio.open_connection(host, int(port))
        try:
            yield reader, writer
        finally:
            writer.close()


async def _instream(path: Path, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> str:
    writer.write(b"zINSTREAM\0")
    with path.open("rb") as file:
        while piece := await asyncio.to_thread(file.read, PIECE):
            writer.write(len(piece).to_bytes(4, "big") + piece)
            await writer.drain()
    writer.write(bytes(4))
    await writer.drain()
    answer = await reader.read(4096)
    return answer.rstrip(b"\0\n").decode("ascii", "replace")


def _away(why: str) -> Unavailable:
    return Unavailable(
        "SCANNER_UNAVAILABLE",
        zh="病毒扫描服务暂时不可用,请稍后重试。",
        en="The virus scanner is away for the moment; try again.",
        metadata={"scanner": why},
        retry_after=5.0,
    )
