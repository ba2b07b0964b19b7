"""What the edge refuses for, before any service sees the request."""

from __future__ import annotations

from chassis.errors import (
    DeadlineExceeded,
    InvalidArgument,
    MalformedRequest,
    NotFound,
    PayloadTooLarge,
    ResourceExhausted,
    Unavailable,
)
from chassis.http.problems import MethodNotAllowed


class TargetTooLong(InvalidArgument):
    """Path and query together are longer than the edge takes."""

    http_status = 414


class HeadersTooLarge(InvalidArgument):
    """Too many header fields, or too many bytes in them (RFC 6585 §5)."""

    http_status = 431


def method_not_allowed(method: str) -> MethodNotAllowed:
    """405; CORS pre-flights (OPTIONS) end here too, as no foreign origin is let in."""
    return MethodNotAllowed(
        "METHOD_NOT_ALLOWED",
        zh=f"不支持 {method[:16]} 方法。",
        en=f"The method {method[:16]} is not supported.",
    )


def path_not_normal() -> MalformedRequest:
    """400 for a path that two parsers may read differently."""
    return MalformedRequest(
        "PATH_NOT_NORMAL",
        zh="路径不规范:不得含空段、“.”、“..”、反斜杠、编码后的斜杠或点,也不得以斜杠结尾。",
        en="The path is not normal: empty, . and .. segments, backslashes, encoded slashes or dots "
        "and a trailing slash are refused.",
    )


def no_such_route() -> NotFound:
    """404 for a prefix that belongs to no service."""
    return NotFound(
        "ROUTE_NOT_FOUND",
        zh="没有此路径,可用的接口见 /docs。",
        en="There is no such path; /docs lists what there is.",
    )


def target_too_long(limit: int) -> TargetTooLong:
    """414, naming the limit in bytes."""
    return TargetTooLong(
        "TARGET_TOO_LONG",
        zh=f"路径与查询参数合计超过 {limit} 字节。",
        en=f"Path and query together are longer than {limit} bytes.",
        metadata={"limit": str(limit)},
    )


def headers_too_large() -> HeadersTooLarge:
    """431."""
    return HeadersTooLarge(
        "HEADERS_TOO_LARGE",
        zh="请求头字段过多或过长。",
        en="There are too many header fields, or they are too long.",
    )


def body_too_large(limit: int) -> PayloadTooLarge:
    """413, naming the limit in bytes."""
    return PayloadTooLarge(
        "BODY_TOO_LARGE",
        zh=f"请求体超过 {limit} 字节。",
        en=f"The body is larger than {limit} bytes.",
        metadata={"limit": str(limit)},
    )


def rate_limited(retry_after: float) -> ResourceExhausted:
    """429 with the seconds after which one more request passes."""
    return ResourceExhausted(
        "RATE_LIMITED",
        zh=f"请求过于频繁,请在 {retry_after:.0f} 秒后重试。",
        en=f"Too many requests; try again in {retry_after:.0f} seconds.",
        retry_after=retry_after,
    )


def upstream_away(service: str) -> Unavailable:
    """503: the service cannot be reached. Repeating is safe, every POST carries its Idempotency-Key."""
    return Unavailable(
        "UPSTREAM_UNAVAILABLE",
        zh=f"{service} 服务暂不可用,请稍后以相同的 Idempotency-Key 重试。",
        en=f"The service {service} is away; try again later with the same Idempotency-Key.",
        metadata={"service": service},
        retry_after=2,
    )


def streams_full(service: str) -> Unavailable:
    """503: as many event streams of a service pass as one gateway takes."""
    return Unavailable(
        "STREAMS_FULL",
        zh=f"{service} 服务的实时推送连接已满,请稍后重连。",
        en=f"As many event streams of the service {service} are open as this gateway takes; come again later.",
        metadata={"service": service},
        retry_after=5,
    )


def upstream_slow(service: str) -> DeadlineExceeded:
    """504: no answer in time; whether it took effect is known after asking again with the same key."""
    return DeadlineExceeded(
        "UPSTREAM_TIMEOUT",
        zh=f"{service} 服务未在时限内答复,请以相同的 Idempotency-Key 重试以确认结果。",
        en=f"The service {service} did not answer in time; the same Idempotency-Key again tells the result.",
        metadata={"service": service},
        retry_after=2,
    )
