"""Calls to another service: a deadline on each, the time left passed on, retries only when it is away.

Refusals of the other side come back as the ServiceError that it raised (design rule 8).
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable
from typing import Any

import grpc
import structlog
from google.protobuf.message import Message
from opentelemetry.trace import SpanKind

from chassis import logs, telemetry
from chassis.errors import (
    DeadlineExceeded,
    ResourceExhausted,
    ServiceError,
    Unauthenticated,
    Unavailable,
    internal,
)
from chassis.rpc.deadline import remaining
from chassis.rpc.server import MESSAGE_LIMIT
from chassis.rpc.status import METADATA_LIMIT, from_rpc_error
from chassis.service_tokens import TokenSource
from chassis.work import write_open

TIMEOUT = 2.0
ATTEMPTS = 4
_FIRST_PAUSE = 0.05
_log = structlog.get_logger(__name__)

OPTIONS: tuple[tuple[str, int], ...] = (
    ("grpc.max_receive_message_length", MESSAGE_LIMIT),
    ("grpc.max_send_message_length", MESSAGE_LIMIT),
    ("grpc.max_metadata_size", METADATA_LIMIT),
    ("grpc.absolute_max_metadata_size", METADATA_LIMIT),
    # A peer that vanished without a word is noticed within fifteen seconds, also while nothing is asked.
    ("grpc.keepalive_time_ms", 10_000),
    ("grpc.keepalive_timeout_ms", 5_000),
    ("grpc.http2.ping_timeout_ms", 5_000),  # grpcio 1.85 waits a minute for the ping's answer without this one
    ("grpc.keepalive_permit_without_calls", 1),
    ("grpc.http2.max_pings_without_data", 0),
    # After a restart of the peer the connection is back within two seconds (the default is up to two
    # minutes).
    ("grpc.initial_reconnect_backoff_ms", 100),
    ("grpc.min_reconnect_backoff_ms", 1_000),
    ("grpc.max_reconnect_backoff_ms", 2_000),
    ("grpc.enable_http_proxy", 0),
    ("grpc.service_config_disable_resolution", 1),
)


class Channel:
    """The connection to one other service. Make it once the event loop runs, never before a fork.

    `address` is `host:port`, `tokens` gives this service's own token, `name` is the other service's name.
    """

    def __init__(self, address: str, tokens: TokenSource, name: str) -> None:
        if not address:
            raise ValueError(f"no gRPC address of {name} is set")
        asyncio.get_running_loop()  # RuntimeError without one: the channel would belong to another loop
        self.name = name
        self._tokens = tokens
        self._channel = grpc.aio.insecure_channel(address, options=OPTIONS)
        self._stubs: dict[Callable[[grpc.aio.Channel], Any], Any] = {}

    async def call(
        self,
        stub: Callable[[grpc.aio.Channel], Any],
        method: str,
        request: Message,
        *,
        timeout: float = TIMEOUT,  # noqa: ASYNC109 - it is sent to the other side, too
    ) -> Any:
        """Ask `method` of the generated `stub` class and wait at most `timeout` seconds, or what our own
        caller still waits, whichever is less.

        Raises what the other side refused with; Unavailable <SERVICE>_UNAVAILABLE when it cannot be reached
        after some tries, DeadlineExceeded <SERVICE>_DEADLINE_EXCEEDED, Internal for what nobody foresaw.
        AssertionError while a write transaction is open (design rule 6).
        """
        if write_open.get():
            raise AssertionError(f"{self.name} is asked inside an open write transaction (design rule 6)")
        left = remaining()
        ends_at = time.monotonic() + (timeout if left is None else min(timeout, left))
        ask = getattr(self._stub(stub), method)
        attributes = {"rpc.system": "grpc", "peer.service": self.name}
        with telemetry.span(f"{self.name}/{method}", SpanKind.CLIENT, attributes):
            return await self._tried(ask, request, ends_at)

    async def close(self) -> None:
        """Let go of the connection; calls under way are cancelled."""
        await self._channel.close()

    def _stub(self, stub: Callable[[grpc.aio.Channel], Any]) -> Any:
        if stub not in self._stubs:
            self._stubs[stub] = stub(self._channel)
        return self._stubs[stub]

    async def _tried(self, ask: Any, request: Message, ends_at: float) -> Any:
        for attempt in range(1, ATTEMPTS + 1):
            token = await self._token(ends_at)
            try:
                return await ask(request, timeout=self._left(ends_at), metadata=_metadata(token))
            except grpc.aio.AioRpcError as failure:
                refused, pause = self._judged(failure, attempt, token)
            if pause is None or time.monotonic() + pause >= ends_at:
                raise refused
            await asyncio.sleep(pause)
        raise AssertionError("the last attempt returns or raises")

    def _judged(self, failure: grpc.aio.AioRpcError, attempt: int, token: str) -> tuple[ServiceError, float | None]:
        """What the caller gets, and after how many seconds to try again first (None: not again)."""
        said = from_rpc_error(failure)
        if isinstance(said, Unauthenticated) and said.reason.startswith("TOKEN_"):
            # It is our own token that is not taken (the realm has new keys, say), so the user's 401 it is
            # not.
            self._tokens.refused(token)
            _log.warning("rpc.token_refused", peer=self.name, reason=said.reason)
            return internal(), 0.0 if attempt == 1 else None
        if failure.code() is not grpc.StatusCode.UNAVAILABLE or attempt == ATTEMPTS:
            return said or self._failed(failure), None
        backoff = _FIRST_PAUSE * 2 ** (attempt - 1) * random.uniform(0.5, 1.5)  # noqa: S311 - no secret
        asked = said.retry_after if said is not None else None
        return said or self._failed(failure), max(backoff, asked or 0.0)

    def _failed(self, failure: grpc.aio.AioRpcError) -> ServiceError:
        """The error for a call that gRPC itself ended."""
        match failure.code():
            case grpc.StatusCode.UNAVAILABLE | grpc.StatusCode.CANCELLED:
                return Unavailable(
                    f"{self._prefix}_UNAVAILABLE",
                    zh=f"服务 {self.name} 暂时不可用,请稍后重试。",
                    en=f"The service {self.name} is away for the moment; try again.",
                    metadata={"service": self.name},
                    retry_after=2.0,
                )
            case grpc.StatusCode.DEADLINE_EXCEEDED:
                return self._too_late()
            case grpc.StatusCode.RESOURCE_EXHAUSTED:
                return ResourceExhausted(
                    f"{self._prefix}_BUSY",
                    zh=f"服务 {self.name} 繁忙,请稍后重试。",
                    en=f"The service {self.name} is busy; try again.",
                    metadata={"service": self.name},
                    retry_after=1.0,
                )
            case code:
                _log.error("rpc.call_failed", peer=self.name, code=code.name, details=failure.details())
                return internal()

    async def _token(self, ends_at: float) -> str:
        try:
            async with asyncio.timeout(self._left(ends_at)):
                return await self._tokens.token()
        except TimeoutError:
            raise self._too_late() from None

    def _left(self, ends_at: float) -> float:
        left = ends_at - time.monotonic()
        if left <= 0:
            raise self._too_late()
        return left

    def _too_late(self) -> DeadlineExceeded:
        return DeadlineExceeded(
            f"{self._prefix}_DEADLINE_EXCEEDED",
            zh=f"服务 {self.name} 未在规定时间内答复,请稍后重试。",
            en=f"The service {self.name} did not answer in time; try again.",
            metadata={"service": self.name},
            retry_after=2.0,
        )

    @property
    def _prefix(self) -> str:
        return self.name.upper().replace("-", "_")


def _metadata(token: str) -> list[tuple[str, str]]:
    headers = {"authorization": f"Bearer {token}"}
    if request_id := logs.request_id.get():
        headers["x-request-id"] = request_id
    telemetry.inject(headers)
    return list(headers.items())
