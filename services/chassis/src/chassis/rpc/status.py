"""google.rpc.Status: the other of the two codecs of ServiceError (design rule 8), lossless both ways.

Reason, metadata and the exact class travel in `ErrorInfo`, the two texts in `LocalizedMessage`, faults of a
payload in `BadRequest`, the pause in `RetryInfo` (https://google.aip.dev/193).
"""

from __future__ import annotations

from collections.abc import Iterable

import grpc
from google.protobuf.any_pb2 import Any as AnyMessage
from google.protobuf.message import DecodeError
from google.rpc import error_details_pb2 as details
from google.rpc.status_pb2 import Status

from chassis.errors import ERROR_CLASSES, Internal, ServiceError, Violation

DOMAIN = "zhulian"
DETAILS_KEY = "grpc-status-details-bin"
METADATA_LIMIT = 256 * 1024
"""Bytes of metadata that both ends of a connection take; gRPC's own 8 KB are too few for many violations."""

_CLASS_KEY = "zhulian-class"
_CHINESE, _ENGLISH = "zh-CN", "en"
_LARGEST_STATUS = 128 * 1024
_LONGEST_MESSAGE = 200
_NANOS = 10**9
_CLASSES = {cls.__name__: cls for cls in ERROR_CLASSES}


def to_status(error: ServiceError) -> Status:
    """The status of an error. Violations beyond what metadata can carry are left out and counted.

    `message` is the English text, cut, for programs that know nothing of ours; it is in the details in full.
    """
    violations = list(error.violations)
    status = _status(error, violations, omitted=0)
    while violations and status.ByteSize() > _LARGEST_STATUS:
        violations = violations[: len(violations) // 2]
        status = _status(error, violations, omitted=len(error.violations) - len(violations))
    return status


def from_status(status: Status) -> ServiceError | None:
    """The error that `to_status` wrote, of the same class; None when somebody else wrote the status."""
    found = _Parts()
    try:
        for packed in status.details:
            found.read(packed)
    except DecodeError:
        return None
    cls = _CLASSES.get(found.metadata.pop(_CLASS_KEY, ""))
    if cls is None or found.reason is None or cls.grpc_code.value[0] != status.code:
        return None
    return cls(
        found.reason,
        zh=found.texts.get(_CHINESE, ""),
        en=found.texts.get(_ENGLISH, ""),
        metadata=found.metadata,
        violations=found.violations,
        retry_after=found.retry_after,
    )


def from_rpc_error(error: grpc.aio.AioRpcError) -> ServiceError | None:
    """The error that another service of the platform refused with; None when gRPC itself failed."""
    for key, value in error.trailing_metadata() or ():
        if key == DETAILS_KEY and isinstance(value, bytes):
            try:
                return from_status(Status.FromString(value))
            except DecodeError:
                return None
    return None


def trailers(error: ServiceError) -> tuple[grpc.StatusCode, str, tuple[tuple[str, bytes], ...]]:
    """Code, message and trailing metadata with which a servicer aborts a call."""
    status = to_status(error)
    return error.grpc_code, status.message, ((DETAILS_KEY, status.SerializeToString()),)


class _Parts:
    """What the details of a status hold."""

    def __init__(self) -> None:
        self.reason: str | None = None
        self.metadata: dict[str, str] = {}
        self.texts: dict[str, str] = {}
        self.violations: list[Violation] = []
        self.retry_after: float | None = None

    def read(self, packed: AnyMessage) -> None:
        """Take one detail in; kinds that are not ours are passed over."""
        info, text = details.ErrorInfo(), details.LocalizedMessage()
        request, retry = details.BadRequest(), details.RetryInfo()
        if packed.Unpack(info):
            if info.domain == DOMAIN:
                self.reason, self.metadata = info.reason, dict(info.metadata)
        elif packed.Unpack(text):
            self.texts[text.locale] = text.message
        elif packed.Unpack(request):
            self.violations = [
                Violation(fault.field, fault.reason, zh=fault.localized_message.message, en=fault.description)
                for fault in request.field_violations
            ]
        elif packed.Unpack(retry):
            delay = retry.retry_delay
            # One division of whole numbers: the nearest float, the one that was sent.
            self.retry_after = (delay.seconds * _NANOS + delay.nanos) / _NANOS


def _status(error: ServiceError, violations: Iterable[Violation], omitted: int) -> Status:
    status = Status(code=error.grpc_code.value[0], message=_text(error.en)[:_LONGEST_MESSAGE])
    info = details.ErrorInfo(reason=error.reason, domain=DOMAIN)
    for key, value in error.metadata.items():
        info.metadata[_text(key)] = _text(value)
    if omitted:
        info.metadata["violations_omitted"] = str(omitted)
    info.metadata[_CLASS_KEY] = _class_of(error).__name__
    status.details.add().Pack(info)
    for locale, text in ((_CHINESE, error.zh), (_ENGLISH, error.en)):
        status.details.add().Pack(details.LocalizedMessage(locale=locale, message=_text(text)))
    request = details.BadRequest(field_violations=[_field_violation(one) for one in violations])
    if request.field_violations:
        status.details.add().Pack(request)
    if error.retry_after is not None:
        retry = details.RetryInfo()
        retry.retry_delay.seconds, retry.retry_delay.nanos = divmod(round(error.retry_after * _NANOS), _NANOS)
        status.details.add().Pack(retry)
    return status


def _field_violation(fault: Violation) -> details.BadRequest.FieldViolation:
    return details.BadRequest.FieldViolation(
        field=_text(fault.pointer),
        reason=_text(fault.code),
        description=_text(fault.en),
        localized_message=details.LocalizedMessage(locale=_CHINESE, message=_text(fault.zh)),
    )


def _class_of(error: ServiceError) -> type[ServiceError]:
    """The nearest class that both codecs know; a service may have a narrower one of its own."""
    return next((cls for cls in type(error).__mro__ if _CLASSES.get(cls.__name__) is cls), Internal)


def _text(value: str) -> str:
    """Protobuf refuses lone surrogates, and a refusal must not fail because it quotes one."""
    return value.encode("utf-8", "replace").decode()
