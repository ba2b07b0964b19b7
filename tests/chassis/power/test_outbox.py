"""Facts reach the stream whatever dies, in order, and come again when the stream is lost."""

from __future__ import annotations

import asyncio
from signal import SIGKILL

from google.protobuf.wrappers_pb2 import StringValue
from nats.js.api import ConsumerConfig, DeliverPolicy

from chassis import outbox
from chassis.ids import new_id
from chassis.outbox import Event
from tests.chassis.power.conftest import PRODUCER, STREAM, SUBJECT, Power, quick_redelivery

NEXT = "UPDATE things SET version = version + 1 WHERE aggregate_id = $1 AND value = 'row' RETURNING version"


async def test_killed_between_commit_and_publish(power: Power) -> None:
    """What was committed is published by the next process."""
    event_id = new_id()
    assert await power.script("commit", str(event_id)) == -SIGKILL
    assert await power.messages() == 0
    power.run(await power.relay())
    await power.until(lambda: has(power, 1))


async def test_killed_between_write_and_commit(power: Power) -> None:
    """What was not committed never happened: no row, no fact."""
    event_id = new_id()
    assert await power.script("write", str(event_id)) == -SIGKILL
    assert await power.fetch("SELECT 1 FROM outbox WHERE event_id = $1", event_id) == []
    assert await power.fetch("SELECT 1 FROM things WHERE event_id = $1", event_id) == []


async def test_killed_between_publish_and_mark(power: Power) -> None:
    """The next relay publishes it again under the same message id, so the stream holds it once."""
    await power.emit()
    assert await power.script("publish") == -SIGKILL
    assert await power.messages() == 1
    [row] = await power.fetch("SELECT published_at FROM outbox")
    assert row["published_at"] is None
    relay = await power.relay()
    async with power.database.driver() as connection:
        assert await relay.drain(connection) == 1
    assert await power.messages() == 1


async def test_nats_away(power: Power) -> None:
    """Writes go on; everything arrives when NATS is back."""
    power.run(await power.relay())
    power.run(await power.consumer())
    before = await power.emit()
    await power.until(lambda: all_applied(power, before))
    await asyncio.to_thread(power.nats.stop)
    during = [await power.emit() for _ in range(20)]
    await asyncio.sleep(2)
    await asyncio.to_thread(power.nats.start)
    await power.until(lambda: all_applied(power, *during), seconds=40)


async def test_a_deleted_store_is_filled_again_by_a_replay(power: Power) -> None:
    """The directory of the stream is gone: after a replay a consumer has all facts, each once."""
    relay = await power.relay()
    early = [await power.emit() for _ in range(5)]
    async with power.database.driver() as connection:
        assert await relay.drain(connection) == 5
    await asyncio.to_thread(power.nats.stop)
    await asyncio.to_thread(power.nats.delete_store)
    await asyncio.to_thread(power.nats.start)
    await power.nats.configure()
    await quick_redelivery(power)
    late = await power.emit()
    async with power.database.driver() as connection:
        assert await outbox.replay(connection) == 5
    power.run(relay)
    power.run(await power.consumer())
    await power.until(lambda: all_applied(power, *early, late), seconds=30)
    async with power.database.driver() as connection:
        assert await outbox.replay(connection) == 6
    relay.wake()
    await power.until(lambda: has(power, 12))
    assert await power.applied(*early, late) == 6


async def test_order_per_aggregate_under_ten_writers(power: Power) -> None:
    """Ten writers change ten aggregates; each aggregate's versions stand in the stream in their order."""
    aggregates = [new_id() for _ in range(10)]
    async with power.database.driver() as connection:
        for aggregate in aggregates:
            await connection.execute(
                "INSERT INTO things (aggregate_id, version, value) VALUES ($1, 0, 'row')", aggregate
            )

    async def write(number: int) -> None:
        for step in range(10):
            aggregate = aggregates[(number + step) % 10]
            async with power.works.open(PRODUCER) as work:
                driver = await work.driver()
                version = await driver.fetchval(NEXT, aggregate)
                work.emit(Event(SUBJECT, aggregate, version, StringValue(value="good")))

    power.run(await power.relay())
    await asyncio.gather(*(write(number) for number in range(10)))
    await power.until(lambda: has(power, 100))
    seen = await stream_order(power)
    for aggregate in aggregates:
        assert seen[str(aggregate)] == list(range(1, 11))


async def test_a_late_commit_is_not_skipped(power: Power) -> None:
    """A transaction that drew its number early and commits late is published all the same."""
    relay = await power.relay()
    power.run(relay)
    async with power.works.open(PRODUCER) as slow:
        driver = await slow.driver()
        first = Event(SUBJECT, new_id(), 1, StringValue(value="late"))
        await outbox.insert(driver, [first], slow.now, None)
        for _ in range(3):
            await power.emit()
        await power.until(lambda: has(power, 3))
    relay.wake()
    await power.until(lambda: has(power, 4))


async def has(power: Power, count: int) -> bool:
    return await power.messages() == count


async def all_applied(power: Power, *events: Event) -> bool:
    return await power.applied(*events) == len(events)


async def stream_order(power: Power) -> dict[str, list[int]]:
    """Versions by aggregate in the order in which the stream holds them."""
    jetstream = (await power.admin()).jetstream()
    reader = await jetstream.pull_subscribe(
        SUBJECT, stream=STREAM, config=ConsumerConfig(deliver_policy=DeliverPolicy.ALL)
    )
    order: dict[str, list[int]] = {}
    left = await power.messages()
    while left > 0:
        for message in await reader.fetch(left, timeout=5):
            headers = message.headers or {}
            order.setdefault(headers["ce-subject"], []).append(int(headers["ce-sequence"]))
            left -= 1
    return order
