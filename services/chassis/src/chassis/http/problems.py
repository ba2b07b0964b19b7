"""RFC 9457 problem+json: one of the two codecs of ServiceError (design rule 8), lossless in both
directions.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import orjson
from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import Scope

from chassis.errors import (
    ERROR_CLASSES,
    Aborted,
    AlreadyExists,
    DeadlineExceeded,
    FailedPrecondition,
    Internal,
    InvalidArgument,
    MalformedRequest,
    NotFound,
    PayloadTooLarge,
    PermissionDenied,
    ResourceExhausted,
    ServiceError,
    Unauthenticated,
    Unavailable,
    UnsupportedMediaType,
    Violation,
    internal,
)
from chassis.http.language import CHINESE, ENGLISH, preferred_language

MEDIA_TYPE = "application/problem+json"
_TYPE_PREFIX = "urn:zhulian:problem:"


class MethodNotAllowed(InvalidArgument):
    """The path exists, the method does not; only the HTTP door knows this one."""

    http_status = 405


_CLASSES: Mapping[str, type[ServiceError]] = {cls.__name__: cls for cls in (*ERROR_CLASSES, MethodNotAllowed)}


def to_problem(
    error: ServiceError, language: str = CHINESE, request_id: str = "", instance: str | None = None
) -> dict[str, Any]:
    """The problem document of an error; `language` is zh-CN or en, `instance` the path of the request.

    `title` is the class and `code` the reason: the two that programs switch on. The texts of both languages
    are in `details`, so that a caller who logs Chinese can show English, and so that nothing is lost on the
    way back.
    """
    problem: dict[str, Any] = {
        "type": _TYPE_PREFIX + error.reason.lower().replace("_", "-"),
        "title": type(error).__name__,
        "status": error.http_status,
        "code": error.reason,
        "detail": error.detail(language),
        "details": {CHINESE: error.zh, ENGLISH: error.en},
        "errors": [
            {
                "pointer": fault.pointer,
                "code": fault.code,
                "detail": fault.en if language == ENGLISH else fault.zh,
                "details": {CHINESE: fault.zh, ENGLISH: fault.en},
            }
            for fault in error.violations
        ],
        "metadata": dict(error.metadata),
        "request_id": request_id,
    }
    if instance is not None:
        problem["instance"] = instance
    if error.retry_after is not None:
        problem["retry_after"] = error.retry_after
    return problem


def from_problem(status: int, body: Mapping[str, Any]) -> ServiceError:
    """The error that `to_problem` wrote; anything else (a proxy's page) becomes Internal, or Unavailable for
    502–504.
    """
    cls = _CLASSES.get(str(body.get("title")))
    details = body.get("details")
    if cls is None or cls.http_status != status or not isinstance(details, Mapping):
        return _foreign(status)
    return cls(
        str(body["code"]),
        zh=str(details[CHINESE]),
        en=str(details[ENGLISH]),
        metadata={str(key): str(value) for key, value in body.get("metadata", {}).items()},
        violations=[
            Violation(fault["pointer"], fault["code"], zh=fault["details"][CHINESE], en=fault["details"][ENGLISH])
            for fault in body.get("errors", ())
        ],
        retry_after=body.get("retry_after"),
    )


def _foreign(status: int) -> ServiceError:
    if status in (502, 503, 504):
        return Unavailable(
            "UPSTREAM_UNAVAILABLE",
            zh="上游服务暂时不可用,请稍后重试。",
            en="The service behind this one is away for the moment; try again.",
            retry_after=2.0,
        )
    return internal()


def problem_response(error: ServiceError, scope: Scope, headers: Mapping[str, str] | None = None) -> Response:
    """The answer to the request of `scope`, in its language, with Retry-After and
    WWW-Authenticate where due.
    """
    language = preferred_language(_header(scope, b"accept-language"))
    problem = to_problem(error, language, request_id=scope.get("request_id", ""), instance=scope.get("path"))
    response = Response(orjson.dumps(problem), status_code=error.http_status, media_type=MEDIA_TYPE)
    answer = response.headers
    answer["Content-Language"] = language
    answer["Cache-Control"] = "no-store"
    _add_class_headers(error, answer)
    if headers:
        answer.update(headers)
    return response


def _add_class_headers(error: ServiceError, answer: MutableHeaders) -> None:
    if error.retry_after is not None:
        # RFC 9110: whole seconds; rounded up, so that nobody is told to come too early.
        answer["Retry-After"] = str(max(1, math.ceil(error.retry_after)))
    if isinstance(error, Unauthenticated):
        # RFC 6750, 3.1: no error attribute when the request carried no token.
        challenge = 'Bearer realm="zhulian"'
        answer["WWW-Authenticate"] = (
            challenge if error.reason == "TOKEN_MISSING" else challenge + ', error="invalid_token"'
        )


def _header(scope: Scope, name: bytes) -> str | None:
    for key, value in scope.get("headers", ()):
        if key == name:
            return bytes(value).decode("latin-1")
    return None


COMMON: tuple[type[ServiceError], ...] = (
    MalformedRequest,
    Unauthenticated,
    PermissionDenied,
    InvalidArgument,
    ResourceExhausted,
    Internal,
    Unavailable,
)
"""What every route may answer."""

_SAMPLES: Mapping[type[ServiceError], tuple[str, str, str]] = {
    MalformedRequest: ("JSON_MALFORMED", "请求内容不是有效的 JSON。", "The body is not valid JSON."),
    Unauthenticated: ("TOKEN_EXPIRED", "令牌已过期。", "The token has expired."),
    PermissionDenied: ("ROLE_MISSING", "当前身份无权执行此操作。", "This identity may not do this."),
    InvalidArgument: ("INVALID_ARGUMENT", "请求内容有误。", "The request has faults; see errors."),
    PayloadTooLarge: ("BODY_TOO_LARGE", "请求体超过 1048576 字节。", "The body has more than 1048576 bytes."),
    UnsupportedMediaType: ("CONTENT_TYPE_UNSUPPORTED", "不支持的内容类型。", "This content type is not read here."),
    NotFound: ("NOT_FOUND", "未找到该资源。", "There is no such thing."),
    AlreadyExists: ("ALREADY_EXISTS", "该编号已存在。", "This code is taken."),
    FailedPrecondition: ("INVALID_STATE", "当前状态不允许此操作。", "The state does not allow this."),
    Aborted: (
        "VERSION_MISMATCH",
        "数据已被修改,请重新读取。",
        "It has changed since it was read; read it again.",
    ),
    ResourceExhausted: ("RATE_LIMITED", "请求过于频繁。", "Too many requests."),
    Unavailable: ("DATABASE_UNAVAILABLE", "数据库暂时不可用。", "The database is away for the moment."),
    DeadlineExceeded: ("TOO_SLOW", "处理超时。", "This took too long."),
}
_WITH_RETRY = frozenset({ResourceExhausted, Unavailable, DeadlineExceeded})


def sample(cls: type[ServiceError]) -> ServiceError:
    """An instance for examples in the documentation and in tests."""
    reason, zh, en = _SAMPLES.get(cls, ("INTERNAL", internal().zh, internal().en))
    faults = (Violation("/lines/0/quantity", "TOO_PRECISE", zh="最多允许 6 位小数", en="at most 6 decimal places"),)
    return cls(
        reason,
        zh=zh,
        en=en,
        violations=faults if cls is InvalidArgument else (),
        retry_after=2.0 if cls in _WITH_RETRY else None,
    )


def problems(*classes: type[ServiceError]) -> dict[int | str, dict[str, Any]]:
    """FastAPI's `responses=` for the errors that a route names, and always for those that every route may
    answer.
    """
    by_status: dict[int, list[type[ServiceError]]] = {}
    for cls in dict.fromkeys((*classes, *COMMON)):
        by_status.setdefault(cls.http_status, []).append(cls)
    return {status: _response(by_status[status]) for status in sorted(by_status)}


def _response(classes: list[type[ServiceError]]) -> dict[str, Any]:
    examples = {cls.__name__: {"value": to_problem(sample(cls), request_id="0199c0de")} for cls in classes}
    return {
        "description": " / ".join(_first_line(cls) for cls in classes),
        "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}, "examples": examples}},
    }


def _first_line(cls: type[ServiceError]) -> str:
    return (cls.__doc__ or cls.__name__).strip().partition("\n")[0]
