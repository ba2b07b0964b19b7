"""One process of a service: REST, gRPC, relay, consumers and jobs on one event loop, from start to graceful stop."""

from __future__ import annotations

import asyncio
import gc
import signal
from collections.abc import Coroutine
from contextlib import nullcontext, suppress
from typing import Any

import structlog
import uvicorn
from fastapi import FastAPI
from nats.aio.client import Client
from pydantic import SecretStr

from chassis import jobs, logs, streams, telemetry
from chassis.clock import SystemClock
from chassis.database import Database
from chassis.gauges import Gauges
from chassis.http.app import create_app
from chassis.http.openapi import document_bytes
from chassis.http.protocol import HttpProtocol
from chassis.identity import service_principal
from chassis.keys import KeySet
from chassis.rpc.server import GrpcServer
from chassis.runtime import Runtime, Service
from chassis.service_tokens import ServiceTokens
from chassis.settings import Environment, Settings
from chassis.tokens import INTERNAL_AUDIENCE, PUBLIC_AUDIENCE, TokenVerifier
from chassis.work import Works

log = structlog.get_logger()

SEEN_WITHIN = 0.5
STOP_WITHIN = 6.0
NATS_RETRY = 1.0


class DatabaseSettings(Environment):
    """What a command needs that only looks into the database."""

    database_url: SecretStr


def openapi_document(service: Service) -> bytes:
    """The service's OpenAPI 3.1 document as JSON bytes."""
    return document_bytes(create_app(service))


