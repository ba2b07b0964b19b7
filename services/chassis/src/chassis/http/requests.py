"""How a request is read: bounded bytes, JSON parsed once and strictly, the right content type."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Coroutine
from typing import Any

from fastapi.routing import APIRoute
from starlette.requests import Request
from starlette.responses import Response

from chassis.errors import PayloadTooLarge, UnsupportedMediaType
from chassis.http.json import parse_json

DEFAULT_BODY_LIMIT = 1024 * 1024
"""Bytes; a route with uploads says more with FastAPI's own `max_body_size=`."""

BODY_LIMIT = "zhulian.body_limit"
_MISSING = object()


class BoundedRequest(Request):
    """A request whose body is counted while it arrives, and whose JSON is parsed at most once."""

    _parsed: Any = _MISSING

    async def stream(self) -> AsyncGenerator[bytes, None]:
        """The body in pieces; PayloadTooLarge BODY_TOO_LARGE as soon as it is more than the route takes."""
        limit: int = self.scope.get(BODY_LIMIT, DEFAULT_BODY_LIMIT)
        announced = self.headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > limit:
            raise body_too_large(limit)
        received = 0
        async for piece in super().stream():
            received += len(piece)
            if received > limit:
                raise body_too_large(limit)
            yield piece

    async def json(self) -> Any:
        """The body as `parse_json` reads it; the same object each time."""
        if self._parsed is _MISSING:
            self._parsed = parse_json(await self.body())
        return self._parsed


def body_too_large(limit: int) -> PayloadTooLarge:
    """The refusal of a body with more than `limit` bytes."""
    return PayloadTooLarge(
        "BODY_TOO_LARGE",
        zh=f"请求体超过 {limit} 字节。",
        en=f"The body has more than {limit} bytes.",
        metadata={"limit": str(limit)},
    )


def is_json(content_type: str) -> bool:
    """Whether a Content-Type names JSON in UTF-8 (parameters other than charset do not matter)."""
    kind, _, parameters = content_type.partition(";")
    if kind.strip().lower() != "application/json":
        return False
    charset = parameters.strip().lower()
    return not charset.startswith("charset=") or charset[8:].strip('" ') == "utf-8"


class JsonRoute(APIRoute):
    """A route that reads its body before FastAPI does, because FastAPI would turn our refusals
    into a bare 400.
    """

    body_limit: int = DEFAULT_BODY_LIMIT

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler with a BoundedRequest."""
        answer = super().get_route_handler()
        takes_json = self.body_field is not None

        async def handle(request: Request) -> Response:
            request.scope[BODY_LIMIT] = self.body_limit
            bounded = request if isinstance(request, BoundedRequest) else BoundedRequest(request.scope, request.receive)
            if takes_json and await bounded.body():
                require_json(bounded)
                await bounded.json()
            return await answer(bounded)

        return handle


def require_json(request: Request) -> None:
    """UnsupportedMediaType unless the headers announce plain JSON in UTF-8."""
    if request.headers.get("content-encoding", "identity") != "identity":
        raise UnsupportedMediaType(
            "CONTENT_ENCODING_UNSUPPORTED",
            zh="不接受压缩的请求体。",
            en="Compressed bodies are not accepted.",
        )
    if not is_json(request.headers.get("content-type", "")):
        raise UnsupportedMediaType(
            "CONTENT_TYPE_UNSUPPORTED",
            zh="不支持的内容类型,须为:application/json。",
            en="The content type must be application/json in UTF-8.",
        )
