"""Who may do what on the NATS server that we start, and what `configure` leaves there."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import nats
import pytest
from nats.aio.client import Client
from nats.errors import TimeoutError as NatsTimeoutError
from nats.js.errors import NotFoundError

from infra.contracts.paths import EVERYONE
from infra.nats import Nats, Reading, configure, load_subscriptions
from infra.nats.subscriptions import consumer_service, stream_of

APPROVED = "zhulian.procurement.orders.approved.v1"
BUDGETS = Reading("project-mgmt--orders-approved", "PROCUREMENT", APPROVED)
REPLICA = Reading("labour--projects-changed", "PROJECT_MGMT", "zhulian.project-mgmt.projects.changed.v1")


@pytest.fixture(scope="module")
def server() -> Iterator[Nats]:
    with Nats.temporary((BUDGETS, REPLICA)) as started:
        yield started


@pytest.fixture
async def configured(server: Nats) -> Nats:
    await server.configure()
    return server


@asynccontextmanager
async def client(server: Nats, service: str) -> AsyncIterator[tuple[Client, list[str]]]:
    """A connection as one of the users, and what the server refused it."""
    refused: list[str] = []

    async def note(error: Exception) -> None:
        refused.append(str(error))

    user = server.credentials(service)
    connection = await nats.connect(
        server.url, user=user.user, password=user.password, inbox_prefix=user.inbox_prefix.encode(), error_cb=note
    )
    try:
        yield connection, refused
    finally:
        await connection.close()


async def test_a_fact_goes_from_its_service_to_the_consumer_that_is_named(configured: Nats) -> None:
    async with client(configured, "procurement") as (sender, _), client(configured, "project-mgmt") as (reader, _):
        sent = await sender.jetstream().publish(APPROVED, b"fact")
        assert sent.stream == "PROCUREMENT"
        pull = await reader.jetstream().pull_subscribe_bind(BUDGETS.durable, stream="PROCUREMENT")
        [message] = await pull.fetch(1, timeout=5)
        assert message.data == b"fact"
        await message.ack_sync()
        assert (await pull.consumer_info()).num_ack_pending == 0


@pytest.mark.parametrize("subject", ["zhulian.labour.attendance.recorded.v1", "zhulian.project-mgmt.x.y.v1", "other"])
async def test_a_service_publishes_nothing_in_anothers_name(configured: Nats, subject: str) -> None:
    async with client(configured, "procurement") as (sender, refused):
        with pytest.raises(NatsTimeoutError):
            await sender.jetstream(timeout=0.3).publish(subject, b"forged")
        assert "permissions violation for publish" in refused[0]


async def test_a_service_cannot_pull_or_acknowledge_for_another(configured: Nats) -> None:
    async with client(configured, "labour") as (thief, refused):
        pull = await thief.jetstream(timeout=0.3).pull_subscribe_bind(BUDGETS.durable, stream="PROCUREMENT")
        with pytest.raises(NatsTimeoutError):
            await pull.fetch(1, timeout=0.3)
        await thief.publish(f"$JS.ACK.PROCUREMENT.{BUDGETS.durable}.1.1.1.1.0", b"+ACK")
        await thief.flush()
        await asyncio.sleep(0.1)
        assert len([each for each in refused if "publish" in each]) == 2


async def test_a_service_cannot_listen_to_facts_or_to_anothers_inbox(configured: Nats) -> None:
    async with client(configured, "labour") as (thief, refused):
        for subject in ("zhulian.>", "_INBOX_procurement.>", ">", "$JS.>"):
            await thief.subscribe(subject)
        await thief.flush()
        await asyncio.sleep(0.1)
        assert len([each for each in refused if "subscription" in each]) == 4


@pytest.mark.parametrize(
    "request_subject",
    [
        "$JS.API.STREAM.DELETE.PROCUREMENT",
        "$JS.API.STREAM.PURGE.PROCUREMENT",
        "$JS.API.STREAM.CREATE.MINE",
        "$JS.API.STREAM.MSG.GET.LABOUR",
        f"$JS.API.CONSUMER.DELETE.PROCUREMENT.{BUDGETS.durable}",
        "$JS.API.CONSUMER.CREATE.PROCUREMENT",
    ],
)
async def test_a_service_manages_nothing(configured: Nats, request_subject: str) -> None:
    async with client(configured, "procurement") as (meddler, refused):
        with pytest.raises(NatsTimeoutError):
            await meddler.request(request_subject, b"{}", timeout=0.3)
        assert refused


async def test_nobody_gets_in_without_a_password(configured: Nats) -> None:
    with socket.create_connection(("127.0.0.1", configured.port), timeout=5) as connection:
        connection.sendall(b'CONNECT {"verbose":true,"user":"procurement","pass":"wrong"}\r\nPING\r\n')
        answer = b"".join(iter(lambda: connection.recv(4096), b""))
    assert b"-ERR 'Authorization Violation'" in answer
    assert b"PONG" not in answer


async def test_configuring_twice_is_configuring_once(configured: Nats) -> None:
    async with client(configured, "admin") as (admin, _):
        jetstream = admin.jetstream()

        async def state() -> list[object]:
            found: list[object] = []
            for service in EVERYONE:
                info = await jetstream.stream_info(stream_of(service.name))
                consumers = await jetstream.consumers_info(stream_of(service.name))
                found += [info.config, sorted((each.name, each.created) for each in consumers)]
            return found

        before = await state()
        await configured.configure()
        assert await state() == before


async def test_a_durable_that_nobody_reads_any_more_goes(configured: Nats) -> None:
    admin = configured.credentials("admin")
    gone = Reading("labour--orders-approved", "PROCUREMENT", APPROVED)

    async def wanted(*readings: Reading, only: tuple[str, ...] = ()) -> None:
        await configure(configured.url, admin.user, admin.password, readings, only)

    await wanted(BUDGETS, REPLICA, gone)
    async with client(configured, "admin") as (connection, _):
        jetstream = connection.jetstream()
        await wanted(BUDGETS, only=("project-mgmt",))
        assert await jetstream.consumer_info("PROCUREMENT", gone.durable)  # not theirs to remove
        await wanted(BUDGETS, REPLICA)
        with pytest.raises(NotFoundError):
            await jetstream.consumer_info("PROCUREMENT", gone.durable)
        assert await jetstream.consumer_info("PROJECT_MGMT", REPLICA.durable)


async def test_what_was_acknowledged_survives_a_kill() -> None:
    with Nats.temporary((BUDGETS,), services=("procurement",)) as server:
        await server.configure()
        async with client(server, "procurement") as (sender, _):
            await sender.jetstream().publish(APPROVED, b"kept")
        server.kill()
        server.start()
        async with client(server, "admin") as (admin, _):
            assert (await admin.jetstream().stream_info("PROCUREMENT")).state.messages == 1


async def test_a_lost_store_is_configured_afresh() -> None:
    with Nats.temporary((BUDGETS,)) as server:
        await server.configure()
        with pytest.raises(RuntimeError, match="stop the server"):
            server.delete_store()
        server.stop()
        server.delete_store()
        server.start()
        await server.configure()
        async with client(server, "admin") as (admin, _):
            assert (await admin.jetstream().stream_info("PROCUREMENT")).state.messages == 0


def test_every_message_is_on_disk_before_its_acknowledgement(server: Nats) -> None:
    configuration = server.folder / "nats-server.conf"
    assert '"sync_interval": "always"' in configuration.read_text(encoding="utf-8")
    assert configuration.stat().st_mode & 0o777 == 0o600


def test_the_services_pages_fit_the_streams() -> None:
    """A subscription names a stream that exists, a subject in it, and starts with the service that reads."""
    names = {service.name for service in EVERYONE}
    streams = {stream_of(name): name for name in names}
    readings = load_subscriptions()
    assert len({each.durable for each in readings}) == len(readings)
    for each in readings:
        assert consumer_service(each) in names
        assert each.subject.startswith(f"zhulian.{streams[each.stream]}.")


def test_a_page_may_be_asked_for_by_name() -> None:
    assert all(consumer_service(each) == "labour" for each in load_subscriptions(["labour"]))