class Process:
    """The running parts, in the order in which they start; they stop in reverse."""

    def __init__(self, service: Service, settings: Settings) -> None:
        self.service = service
        self.settings = settings
        self.clock = SystemClock()
        self.keys = KeySet.of_issuer(settings.issuer)
        database = Database(
            settings.database_url.get_secret_value(), size=settings.database_pool_size, name=service.name
        )
        self.runtime = Runtime(
            settings=settings,
            database=database,
            works=Works(database, self.clock, jobs.enqueue),
            clock=self.clock,
            verifier=TokenVerifier(self.keys, settings.issuer, PUBLIC_AUDIENCE, self.clock),
            service_tokens=ServiceTokens.of_issuer(
                settings.issuer, settings.client_id, settings.client_secret.get_secret_value()
            ),
        )
        self.app: FastAPI = create_app(service)
        self.app.state.runtime = self.runtime
        self.nats: Client | None = None
        self._consumers: list[streams.Consumer] = []
        self._relay: streams.Relay | None = None
        self._gauges = Gauges(database, service.subscriptions, lambda: self.nats)
        self._tasks: list[asyncio.Task[None]] = []
        self._stopping = asyncio.Event()
        self._died: BaseException | None = None

    async def run(self) -> None:
        """Start everything, serve until SIGTERM or SIGINT, stop everything."""
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self._stopping.set)
        await self.keys.start()
        self.runtime.clients.update(self.service.clients(self.runtime))
        grpc = await self._start_grpc()
        runner = self._job_runner()
        self._task(self._streams())
        self._task(runner.run())
        self._task(self._gauges.run())
        server = self._http_server()
        self._register_checks()
        # What is alive now lives as long as the process: keep the collector from walking it at every full pass.
        gc.collect()
        gc.freeze()
        http = asyncio.create_task(server.serve())
        await asyncio.wait([http, asyncio.create_task(self._stopping.wait())], return_when=asyncio.FIRST_COMPLETED)
        log.info("process.stopping")
        self.app.state.drain.begin()
        # Who balances over replicas sees /readyz fail before the door closes.
        await asyncio.sleep(SEEN_WITHIN)
        await self._stop(server, http, grpc, runner)
        if self._died is not None:
            raise RuntimeError("a part of the process has died") from self._died

    async def _start_grpc(self) -> GrpcServer | None:
        if self.settings.grpc_port is None:
            return None
        server = GrpcServer(
            host=self.settings.grpc_host,
            port=self.settings.grpc_port,
            registrations=self.service.rpc(self.runtime),
            verifier=TokenVerifier(self.keys, self.settings.issuer, INTERNAL_AUDIENCE, self.clock),
            works=self.runtime.works,
        )
        await server.start()
        return server

    def _job_runner(self) -> jobs.JobRunner:
        return jobs.JobRunner(
            self.settings.database_url.get_secret_value(),
            self.service.jobs,
            self.runtime,
            service_principal(self.service.name),
        )

    def _http_server(self) -> uvicorn.Server:
        config = uvicorn.Config(
            self.service.wrap(self.app, self.runtime),
            host=self.settings.rest_host,
            port=self.settings.rest_port,
            http=HttpProtocol,
            log_config=None,
            access_log=False,
            server_header=False,
            date_header=False,
            # The caller's address is that of its socket; uvicorn would believe X-Forwarded-For from loopback.
            proxy_headers=False,
            timeout_graceful_shutdown=int(STOP_WITHIN),
            h11_max_incomplete_event_size=64 * 1024,
            lifespan="off",
        )
        server = uvicorn.Server(config)
        # Signals are handled here, in one place for all parts.
        server.capture_signals = nullcontext  # type: ignore[method-assign, assignment]
        return server

    def _register_checks(self) -> None:
        health = self.app.state.health
        health.add("database", self.runtime.database.ping)
        health.add("keys", self._check_keys)
        health.add("nats", self._check_nats)

    async def _check_keys(self) -> None:
        if not self.keys.ready:
            raise ConnectionError("no signing keys have been fetched yet")

    async def _check_nats(self) -> None:
        if self.nats is None or not self.nats.is_connected:
            raise ConnectionError("NATS is away")

    def _task(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or task.exception() is None:
            return
        # A loop that ended by an exception nobody foresaw must not leave a half-alive process: stop, be restarted.
        log.error("process.part_died", exc_info=task.exception())
        self._died = task.exception()
        self._stopping.set()

    async def _streams(self) -> None:
        """Connect to NATS whenever it is there, then run the relay and the consumers."""
        settings = self.settings
        while self.nats is None and not self._stopping.is_set():
            try:
                self.nats = await streams.connect(
                    settings.nats_url,
                    settings.nats_user,
                    settings.nats_password.get_secret_value(),
                    self.service.name,
                )
            except (streams.NatsError, OSError, TimeoutError) as error:
                log.warning("nats.away", error=repr(error))
                await asyncio.sleep(NATS_RETRY)
        if self.nats is None:
            return
        self._relay = streams.Relay(self.runtime.database, self.nats, self.service.name, self.clock)
        self.runtime.works.woken = self._relay.wake
        # Facts that queue for a lock leave half of the connections to requests.
        turns = asyncio.Semaphore(settings.database_pool_size // 2)
        self._consumers = [
            streams.Consumer(self.nats, self.runtime.works, self.service.name, subscription, turns)
            for subscription in self.service.subscriptions
        ]
        await asyncio.gather(self._relay.run(), *(consumer.run() for consumer in self._consumers))

    async def _stop(
        self,
        server: uvicorn.Server,
        http: asyncio.Task[None],
        grpc: GrpcServer | None,
        runner: jobs.JobRunner,
    ) -> None:
        """Requests are finished first: what they commit, the relay still publishes. All within ten seconds."""
        server.should_exit = True
        await asyncio.gather(http, *([grpc.stop(STOP_WITHIN)] if grpc else []))
        runner.stop()
        self._gauges.stop()
        for consumer in self._consumers:
            consumer.stop()
        if self._relay is not None:
            self._relay.stop()
        _, late = await asyncio.wait(self._tasks, timeout=STOP_WITHIN / 2)
        for task in late:
            task.cancel()
        await asyncio.gather(*late, return_exceptions=True)
        if self.nats is not None:
            with suppress(streams.NatsError, TimeoutError):
                await asyncio.wait_for(self.nats.close(), 1)
        for channel in self.runtime.clients.get("channels", ()):
            await channel.close()
        await self.runtime.service_tokens.close()
        await self.keys.close()
        await self.runtime.database.close()
        log.info("process.stopped", cancelled=len(late))


async def serve(service: Service) -> None:
    """Run a service from its environment until it is told to stop."""
    settings = service.settings()
    logs.configure(service.name, settings.log_level)
    recording = telemetry.configure(service.name, settings)
    try:
        await Process(service, settings).run()
    finally:
        recording.shutdown()
