"""Server-sent events (HTML Living Standard, 9.2): an answer that goes on until its source ends or nobody reads it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

from starlette.responses import StreamingResponse
from starlette.types import Send

PATIENCE = 10.0
"""Seconds that a reader may leave one event untaken before it is dropped."""


class EventStream(StreamingResponse):
    """Sends each piece as it comes, for `lasts` seconds at most. The source is closed whatever ends the stream."""

    media_type = "text/event-stream"

    def __init__(self, source: AsyncGenerator[bytes, None], lasts: float | None = None) -> None:
        super().__init__(source, headers={"Cache-Control": "no-store"})
        self._source = source
        self._lasts = lasts

    async def stream_response(self, send: Send) -> None:
        """See StreamingResponse; a reader that takes nothing for PATIENCE is left."""
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        async with aclosing(self._source) as events:
            try:
                async with asyncio.timeout(self._lasts):
                    async for event in events:
                        if not await _taken(send, event):
                            return  # the server closes the connection of an unfinished answer
            except TimeoutError:
                pass  # it ends as if its source had
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _taken(send: Send, event: bytes) -> bool:
    try:
        async with asyncio.timeout(PATIENCE):
            await send({"type": "http.response.body", "body": event, "more_body": True})
    except TimeoutError:
        return False
    return True
