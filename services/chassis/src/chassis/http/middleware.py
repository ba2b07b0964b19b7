"""What happens around every request, in one pure ASGI layer (BaseHTTPMiddleware halves the throughput).

Request id, trace, metrics, the count of requests in flight, and the last resort for exceptions that nobody
caught. Security headers and rate limits are the gateway's.
"""

from __future__ import annotations

import asyncio
import re
from time import perf_counter

import structlog
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import logs, telemetry
from chassis.http.problems import problem_response
from chassis.ids import new_id
from chassis.refusals import refusal

_SANE_ID = re.compile(rb"[A-Za-z0-9._-]{8,64}")
QUIET = frozenset({"/livez", "/readyz", "/openapi.json"})
"""Asked every few seconds by machines; neither traced nor measured."""

_log = structlog.get_logger(__name__)


class Drain:
    """Whether the process still takes requests, and how many are in its hands."""

    def __init__(self) -> None:
        self.draining = False
        self.in_flight = 0
        self._idle = asyncio.Event()
        self._idle.set()

    def begin(self) -> None:
        """From now on /readyz answers 503; requests that still arrive are answered."""
        self.draining = True

    def entered(self) -> None:
        """One more request."""
        self.in_flight += 1
        self._idle.clear()

    def left(self) -> None:
        """One request less."""
        self.in_flight -= 1
        if self.in_flight == 0:
            self._idle.set()

    async def wait(self, timeout: float) -> bool:  # noqa: ASYNC109 - the caller's budget for stopping
        """Wait until nothing is in flight, at most `timeout` seconds; whether that came about."""
        try:
            await asyncio.wait_for(self._idle.wait(), timeout)
        except TimeoutError:
            return False
        return True


class RequestLayer:
    """The outermost layer of a service's HTTP application."""

    def __init__(self, app: ASGIApp, drain: Drain) -> None:
        self.app = app
        self.drain = drain

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id, traceparent = _incoming(scope)
        scope["request_id"] = request_id
        token = logs.request_id.set(request_id)
        self.drain.entered()
        try:
            if scope["path"] in QUIET:
                await self._guarded(scope, receive, _Sender(send, request_id))
            else:
                await self._observed(scope, receive, _Sender(send, request_id), traceparent)
        finally:
            self.drain.left()
            logs.request_id.reset(token)

    async def _observed(self, scope: Scope, receive: Receive, sender: _Sender, origin: str | None) -> None:
        started = perf_counter()
        with telemetry.server_span(scope["method"], origin) as span:
            try:
                await self._guarded(scope, receive, sender)
            finally:
                route = _route(scope)
                telemetry.finish_server_span(span, scope["method"], route, sender.status)
                telemetry.request_seconds(perf_counter() - started, scope["method"], route, sender.status)

    async def _guarded(self, scope: Scope, receive: Receive, sender: _Sender) -> None:
        try:
            await self.app(scope, receive, sender)
        except Exception as error:
            refused = refusal(error)
            if refused.http_status >= 500:
                _log.exception("request.failed", method=scope["method"], route=_route(scope), code=refused.reason)
            if sender.status is not None:
                raise  # half of an answer is out: only breaking the connection tells the caller
            await problem_response(refused, scope)(scope, receive, sender)


class _Sender:
    """Adds the request id to the answer and remembers its status."""

    __slots__ = ("request_id", "send", "status")

    def __init__(self, send: Send, request_id: str) -> None:
        self.send = send
        self.request_id = request_id
        self.status: int | None = None

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            message["headers"] = [
                *message.get("headers", ()),
                (b"x-request-id", self.request_id.encode()),
            ]
        await self.send(message)


def _incoming(scope: Scope) -> tuple[str, str | None]:
    request_id: str | None = None
    traceparent: str | None = None
    for name, value in scope["headers"]:
        if name == b"x-request-id" and _SANE_ID.fullmatch(value):
            request_id = value.decode()
        elif name == b"traceparent":
            traceparent = value.decode("latin-1")
    return request_id or new_id().hex, traceparent


def _route(scope: Scope) -> str:
    # The template, never the path: ids would make a metric series of each request.
    return getattr(scope.get("route"), "path", "unmatched")
