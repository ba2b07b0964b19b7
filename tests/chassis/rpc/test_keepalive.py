"""The pings of a connection: a peer that vanished is noticed, one that is there takes no offence."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from grpc._cython import cygrpc  # type: ignore[attr-defined]

from chassis.rpc import client, server
from chassis.rpc.client import Channel
from tests.chassis.rpc.peer import Peer, ask
from tests.chassis.rpc.test_client import asked, hang

MIN_PING_INTERVAL = "grpc.http2.min_ping_interval_without_data_ms"
PING = b"\x00\x00\x08\x06\x00\x00\x00\x00\x00"
"""The head of an HTTP/2 PING frame that is not an answer (RFC 9113, 6.7)."""


class Wire:
    """A TCP relay before the peer whose connections can fall silent without being closed."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._silent: set[int] = set()
        self.connections = 0
        self.pings = 0
        self._tasks: list[asyncio.Task[None]] = []
        self.port = 0

    async def start(self) -> None:
        """Listen."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = self._server.sockets[0].getsockname()[1]

    def forward_to(self, port: int) -> None:
        """Connections from now on lead to another peer."""
        self._port = port

    def cut(self) -> None:
        """What is sent over today's connections does not arrive, and nobody is told."""
        self._silent.update(range(self.connections))

    async def stop(self) -> None:
        """End."""
        self._server.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        there, back = await asyncio.open_connection("127.0.0.1", self._port)
        number = self.connections
        self.connections += 1
        self._tasks += [
            asyncio.create_task(self._pass(number, reader, back, upwards=True)),
            asyncio.create_task(self._pass(number, there, writer, upwards=False)),
        ]

    async def _pass(
        self, number: int, source: asyncio.StreamReader, target: asyncio.StreamWriter, *, upwards: bool
    ) -> None:
        try:
            while data := await source.read(65_536):
                self.pings += data.count(PING) if upwards else 0
                if number not in self._silent:
                    target.write(data)
        finally:
            target.close()


@pytest.fixture
async def wire(peer: Peer) -> AsyncIterator[Wire]:
    made = Wire(peer.server.port)
    await made.start()
    yield made
    await made.stop()


async def test_a_peer_that_falls_silent_is_noticed(peer: Peer, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    quick = {
        "grpc.keepalive_time_ms": 300,
        "grpc.keepalive_timeout_ms": 300,
        "grpc.http2.ping_timeout_ms": 300,
    }
    assert quick.keys() <= dict(client.OPTIONS).keys()
    monkeypatch.setattr(client, "OPTIONS", tuple({**dict(client.OPTIONS), **quick}.items()))
    channel = Channel(f"127.0.0.1:{wire.port}", peer.tokens, "project-mgmt")
    answer = peer.projects.answering
    peer.projects.answering = hang
    call = asyncio.create_task(ask(channel, timeout=40))
    await asked(peer)
    wire.cut()
    peer.projects.answering = answer
    async with asyncio.timeout(20):
        # The keepalive ends the first try, the second goes over a new connection.
        assert (await call).roles
    assert peer.projects.asked == 2
    await channel.close()


async def test_a_connection_that_nobody_uses_stays(peer: Peer, wire: Wire, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pings without a call or an answer: a server that allows one strike only does not take them for an abuse."""
    quick = {"grpc.keepalive_time_ms": dict(client.OPTIONS)["grpc.keepalive_time_ms"] // 50}
    strict = {
        MIN_PING_INTERVAL: dict(server.OPTIONS)[MIN_PING_INTERVAL] // 50,
        "grpc.http2.max_ping_strikes": 1,
    }
    monkeypatch.setattr(client, "OPTIONS", tuple({**dict(client.OPTIONS), **quick}.items()))
    monkeypatch.setattr(server, "OPTIONS", tuple({**dict(server.OPTIONS), **strict}.items()))
    patient = Peer()
    await patient.start()
    wire.forward_to(patient.server.port)
    channel = Channel(f"127.0.0.1:{wire.port}", patient.tokens, "project-mgmt")
    first = await ask(channel)
    for _ in range(2_000):
        if wire.pings >= 4:
            break
        await asyncio.sleep(0.01)
    second = await ask(channel)
    await channel.close()
    await patient.close()
    assert first == second
    assert (wire.connections, wire.pings >= 4) == (1, True)


def test_the_keepalive_of_clients_is_what_servers_permit() -> None:
    """gRPC's rules for keepalive: a ping below the server's interval is a strike, the third strike ends it."""
    asks, permits = dict(client.OPTIONS), dict(server.OPTIONS)
    assert asks["grpc.keepalive_time_ms"] >= 2 * permits[MIN_PING_INTERVAL]
    assert asks["grpc.keepalive_timeout_ms"] <= asks["grpc.keepalive_time_ms"]
    for side in (asks, permits):
        assert side["grpc.keepalive_permit_without_calls"] == 1
        assert side["grpc.http2.max_pings_without_data"] == 0
        assert side["grpc.http2.ping_timeout_ms"] == side["grpc.keepalive_timeout_ms"]


def test_grpc_knows_every_option_that_is_set() -> None:
    """It ignores a name that it does not know without a word."""
    program = Path(cygrpc.__file__).read_bytes()
    names = {name for name, _ in (*client.OPTIONS, *server.OPTIONS)}
    assert sorted(name for name in names if name.encode() not in program) == []
