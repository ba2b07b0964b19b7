"""The gRPC server of a service: token, allow-list, deadline, one Work, errors as status (design rules 1, 3,
8).

A servicer's methods only translate; `@rpc(callers=…)` names the services that may call each. The health
service and reflection need no token: they show nothing but names.
"""

from __future__ import annotations

import asyncio
import inspect
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar, cast

import grpc
import structlog
from google.protobuf.descriptor import ServiceDescriptor
from google.protobuf.message import DecodeError, Message
from grpc_health.v1 import health, health_pb2, health_pb2_grpc
from grpc_reflection.v1alpha import reflection
from opentelemetry.trace import SpanKind

from chassis import logs, metrics, telemetry
from chassis.errors import Internal, InvalidArgument, MalformedRequest, PermissionDenied, ServiceError
from chassis.identity import Principal
from chassis.refusals import refusal
from chassis.rpc.deadline import within
from chassis.rpc.status import METADATA_LIMIT, trailers
from chassis.tokens import TokenVerifier, bearer
from chassis.work import Work

MESSAGE_LIMIT = 4 * 1024 * 1024
_MARK = "__zhulian_callers__"
_log = structlog.get_logger(__name__)

OPTIONS: tuple[tuple[str, int], ...] = (
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ("grpc.max_metadata_size", METADATA_LIMIT),
    ("grpc.absolute_max_metadata_size", METADATA_LIMIT),
    # Two processes on one port would each get a part of the calls; the second must fail at its start instead.
    ("grpc.so_reuseport", 0),
    # Clients look every ten seconds whether we are there (client.py). By default three pings within five minutes
    # without data end the connection as abuse; half of their interval leaves room for pings that come late.
    ("grpc.http2.min_ping_interval_without_data_ms", 5_000),
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    ("grpc.keepalive_time_ms", 30_000),
    ("grpc.keepalive_timeout_ms", 10_000),
    ("grpc.http2.ping_timeout_ms", 10_000),
)

Servicer = TypeVar("Servicer")
Request = TypeVar("Request", bound=Message)
Answer = TypeVar("Answer", bound=Message)
Method = Callable[[Servicer, Work, Request], Awaitable[Answer]]
Generated = Callable[[Servicer, Request, Any], Awaitable[Answer]]


class OpensWork(Protocol):
    """What makes a Work for a call: `chassis.work.Works`."""

    def open(self, principal: Principal) -> AbstractAsyncContextManager[Work]:
        """A Work that commits when the block ends well."""
        ...


def rpc(
    *, callers: tuple[str, ...]
) -> Callable[[Method[Servicer, Request, Answer]], Generated[Servicer, Request, Answer]]:
    """Mark a servicer's method `async def Name(self, work, request)` and name the services that may call it.

    The method stays what it is (a test may call it with a Work); the cast only reconciles its type with the
    generated base class, whose methods take (request, context).
    """
    if not callers:
        raise ValueError("an rpc without callers is one that nobody needs")

    def mark(method: Method[Servicer, Request, Answer]) -> Generated[Servicer, Request, Answer]:
        if not inspect.iscoroutinefunction(method):
            raise TypeError(f"{method.__qualname__} must be a coroutine function (self, work, request)")
        setattr(method, _MARK, frozenset(callers))
        return cast("Generated[Servicer, Request, Answer]", method)

    return mark


def callers_of(descriptor: ServiceDescriptor, servicer: type) -> dict[str, tuple[str, ...]]:
    """Who may call what: full method name → names of services, sorted. TypeError for a method without
    mark.
    """
    return {method.full_name: tuple(sorted(_callers(servicer, method.name))) for method in descriptor.methods}


@dataclass(frozen=True)
class Registration:
    """One servicer: its descriptor, the object, and the generated `add_<Name>Servicer_to_server`."""

    descriptor: ServiceDescriptor
    servicer: object
    add: Callable[[Any, grpc.aio.Server], None]


@dataclass(frozen=True, slots=True)
class _Rpc:
    """A method as the door sees it."""

    name: str
    callers: frozenset[str]
    run: Callable[[Work, Message], Awaitable[Message]]
    read: Callable[[bytes], Message]


