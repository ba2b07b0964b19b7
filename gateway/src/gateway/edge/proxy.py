"""Forwards one request to a service and streams the answer back, without holding either body in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass
from types import TracebackType
from typing import Final

import aiohttp
import structlog
from starlette.types import Message, Receive, Scope, Send
from yarl import URL

from chassis.errors import ServiceError
from gateway.edge import errors, headers

CONNECT_SECONDS: Final = 2.0
TOTAL_SECONDS: Final = 30.0
RETRY_AFTER_REFUSAL_SECONDS: Final = 0.1
# uvicorn closes an idle connection after 5 s; ours are given up before: no request meets a closing one.
KEEPALIVE_SECONDS: Final = 3.0
CONNECTIONS_PER_SERVICE: Final = 200
STREAMS_PER_SERVICE: Final = 1000
# A service sends a heartbeat every 5 s: what is silent for so long is dead.
STREAM_IDLE_SECONDS: Final = 20.0
EVENT_STREAM: Final = "text/event-stream"
READS: Final = frozenset({"GET", "HEAD"})
# What aiohttp would add by itself; the caller's own fields pass unchanged.
_NOT_ADDED: Final = ("User-Agent", "Accept", "Accept-Encoding", "Content-Type")

_log = structlog.get_logger("gateway.edge")


class AnswerBroken(Exception):
    """The service died while its answer was passing; all that is left is to close the connection."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """How long an exchange may take, in seconds, and how many there may be at once with one service.

    An answer of server-sent events lasts as long as its service wants (which ends it with the caller's token): it is
    bounded by the silence between two pieces, and counted among the streams instead of the calls.
    """

    connect: float = CONNECT_SECONDS
    total: float = TOTAL_SECONDS
    idle: float = STREAM_IDLE_SECONDS
    calls: int = CONNECTIONS_PER_SERVICE
    streams: int = STREAMS_PER_SERVICE


class Proxy:
    """Calls and streams to each service. `upstreams`: area → base address."""

    def __init__(self, upstreams: dict[str, str], bounds: Bounds | None = None) -> None:
        self._bounds = bounds or Bounds()
        self._bases = {area: address.rstrip("/") for area, address in upstreams.items()}
        self._calls = {area: asyncio.Semaphore(self._bounds.calls) for area in upstreams}
        self._streams = {area: asyncio.Semaphore(self._bounds.streams) for area in upstreams}
        self._timeout = aiohttp.ClientTimeout(sock_connect=self._bounds.connect)
        self._session: aiohttp.ClientSession | None = None

    @property
    def session(self) -> aiohttp.ClientSession:
        """The HTTP client; made at first use, as it belongs to the running event loop. It waits without end for an
        answer unless the request says otherwise.
        """
        if self._session is None:
            connector = aiohttp.TCPConnector(limit=0, keepalive_timeout=KEEPALIVE_SECONDS)
            self._session = aiohttp.ClientSession(
                connector=connector,
                timeout=self._timeout,
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=_NOT_ADDED,
                trust_env=False,
            )
        return self._session

    async def close(self) -> None:
        """Close the pooled connections."""
        if self._session is not None:
            await self._session.close()
            self._session = None

    def base(self, area: str) -> str:
        """The address of a service; 503 for an area that this stack does not run."""
        base = self._bases.get(area)
        if base is None:
            raise errors.upstream_away(area)
        return base

    async def forward(self, area: str, scope: Scope, body: Body, send: Send, fields: list[tuple[str, str]]) -> None:
        """Send the request on with these header fields, the answer back; 413, 503 or 504 as ServiceError.

        AnswerBroken when the service dies after its answer began.
        """
        base, begun = self.base(area), False
        try:
            async with (
                asyncio.timeout(self._bounds.total) as patience,
                _Place(self._calls[area], self._streams[area]) as place,
                await self._answer(base, scope, body, fields) as answer,
            ):
                begun = True
                if answer.headers.get("Content-Type", "").startswith(EVENT_STREAM):
                    await place.move(area)
                    patience.reschedule(None)
                    await _pass_events(area, answer, body, send, self._bounds.idle)
                else:
                    await _pass_back(area, answer, send, headless=scope["method"] == "HEAD")
        except TimeoutError as error:
            if begun:
                raise _broken(area, error) from error
            raise errors.upstream_slow(area) from None
        except aiohttp.ClientError as error:
            if body.refusal is not None:
                raise body.refusal from None
            _log.warning("upstream_unreachable", service=area, error=type(error).__name__)
            raise errors.upstream_away(area) from None

    async def _answer(
        self, base: str, scope: Scope, body: Body, fields: list[tuple[str, str]]
    ) -> aiohttp.ClientResponse:
        target = scope["raw_path"].decode("latin-1")
        if scope["query_string"]:
            target += "?" + scope["query_string"].decode("latin-1")
        url = URL(base + target, encoded=True)
        method: str = scope["method"]
        try:
            return await self._ask(method, url, body, fields)
        except aiohttp.ClientConnectorError:
            # Refused before a byte was sent, perhaps while the service restarts: reading twice is harmless.
            if method not in READS or body.expected:
                raise
        await asyncio.sleep(RETRY_AFTER_REFUSAL_SECONDS)
        return await self._ask(method, url, body, fields)

    async def _ask(self, method: str, url: URL, body: Body, fields: list[tuple[str, str]]) -> aiohttp.ClientResponse:
        data: bytes | AsyncIterator[bytes] | None = None
        if body.expected:
            data = await body.data()
        return await self.session.request(method, url, headers=fields, data=data, allow_redirects=False)


class _Place:
    """A place among the calls of a service, which an event stream gives up for one among its streams."""

    __slots__ = ("_calls", "_held", "_streams")

    def __init__(self, calls: asyncio.Semaphore, streams: asyncio.Semaphore) -> None:
        self._calls = self._held = calls
        self._streams = streams

    async def __aenter__(self) -> _Place:
        await self._calls.acquire()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._held.release()

    async def move(self, area: str) -> None:
        """To the streams; 503 when there is no place."""
        if self._streams.locked():
            raise errors.streams_full(area)
        await self._streams.acquire()
        self._held, held = self._streams, self._held
        held.release()


class Body:
    """The caller's body on its way to the service: counted, never held."""

    def __init__(self, scope: Scope, receive: Receive, limit: int) -> None:
        self._receive = receive
        self._limit = limit
        self._seen = 0
        self.refusal: ServiceError | None = None
        length = headers.find(scope["headers"], b"content-length")
        chunked = headers.find(scope["headers"], b"transfer-encoding") is not None
        self.expected = chunked or (length is not None and length != b"0")
        if length is not None and (not length.isdigit() or int(length) > limit):
            raise errors.body_too_large(limit)

    async def receive(self) -> Message:
        """The next piece as ASGI tells it; PayloadTooLarge when it is one too many."""
        message = await self._receive()
        self._seen += len(message.get("body", b""))
        if self._seen > self._limit:
            self.refusal = errors.body_too_large(self._limit)
            raise self.refusal
        return message

    async def gone(self) -> None:
        """Return when the caller has gone. For whoever has nothing more to send."""
        while (await self._receive())["type"] != "http.disconnect":
            pass

    async def data(self) -> bytes | AsyncIterator[bytes]:
        """The whole body when it came with the head, as most do (aiohttp needs no task then), else its pieces."""
        first, more = await self._piece()
        return self._pieces(first) if more else first

    async def _pieces(self, first: bytes) -> AsyncIterator[bytes]:
        """Breaks off when the body is longer than the limit or the caller is gone."""
        piece, more = first, True
        while True:
            if piece:
                yield piece
            if not more:
                return
            piece, more = await self._piece()

    async def _piece(self) -> tuple[bytes, bool]:
        message = await self.receive()
        if message["type"] == "http.disconnect":
            raise aiohttp.ClientConnectionError("the caller went away while sending")
        return message.get("body", b""), message.get("more_body", False)


async def _pass_back(area: str, answer: aiohttp.ClientResponse, send: Send, *, headless: bool) -> None:
    await send(_head(answer))
    try:
        # A small answer has arrived with its head, so it leaves in one message; a stream passes as it comes.
        while not headless and not answer.content.at_eof():
            if await _pass_piece(answer, send):
                return
    except aiohttp.ClientError as error:
        raise _broken(area, error) from error
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _pass_events(area: str, answer: aiohttp.ClientResponse, body: Body, send: Send, idle: float) -> None:
    """Piece by piece, each at most `idle` seconds on its way, until the service ends it or the caller has gone.

    A server drops silently what is sent to a caller who has gone: it has to be asked.
    """
    gone = asyncio.create_task(body.gone())
    try:
        await send(_head(answer))
        while not gone.done():
            async with asyncio.timeout(idle):
                if await _pass_piece(answer, send):
                    return
    except (aiohttp.ClientError, TimeoutError) as error:
        raise _broken(area, error) from error
    finally:
        gone.cancel()


def _head(answer: aiohttp.ClientResponse) -> Message:
    fields = headers.answered(answer.raw_headers)
    return {"type": "http.response.start", "status": answer.status, "headers": fields}


async def _pass_piece(answer: aiohttp.ClientResponse, send: Send) -> bool:
    """Whether it was the last one."""
    chunk = await answer.content.readany()
    last = answer.content.at_eof()
    await send({"type": "http.response.body", "body": chunk, "more_body": not last})
    return last


def _broken(area: str, error: Exception) -> AnswerBroken:
    _log.warning("answer_broken", service=area, error=type(error).__name__)
    return AnswerBroken(area)
