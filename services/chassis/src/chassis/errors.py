"""The one error type of the platform (design rule 8).

Raised anywhere below a door; `chassis.http.problems` turns it into RFC 9457 problem+json and
`chassis.rpc.status` into `google.rpc.Status` with `ErrorInfo`; the gRPC client rebuilds it, so a
refusal of another service reaches the caller unchanged.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar

from grpc import StatusCode


@dataclass(frozen=True, slots=True)
class Violation:
    """One fault in a payload.

    `pointer` is an RFC 6901 JSON pointer into the body (`/lines/0/quantity`), or
    `query:page_size`, `header:If-Match`, `path:order_id` for what stands elsewhere.
    """

    pointer: str
    code: str
    zh: str
    en: str


@dataclass(eq=False)
class ServiceError(Exception):
    """A refusal that a caller can act on.

    `reason` is a stable SCREAMING_SNAKE code; `zh` and `en` say the same to people; `metadata` holds the
    values a program wants (all strings); `retry_after` is in seconds.
    """

    http_status: ClassVar[int] = 500
    grpc_code: ClassVar[StatusCode] = StatusCode.INTERNAL

    reason: str
    zh: str
    en: str
    metadata: Mapping[str, str] = field(default_factory=dict)
    violations: Sequence[Violation] = ()
    retry_after: float | None = None

    def __post_init__(self) -> None:
        super().__init__(f"{self.reason}: {self.en}")

    def detail(self, language: str) -> str:
        """The text in `zh-CN` or `en`."""
        return self.en if language == "en" else self.zh


class InvalidArgument(ServiceError):
    """The payload is wrong whatever the state of the world is."""

    http_status = 422
    grpc_code = StatusCode.INVALID_ARGUMENT


class MalformedRequest(InvalidArgument):
    """The request cannot be read at all (not JSON, a missing header)."""

    http_status = 400


class PayloadTooLarge(InvalidArgument):
    """The body is larger or deeper than this route takes."""

    http_status = 413


class UnsupportedMediaType(InvalidArgument):
    """The content type is not one that this route reads."""

    http_status = 415


class Unauthenticated(ServiceError):
    """No token, or one that is not ours."""

    http_status = 401
    grpc_code = StatusCode.UNAUTHENTICATED


class PermissionDenied(ServiceError):
    """A known caller without the role for this verb."""

    http_status = 403
    grpc_code = StatusCode.PERMISSION_DENIED


class NotFound(ServiceError):
    """No such thing, or not one that the caller may see (design rule 9)."""

    http_status = 404
    grpc_code = StatusCode.NOT_FOUND


class AlreadyExists(ServiceError):
    """A unique value is taken."""

    http_status = 409
    grpc_code = StatusCode.ALREADY_EXISTS


class FailedPrecondition(ServiceError):
    """The state of the world forbids it now."""

    http_status = 409
    grpc_code = StatusCode.FAILED_PRECONDITION


class Aborted(ServiceError):
    """The version in If-Match is not the current one."""

    http_status = 412
    grpc_code = StatusCode.ABORTED


class ResourceExhausted(ServiceError):
    """Too much at once; come back after `retry_after` seconds."""

    http_status = 429
    grpc_code = StatusCode.RESOURCE_EXHAUSTED


class Unavailable(ServiceError):
    """Something that this call needs is away; trying again is safe."""

    http_status = 503
    grpc_code = StatusCode.UNAVAILABLE


class DeadlineExceeded(ServiceError):
    """The time for this call is over; whether it took effect is known after asking again with the same key."""

    http_status = 504
    grpc_code = StatusCode.DEADLINE_EXCEEDED


class Internal(ServiceError):
    """An unknown fault; nothing of it is shown to the caller but the request id."""

    http_status = 500
    grpc_code = StatusCode.INTERNAL


ERROR_CLASSES: tuple[type[ServiceError], ...] = (
    InvalidArgument,
    MalformedRequest,
    PayloadTooLarge,
    UnsupportedMediaType,
    Unauthenticated,
    PermissionDenied,
    NotFound,
    AlreadyExists,
    FailedPrecondition,
    Aborted,
    ResourceExhausted,
    Unavailable,
    DeadlineExceeded,
    Internal,
)


def internal() -> Internal:
    """The answer to an exception nobody foresaw."""
    return Internal(
        "INTERNAL",
        zh="服务器内部错误,请凭请求编号联系平台。",
        en="An internal error occurred; quote the request id to the platform.",
    )


def invalid(*violations: Violation) -> InvalidArgument:
    """One InvalidArgument for all faults of a payload at once."""
    return InvalidArgument(
        "INVALID_ARGUMENT",
        zh="请求内容有误,详见 errors。",
        en="The request has faults; see errors.",
        violations=violations,
    )
