"""The edge as one pure ASGI application around the gateway's own one (`access`, health)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Final, Protocol
from uuid import UUID

import orjson
from opentelemetry.trace import SpanKind
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from chassis import telemetry
from chassis.errors import ServiceError
from chassis.http.middleware import Drain, RequestLayer
from chassis.identity import Principal
from chassis.tokens import bearer, chosen_organisation
from gateway.edge import docs, errors, headers, routes
from gateway.edge.health import Neighbours
from gateway.edge.limits import RateLimiter
from gateway.edge.openapi import MergedOpenApi
from gateway.edge.proxy import Body, Proxy

Report = Callable[[], Awaitable[tuple[bool, dict[str, Any]]]]

PROBES: Final = frozenset({b"/livez", b"/readyz"})
_FIELDS: Final = "zhulian.edge.fields"


class Verifier(Protocol):
    """`chassis.tokens.TokenVerifier`, as far as the edge needs it."""

    async def principal(self, token: str, organisation: UUID | None) -> Principal:
        """Who this token speaks for; Unauthenticated or PermissionDenied otherwise."""
        ...


@dataclass(frozen=True)
class Parts:
    """What the edge is made of.

    `seen` is told of every signed-in call; `report` is the process's own readiness.
    """

    verifier: Verifier
    proxy: Proxy
    limiter: RateLimiter
    openapi: MergedOpenApi
    neighbours: Neighbours
    report: Report
    drain: Drain
    body_limit: int
    seen: Callable[[Principal], None]


class _Template:
    """What the request layer takes for a route: the area only, as the edge knows no service's paths."""

    def __init__(self, path: str) -> None:
        self.path = path


_TEMPLATES: Final = {area: _Template(f"/{area}/{{path}}") for area in (*routes.AREAS, routes.OWN_AREA, "edge")}


class EdgeApp:
    """Checks every request, then forwards it, or hands it to the gateway's own application."""

    def __init__(self, own: ASGIApp, parts: Parts) -> None:
        self._own = own
        self._parts = parts
        self._observed = RequestLayer(self._dispatch, parts.drain)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request (or the process's life, which belongs to the own application)."""
        if scope["type"] == "lifespan":
            await self._own(scope, receive, send)
        elif scope["type"] == "http":
            await self._observed(scope, receive, _with_fields(scope, send))
        else:
            await send({"type": "websocket.close", "code": 1008})

    async def _dispatch(self, scope: Scope, receive: Receive, send: Send) -> None:
        route, principal = await self._admit(scope)
        scope["route"] = _TEMPLATES[route.area]
        if principal is not None:
            self._parts.seen(principal)
        if route.area == "edge":
            await self._page(scope, send)
            return
        body = Body(scope, receive, self._parts.body_limit)
        if route.area == routes.OWN_AREA:
            await self._own(_inner_scope(scope), body.receive, _inner_send(send))
        else:
            with telemetry.span(f"forward {route.area}", SpanKind.CLIENT):
                fields = _forwarded(scope, telemetry.traceparent())
                await self._parts.proxy.forward(route.area, scope, body, send, fields)

    async def _admit(self, scope: Scope) -> tuple[routes.Route, Principal | None]:
        """Path, header size, token and rate, in this order; every refusal counts for the caller's address."""
        if scope["raw_path"] in PROBES and scope["method"] in ("GET", "HEAD"):
            return routes.Route("edge", public=True), None  # asked by machines every second; never limited
        try:
            route = routes.route(scope["method"], scope["raw_path"], scope["query_string"])
            headers.check_size(scope["headers"])
            principal = None if route.public else await self._principal(scope)
        except ServiceError:
            self._count(scope, f"address:{_address(scope)}")
            raise
        who = f"address:{_address(scope)}" if principal is None else _client(principal)
        self._count(scope, who)
        return route, principal

    async def _principal(self, scope: Scope) -> Principal:
        token = bearer(_text(headers.find(scope["headers"], b"authorization")))
        organisation = chosen_organisation(_text(headers.find(scope["headers"], b"zhulian-organisation")))
        return await self._parts.verifier.principal(token, organisation)

    def _count(self, scope: Scope, client: str) -> None:
        verdict = self._parts.limiter.hit(client)
        scope[_FIELDS] = verdict.fields
        if not verdict.allowed:
            raise errors.rate_limited(verdict.reset)

    async def _page(self, scope: Scope, send: Send) -> None:
        path: str = scope["raw_path"].decode("latin-1")
        status, media_type = 200, b"application/json"
        if path == "/livez":
            body = b'{"status":"alive"}'
        elif path == "/readyz":
            status, body = await self._readiness()
        elif path == "/openapi.json":
            body = await self._parts.openapi.document()
        else:
            page = docs.pages()[path]
            body, media_type = page.body, page.media_type
        answer = [(b"content-type", media_type), (b"content-length", str(len(body)).encode())]
        await send({"type": "http.response.start", "status": status, "headers": answer})
        await send({"type": "http.response.body", "body": b"" if scope["method"] == "HEAD" else body})

    async def _readiness(self) -> tuple[int, bytes]:
        ready, report = await self._parts.report()
        states = await self._parts.neighbours.states()
        report["parts"] = {**report["parts"], **states}
        return 200 if ready else 503, orjson.dumps(report)


def _text(value: bytes | None) -> str | None:
    return None if value is None else value.decode("latin-1")


def _client(principal: Principal) -> str:
    return f"client:{principal.client_id}:{principal.organisation_id}"


def _address(scope: Scope) -> str:
    client = scope.get("client")
    return client[0] if client else "unknown"


def _forwarded(scope: Scope, traceparent: str | None) -> list[tuple[str, str]]:
    host = headers.find(scope["headers"], b"host") or b""
    fields = headers.forwarded(
        scope["headers"],
        client=_address(scope),
        scheme=scope["scheme"],
        host=host.decode("latin-1"),
        request_id=scope["request_id"],
    )
    if traceparent is not None:
        fields.append(("traceparent", traceparent))
    return fields


def _inner_scope(scope: Scope) -> Scope:
    """The same request for the own application, with the same header fields that a service would get."""
    passed = [
        (name.encode("latin-1"), value.encode("latin-1")) for name, value in _forwarded(scope, telemetry.traceparent())
    ]
    return {**scope, "headers": passed}


def _inner_send(send: Send) -> Send:
    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            message["headers"] = headers.answered(message.get("headers", ()))
        await send(message)

    return sender


def _with_fields(scope: Scope, send: Send) -> Send:
    """Adds the budget and the security fields to whatever answer goes out."""

    async def sender(message: Message) -> None:
        if message["type"] == "http.response.start":
            page = scope["path"].startswith("/docs")
            fields = list(message.get("headers", ()))
            if not any(name == b"cache-control" for name, _ in fields):
                fields.append((b"cache-control", b"public, max-age=3600" if page else b"no-store"))
            if message["status"] in (413, 431):
                fields.append((b"connection", b"close"))  # the rest of what was announced is not read
            fields.extend(scope.get(_FIELDS, ()))
            fields.extend(headers.security(scheme=scope["scheme"], docs=page))
            message["headers"] = fields
        await send(message)

    return sender
