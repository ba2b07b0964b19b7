"""No fact waits for another one, and one that failed is tried again soon."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from nats.aio.msg import Msg

from chassis import streams
from chassis.inbox import MAX_ATTEMPTS
from chassis.outbox import Event
from chassis.pull import Pull
from chassis.streams import REDELIVERY
from tests.chassis.power.conftest import DURABLE, POOL, SLOW_LOCK, STREAM, SUBSCRIPTION, Power
from tests.chassis.power.test_inbox import acknowledged, is_dead
from tests.chassis.power.test_outbox import all_applied


@pytest.fixture
def delays(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[float]]:
    """What each fact's redelivery was put off by, by event id; the test itself does not wait so long."""
    asked: dict[str, list[float]] = defaultdict(list)
    nak = Msg.nak

    async def noted(message: Msg, delay: float | None = None) -> None:
        asked[(message.headers or {})["ce-id"]].append(delay or 0.0)
        await nak(message, delay=0.01)

    monkeypatch.setattr(Msg, "nak", noted)
    return asked


async def test_the_first_retry_is_fast_and_the_later_ones_are_not(power: Power, delays: dict[str, list[float]]) -> None:
    """A handler that fails is tried MAX_ATTEMPTS times; who lost a deadlock as often as it takes."""
    power.run(await power.relay())
    power.run(await power.consumer())
    poison, loser = await power.emit(value="poison"), await power.emit(value="deadlock")
    await power.until(lambda: is_dead(power, poison))
    await power.until(lambda: tried(delays, loser, len(REDELIVERY) + 2))
    assert delays[str(poison.event_id)] == list(REDELIVERY[: MAX_ATTEMPTS - 1])
    assert delays[str(loser.event_id)][: len(REDELIVERY) + 2] == [*REDELIVERY, REDELIVERY[-1], REDELIVERY[-1]]
    assert not await is_dead(power, loser)
    assert REDELIVERY[0] <= 0.1
    assert list(REDELIVERY) == sorted(set(REDELIVERY))


async def test_a_slow_fact_keeps_back_no_other(power: Power) -> None:
    """It waits for a lock; what is told after it is applied meanwhile, but for the facts of its own aggregate."""
    power.run(await power.relay())
    power.run(await power.consumer())
    async with locked(power):
        slow = await power.emit(value="slow")
        await power.until(lambda: waiting(power, 1))
        behind = await power.emit(slow.aggregate_id, version=2)
        others = [await power.emit() for _ in range(3)]
        await power.until(lambda: all_applied(power, *others))
        assert await power.applied(slow, behind) == 0
    await power.until(lambda: all_applied(power, slow, behind))
    rows = await power.fetch("SELECT version FROM things WHERE aggregate_id = $1 ORDER BY id", slow.aggregate_id)
    assert [row["version"] for row in rows] == [1, 2]
    await power.until(lambda: acknowledged(power))


async def test_facts_that_queue_for_a_lock_leave_connections_to_others(power: Power) -> None:
    """A pool that they exhaust would refuse requests, and the facts themselves once they have waited too long."""
    power.run(await power.relay())
    power.run(await power.consumer())
    async with locked(power):
        slow = [await power.emit(value="slow") for _ in range(POOL + 2)]
        await power.until(lambda: waiting(power, POOL // 2))
        await power.until(lambda: in_hand(power, len(slow)))
        assert await waiting(power, POOL // 2)
    await power.until(lambda: all_applied(power, *slow))


async def test_facts_beyond_the_bound_stay_in_the_stream(power: Power, monkeypatch: pytest.MonkeyPatch) -> None:
    """A process takes in hand IN_HAND of a consumer's facts, another replica may take the rest."""
    monkeypatch.setattr(streams, "IN_HAND", 3)
    power.run(await power.relay())
    async with locked(power):
        slow = [await power.emit(value="slow") for _ in range(5)]
        await power.until(lambda: in_stream(power, len(slow)))
        power.run(await power.consumer())
        await power.until(lambda: waiting(power, 3))
        info = await (await power.admin()).jetstream().consumer_info(STREAM, DURABLE)
        assert (info.num_ack_pending, info.num_pending) == (3, 2)
    await power.until(lambda: all_applied(power, *slow))


async def test_a_message_is_there_while_its_request_is_open(power: Power) -> None:
    """Nothing is held until a request ends, whatever came of the ones before."""
    client, jetstream = await power.client("project-mgmt"), (await power.admin()).jetstream()
    relay = await power.relay()
    async with Pull(client, SUBSCRIPTION) as pull:
        for number in range(1, 3):
            event = await power.emit()
            async with power.database.driver() as connection:
                await relay.drain(connection)
            message = await pull.next(10)
            assert message is not None
            assert message.headers is not None
            assert message.headers["ce-id"] == str(event.event_id)
            await message.ack_sync()
            assert pull.owed == 10 - number
            assert (await jetstream.consumer_info(STREAM, DURABLE)).num_waiting == 1


async def test_what_nobody_has_taken_is_handed_back_at_the_end(power: Power) -> None:
    """Another replica has it at once, not after the time for an acknowledgement."""
    client = await power.client("project-mgmt")
    relay = await power.relay()
    events = [await power.emit() for _ in range(3)]
    async with power.database.driver() as connection:
        await relay.drain(connection)
    async with Pull(client, SUBSCRIPTION) as pull:
        first = await pull.next(10)
        assert first is not None
        await power.until(lambda: in_hand(power, len(events)))
    async with Pull(client, SUBSCRIPTION) as pull:
        again = [await pull.next(10) for _ in range(2)]
    assert all(one is not None and one.metadata.num_delivered == 2 for one in again)


@asynccontextmanager
async def locked(power: Power) -> AsyncIterator[None]:
    """Slow facts wait for the whole block."""
    blocker = await asyncpg.connect(power.addresses.runtime_url)
    try:
        await blocker.execute("SELECT pg_advisory_lock($1)", SLOW_LOCK)
        yield
    finally:
        await blocker.close()


async def waiting(power: Power, number: int) -> bool:
    """Whether so many facts wait for the lock."""
    [row] = await power.fetch("SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted")
    return int(row[0]) == number


async def in_hand(power: Power, number: int) -> bool:
    """Whether the consumer has so many facts that it has not acknowledged."""
    info = await (await power.admin()).jetstream().consumer_info(STREAM, DURABLE)
    return bool(info.num_ack_pending == number)


async def in_stream(power: Power, number: int) -> bool:
    """Whether so many facts have been published."""
    return await power.messages() == number


async def tried(delays: dict[str, list[float]], event: Event, times: int) -> bool:
    """Whether a fact has failed so often."""
    await asyncio.sleep(0)
    return len(delays[str(event.event_id)]) >= times
