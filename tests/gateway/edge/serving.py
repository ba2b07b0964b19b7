"""Real servers for the tests of the edge: an upstream that tells what it got, and the edge in front of it."""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, nullcontext, suppress
from datetime import UTC, datetime
from typing import Any

import uvicorn
from starlette.types import ASGIApp, Receive, Scope, Send

from chassis.clock import FrozenClock
from chassis.http.middleware import Drain
from chassis.identity import Kind, Principal, Role
from chassis.ids import new_id
from chassis.keys import KeySet
from chassis.tokens import PUBLIC_AUDIENCE, TokenVerifier
from gateway.edge.app import EdgeApp, Parts
from gateway.edge.health import Neighbours
from gateway.edge.limits import RateLimiter
from gateway.edge.openapi import MergedOpenApi
from gateway.edge.proxy import Bounds, Proxy
from tests.chassis.token_corpus import ISSUER, Signer

NOON = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)
PIECE = b"0123456789abcdef" * 4096


def member() -> Principal:
    """Somebody in an organisation of their own."""
    return Principal("user-1", "zhulian-demo", new_id(), frozenset({Kind.CONTRACTOR}), frozenset({Role.VIEWER}))


@asynccontextmanager
async def served(app: ASGIApp) -> AsyncIterator[str]:
    """The address of an application behind a real uvicorn on loopback."""
    config = uvicorn.Config(
        app,
        host="127.0.0.1",
        port=0,
        log_config=None,
        access_log=False,
        lifespan="off",
        server_header=False,
        date_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    server.capture_signals = nullcontext  # type: ignore[method-assign, assignment]
    running = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
        if running.done():
            running.result()
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        server.force_exit = True
        await running


class Upstream:
    """A service that tells what arrived, and answers as its path says."""

    def __init__(self) -> None:
        self.requests: list[tuple[str, str]] = []
        self.ended = asyncio.Event()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path: str = scope["path"]
        self.requests.append((scope["method"], path))
        if path.endswith("/slow"):
            await asyncio.sleep(5)
        if path.endswith("/dies"):
            await self._half(send, scope["query_string"])
            raise RuntimeError("the service dies in the middle of its answer")
        if path.endswith("/events"):
            await self._events(float(scope["query_string"] or 60), send)
        elif path.endswith("/stream"):
            await self._stream(int(scope["query_string"]), send)
        elif path.endswith("/hop"):
            await self._hop(send)
        elif path.endswith("/early"):
            await _json(send, 403, {"early": True})
        else:
            await self._echo(scope, receive, send)

    async def _echo(self, scope: Scope, receive: Receive, send: Send) -> None:
        digest, size, more = hashlib.sha256(), 0, True
        while more:
            message = await receive()
            if message["type"] == "http.disconnect":
                return
            piece = message.get("body", b"")
            digest.update(piece)
            size += len(piece)
            more = message.get("more_body", False)
        told = {
            "method": scope["method"],
            "path": scope["raw_path"].decode(),
            "query": scope["query_string"].decode(),
            "headers": [[name.decode(), value.decode("latin-1")] for name, value in scope["headers"]],
            "size": size,
            "sha256": digest.hexdigest(),
        }
        await _json(send, 200, told)

    async def _half(self, send: Send, length: bytes) -> None:
        fields = [(b"content-length", length)] if length else []
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": b"half of it", "more_body": True})

    async def _stream(self, pieces: int, send: Send) -> None:
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(pieces):
            await send({"type": "http.response.body", "body": PIECE, "more_body": True})
        await send({"type": "http.response.body", "body": b""})

    async def _events(self, beat: float, send: Send) -> None:
        """Two events, between which somebody sets `ended`; until then a heartbeat every `beat` seconds."""
        fields = [(b"content-type", b"text/event-stream; charset=utf-8")]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": b"data: 1\n\n", "more_body": True})
        while not self.ended.is_set():
            with suppress(TimeoutError):
                await asyncio.wait_for(self.ended.wait(), beat)
                break
            await send({"type": "http.response.body", "body": b": \n\n", "more_body": True})
        await send({"type": "http.response.body", "body": b"data: 2\n\n"})

    async def _hop(self, send: Send) -> None:
        fields = [
            (b"connection", b"x-inner, keep-alive"),
            (b"x-inner", b"secret of this hop"),
            (b"keep-alive", b"timeout=5"),
            (b"proxy-authenticate", b"Basic"),
            (b"x-outer", b"passes"),
            (b"set-cookie", b"a=1"),
            (b"set-cookie", b"b=2"),
            (b"x-frame-options", b"ALLOWALL"),
            (b"ratelimit", b'"inner";r=0'),
            (b"server", b"inner/1.0"),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": fields})
        await send({"type": "http.response.body", "body": b"{}"})


async def _json(send: Send, status: int, value: Any) -> None:
    body = json.dumps(value).encode()
    fields = [(b"content-type", b"application/json"), (b"content-length", str(len(body)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": body})


class Gate:
    """The edge in front of one upstream for `projects`; `labour` has an address where nobody listens."""

    def __init__(self, upstream: str, dead: str, **changes: Any) -> None:
        self.clock = FrozenClock(NOON)
        self.signer = Signer(clock=self.clock)
        self.seen: list[Principal] = []
        self.own = Upstream()
        limit = changes.pop("body_limit", 10 * 1024 * 1024)
        bounds = Bounds(**({"connect": 1.0} | changes.pop("bounds", {})))
        requests, window = changes.pop("rate", (1000, 60))
        self.proxy = Proxy({"projects": upstream, "labour": dead}, bounds)
        keys = KeySet.static(self.signer.jwks())
        parts: dict[str, Any] = {
            "verifier": TokenVerifier(keys, ISSUER, PUBLIC_AUDIENCE, self.clock),
            "proxy": self.proxy,
            "limiter": RateLimiter(requests, window, self.clock),
            "openapi": MergedOpenApi({}),
            "neighbours": Neighbours({}),
            "report": _ready,
            "drain": Drain(),
            "body_limit": limit,
            "seen": self.seen.append,
        }
        self.app = EdgeApp(self.own, Parts(**(parts | changes)))


async def _ready() -> tuple[bool, dict[str, Any]]:
    return True, {"status": "ready", "parts": {"database": "ok"}}
