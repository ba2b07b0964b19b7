"""A fact is applied once, whatever comes twice, late or broken."""

from __future__ import annotations

from signal import SIGKILL

import pytest
from google.protobuf.wrappers_pb2 import StringValue

from chassis import inbox, streams
from chassis.identity import service_principal
from chassis.ids import new_id
from chassis.inbox import MAX_ATTEMPTS, Envelope
from chassis.outbox import Event
from tests.chassis.power.conftest import DURABLE, SUBJECT, SUBSCRIPTION, Power
from tests.chassis.power.test_outbox import all_applied

CONSUMER = service_principal("project-mgmt")


async def test_killed_between_work_and_ack(power: Power) -> None:
    """The work is committed, the message comes again, the inbox knows it."""
    relay = await power.relay()
    event = await power.emit()
    async with power.database.driver() as connection:
        await relay.drain(connection)
    assert await power.script("apply") == -SIGKILL
    assert await power.applied(event) == 1
    power.run(await power.consumer())
    await power.until(lambda: acknowledged(power))
    assert await power.applied(event) == 1


async def test_delivered_twice(power: Power) -> None:
    """A replay puts a second copy into the stream; it is acknowledged and not applied."""
    relay = await power.relay()
    event = await power.emit()
    async with power.database.driver() as connection:
        await relay.drain(connection)
        await connection.execute("UPDATE outbox SET published_at = NULL, replays = replays + 1")
        await relay.drain(connection)
    assert await power.messages() == 2
    power.run(await power.consumer())
    await power.until(lambda: acknowledged(power))
    assert await power.applied(event) == 1


async def test_out_of_order(power: Power) -> None:
    """The mechanics pass on what comes; version and time are there for a handler that must know."""
    aggregate = new_id()
    for version in (3, 1, 2):
        message = StringValue(value="good").SerializeToString()
        envelope = Envelope(new_id(), SUBJECT, aggregate, version, power.works.clock.now(), message)
        assert await inbox.apply(power.works, CONSUMER, SUBSCRIPTION, envelope)
    rows = await power.fetch("SELECT version FROM things WHERE aggregate_id = $1 ORDER BY id", aggregate)
    assert [row["version"] for row in rows] == [3, 1, 2]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What failed comes back at once, however often; the true delays are in test_redelivery.py."""
    monkeypatch.setattr(streams, "REDELIVERY", (0.01,))


async def test_poison_ends_in_dead_letters_while_others_go_on(power: Power, impatient: None) -> None:
    """It is tried MAX_ATTEMPTS times and rests; a replay applies it once it can be applied."""
    power.run(await power.relay())
    power.run(await power.consumer())
    poison = await power.emit(value="poison")
    others = [await power.emit() for _ in range(5)]
    await power.until(lambda: all_applied(power, *others))
    await power.until(lambda: is_dead(power, poison), seconds=30)
    await power.until(lambda: acknowledged(power))
    assert await power.applied(poison) == 0
    async with power.database.driver() as connection:
        [letter] = await inbox.list_dead(connection)
    assert letter["attempts"] == MAX_ATTEMPTS
    assert "cannot be applied" in letter["last_error"]
    again = await inbox.replay_dead(power.works, CONSUMER, (SUBSCRIPTION,), None)
    assert again == {"applied": 0, "known": 0, "failed": 1}
    async with power.database.driver() as connection:
        good = StringValue(value="good").SerializeToString()
        await connection.execute("UPDATE dead_letters SET payload = $1 WHERE event_id = $2", good, poison.event_id)
    mended = await inbox.replay_dead(power.works, CONSUMER, (SUBSCRIPTION,), poison.event_id)
    assert mended == {"applied": 1, "known": 0, "failed": 0}
    assert await power.applied(poison) == 1
    assert await power.fetch("SELECT 1 FROM dead_letters") == []


async def test_the_database_away_costs_no_tries(power: Power, impatient: None) -> None:
    """A failure of the surroundings is waited out: the fact is applied afterwards and no dead letter stays."""
    power.run(await power.relay())
    power.run(await power.consumer())
    async with power.database.driver() as blocker, blocker.transaction():
        await blocker.execute("LOCK TABLE things IN ACCESS EXCLUSIVE MODE")
        event = await power.emit()
        for _ in range(MAX_ATTEMPTS + 1):
            await power.until(lambda: waiting(power))
            await power.fetch("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock'")
    await power.until(lambda: all_applied(power, event))
    assert await power.fetch("SELECT 1 FROM dead_letters") == []


async def waiting(power: Power) -> bool:
    return bool(
        await power.fetch("SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE '%things%'")
    )


async def is_dead(power: Power, event: Event) -> bool:
    return bool(await power.fetch("SELECT 1 FROM dead_letters WHERE event_id = $1 AND dead", event.event_id))


async def acknowledged(power: Power) -> bool:
    """Nothing is waiting for delivery or for an ack."""
    info = await (await power.admin()).jetstream().consumer_info("PROCUREMENT", DURABLE)
    return (info.num_pending, info.num_ack_pending) == (0, 0)