class GrpcServer:
    """Serves registrations on `host:port` (port 0: any free one, see `port`).

    `verifier` is for INTERNAL_AUDIENCE. At most `concurrent` calls run at once; more get RESOURCE_EXHAUSTED.
    TypeError at once for a servicer with a method that is not marked with `rpc`.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        registrations: list[Registration],
        verifier: TokenVerifier,
        works: OpensWork,
        concurrent: int = 256,
    ) -> None:
        self._address = f"{host}:{port}"
        self._verifier = verifier
        self._works = works
        self._concurrent = concurrent
        self._handlers = [(one.descriptor.full_name, _handlers(one, self._behaviour)) for one in registrations]
        self._health = health.aio.HealthServicer()
        self._server: grpc.aio.Server | None = None
        self.port = port

    async def start(self) -> None:
        """Listen; OSError when the port is taken."""
        server = grpc.aio.server(options=OPTIONS, maximum_concurrent_rpcs=self._concurrent)
        names = [name for name, _ in self._handlers]
        for name, handlers in self._handlers:
            server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(name, handlers),))
            await self._health.set(name, health_pb2.HealthCheckResponse.SERVING)
        health_pb2_grpc.add_HealthServicer_to_server(self._health, server)
        reflection.enable_server_reflection([*names, health.SERVICE_NAME, reflection.SERVICE_NAME], server)
        try:
            self.port = server.add_insecure_port(self._address)
        except RuntimeError as error:
            raise OSError(f"cannot listen on {self._address} for gRPC") from error
        await server.start()
        self._server = server

    async def stop(self, grace: float) -> None:
        """Answer NOT_SERVING, take no new calls, let those that run finish within `grace` seconds."""
        if self._server is None:
            return
        await self._health.enter_graceful_shutdown()
        await self._server.stop(grace)
        self._server = None

    def _behaviour(self, method: _Rpc) -> Callable[[bytes, Any], Awaitable[bytes]]:
        async def behaviour(body: bytes, context: Any) -> bytes:
            outcome = await self._measured(method, body, context)
            if isinstance(outcome, ServiceError):
                # Outside the span and outside any `except`: abort works by raising.
                await context.abort(*trailers(outcome))
            return cast(bytes, outcome)

        return behaviour

    async def _measured(self, method: _Rpc, body: bytes, context: Any) -> bytes | ServiceError:
        started = time.perf_counter()
        headers = {key: value for key, value in context.invocation_metadata() or () if isinstance(value, str)}
        logs.request_id.set(headers.get("x-request-id", "")[:64])
        code = grpc.StatusCode.CANCELLED
        try:
            with telemetry.span(
                method.name, SpanKind.SERVER, {"rpc.system": "grpc"}, parent=telemetry.extract(headers)
            ) as span:
                outcome = await self._outcome(method, body, context, headers)
                code = outcome.grpc_code if isinstance(outcome, ServiceError) else grpc.StatusCode.OK
                span.set_attribute("rpc.grpc.status_code", code.value[0])
                if isinstance(outcome, ServiceError) and outcome.http_status >= 500:
                    telemetry.fail(span, outcome)
            return outcome
        finally:
            seconds = time.perf_counter() - started
            metrics.rpc_seconds.record(seconds, {"method": method.name, "code": code.name})

    async def _outcome(
        self, method: _Rpc, body: bytes, context: Any, headers: Mapping[str, str]
    ) -> bytes | ServiceError:
        try:
            allowed = _allowed_time(context)
            with within(allowed):
                async with asyncio.timeout(allowed):
                    return await self._answer(method, body, headers)
        # An edge of the process: whatever nobody foresaw is logged here and shown to nobody.
        except Exception as error:  # noqa: BLE001
            refused = refusal(error)
            if isinstance(refused, Internal):
                _log.error("rpc.failed", method=method.name, exc_info=error)
            elif refused is not error:
                _log.warning("rpc.refused", method=method.name, reason=refused.reason, cause=repr(error))
            return refused

    async def _answer(self, method: _Rpc, body: bytes, headers: Mapping[str, str]) -> bytes:
        principal = await self._verifier.service(bearer(headers.get("authorization")))
        if principal.service not in method.callers:
            raise _not_allowed(principal, method)
        try:
            request = method.read(body)
        except DecodeError:
            raise _malformed(method) from None
        async with self._works.open(principal) as work:
            answer = await method.run(work, request)
        return answer.SerializeToString()


class _Recorder:
    """Stands in for the server while the generated code registers, to learn how messages are read."""

    def __init__(self) -> None:
        self.handlers: dict[str, Any] = {}

    def add_generic_rpc_handlers(self, _: object) -> None:
        """The same handlers again, in a form that cannot be looked into."""

    def add_registered_method_handlers(self, _: str, method_handlers: Mapping[str, Any]) -> None:
        """The handlers by method name."""
        self.handlers.update(method_handlers)


def _handlers(
    registration: Registration, behaviour: Callable[[_Rpc], Callable[[bytes, Any], Awaitable[bytes]]]
) -> dict[str, Any]:
    recorder = _Recorder()
    registration.add(registration.servicer, cast(grpc.aio.Server, recorder))
    service = registration.descriptor
    named = {method.name for method in service.methods}
    if named != set(recorder.handlers):
        raise TypeError(f"the generated code of {service.full_name} is not that of its descriptor")
    made: dict[str, Any] = {}
    for name, generated in recorder.handlers.items():
        if generated.unary_unary is None:
            raise TypeError(f"{service.full_name}/{name} streams; answers between services do not")
        method = _Rpc(
            name=f"{service.full_name}/{name}",
            callers=_callers(type(registration.servicer), name),
            run=getattr(registration.servicer, name),
            read=generated.request_deserializer,
        )
        # Bytes in, bytes out: a body that cannot be read is refused by us, after the token, with a reason.
        made[name] = grpc.unary_unary_rpc_method_handler(behaviour(method))
    return made


def _callers(servicer: type, name: str) -> frozenset[str]:
    callers: frozenset[str] | None = getattr(getattr(servicer, name, None), _MARK, None)
    if callers is None:
        raise TypeError(f"{servicer.__name__}.{name} is not marked with @rpc(callers=…)")
    return callers


def _allowed_time(context: Any) -> float:
    """Seconds until the caller stops waiting; InvalidArgument DEADLINE_REQUIRED when it would wait for
    ever.
    """
    seconds: float | None = context.time_remaining()
    if seconds is None:
        raise InvalidArgument(
            "DEADLINE_REQUIRED",
            zh="调用必须设置截止时间(deadline)。",
            en="A call must have a deadline.",
        )
    return seconds


def _not_allowed(principal: Principal, method: _Rpc) -> PermissionDenied:
    return PermissionDenied(
        "CALLER_NOT_ALLOWED",
        zh=f"服务 {principal.service} 无权调用 {method.name}。",
        en=f"The service {principal.service} may not call {method.name}.",
        metadata={"caller": str(principal.service), "method": method.name},
    )


def _malformed(method: _Rpc) -> MalformedRequest:
    return MalformedRequest(
        "REQUEST_MALFORMED",
        zh=f"无法解析 {method.name} 的请求消息。",
        en=f"The request message of {method.name} cannot be read.",
    )
