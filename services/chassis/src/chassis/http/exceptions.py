"""Exceptions of FastAPI and Starlette as problems; what is left reaches RequestLayer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import structlog
from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from chassis.errors import (
    Internal,
    MalformedRequest,
    NotFound,
    ResourceExhausted,
    ServiceError,
    Unauthenticated,
    Unavailable,
    internal,
)
from chassis.http.faults import malformed_json, request_refusal
from chassis.http.problems import MethodNotAllowed, problem_response
from chassis.http.requests import DEFAULT_BODY_LIMIT, body_too_large

_log = structlog.get_logger(__name__)


def install(app: FastAPI) -> None:
    """Register the handlers."""
    app.add_exception_handler(ServiceError, _service_error)
    app.add_exception_handler(RequestValidationError, _validation_error)
    app.add_exception_handler(HTTPException, _http_exception)


async def _service_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ServiceError)  # noqa: S101 - what it is registered for
    if isinstance(error, Internal):
        _log.error("request.failed", code=error.reason, exc_info=error)
    return problem_response(error, request.scope)


async def _validation_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - what it is registered for
    faults: list[Mapping[str, Any]] = list(error.errors())
    return problem_response(request_refusal(faults, error.body), request.scope)


async def _http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - what it is registered for
    headers = {"Allow": _allowed(request)} if error.status_code == 405 else error.headers
    return problem_response(http_refusal(error), request.scope, headers)


def _allowed(request: Request) -> str:
    """The methods of all routes with this path; Starlette names those of the first one only."""
    path = request.scope["path"]
    routes = [route for route in request.app.router.routes if isinstance(route, Route)]
    methods = {method for route in routes if route.path_regex.match(path) for method in route.methods or ()}
    return ", ".join(sorted(methods))


def http_refusal(error: HTTPException) -> ServiceError:
    """What a framework's HTTPException means; its English text is not for our callers."""
    cause = error.__cause__
    if isinstance(cause, ServiceError):
        return cause  # FastAPI wraps what reading a body raises
    known: dict[int, Callable[[], ServiceError]] = {
        400: malformed_json,
        401: _token_missing,
        404: route_unknown,
        405: _method_not_allowed,
        413: lambda: body_too_large(DEFAULT_BODY_LIMIT),
        429: _rate_limited,
        503: _unavailable,
    }
    make = known.get(error.status_code)
    if make is not None:
        return make()
    if error.status_code < 500:
        return MalformedRequest("REQUEST_MALFORMED", zh="请求无法识别。", en="The request cannot be read.")
    return internal()


def route_unknown() -> NotFound:
    """No route has this path."""
    return NotFound("NOT_FOUND", zh="未找到该资源。", en="There is no such thing.")


def _token_missing() -> Unauthenticated:
    return Unauthenticated("TOKEN_MISSING", zh="缺少访问令牌。", en="The access token is missing.")


def _method_not_allowed() -> MethodNotAllowed:
    return MethodNotAllowed("METHOD_NOT_ALLOWED", zh="该路径不支持此方法。", en="This path does not know this method.")


def _rate_limited() -> ResourceExhausted:
    return ResourceExhausted(
        "RATE_LIMITED", zh="请求过于频繁,请稍后重试。", en="Too many requests; try later.", retry_after=1.0
    )


def _unavailable() -> Unavailable:
    return Unavailable("UNAVAILABLE", zh="服务暂时不可用。", en="The service is away for the moment.", retry_after=2.0)
