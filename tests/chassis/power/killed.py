"""Processes that end by SIGKILL at the worst moment. Run by the tests beside it, never imported by the product."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from datetime import datetime
from typing import NoReturn
from uuid import UUID

from google.protobuf.wrappers_pb2 import StringValue
from nats.aio.msg import Msg

from chassis import idempotency, jobs, streams
from chassis.clock import SystemClock
from chassis.database import Database
from chassis.idempotency import Answer, Claim
from chassis.identity import NOBODY
from chassis.outbox import Event
from chassis.streams import Consumer, Relay
from chassis.work import Works
from tests.chassis.power.conftest import PRODUCER, SUBJECT, SUBSCRIPTION


def die() -> NoReturn:
    """No handler, no finally, no flush."""
    os.kill(os.getpid(), signal.SIGKILL)
    raise AssertionError("still alive")


class DyingClock(SystemClock):
    """The relay asks for the time after the stream has acknowledged and before it marks the rows."""

    def now(self) -> datetime:
        die()


async def commit_and_die(works: Works, event_id: str) -> None:
    """Between commit and publish."""
    async with works.open(PRODUCER) as work:
        await work.writing()
        work.emit(Event(SUBJECT, UUID(event_id), 1, StringValue(value="good"), UUID(event_id)))
    die()


async def write_and_die(works: Works, event_id: str) -> None:
    """Between write and commit."""
    async with works.open(PRODUCER) as work:
        work.emit(Event(SUBJECT, UUID(event_id), 1, StringValue(value="good"), UUID(event_id)))
        driver = await work.driver()
        await driver.execute("INSERT INTO things (event_id, value) VALUES ($1, 'unfinished')", UUID(event_id))
        die()


async def answer_and_die(works: Works, key: str) -> None:
    """Between the work under a key and its commit, the answer already stored."""
    claim = Claim(NOBODY, key, b"f" * 32)
    async with works.answering(PRODUCER, claim) as work:
        driver = await work.driver()
        await driver.execute("INSERT INTO things (value) VALUES ($1)", key)
        await idempotency.store(driver, claim, Answer(201, b"{}"), work.now)
        die()


async def main() -> None:
    name, database_url, nats_url, producer, consumer, *rest = sys.argv[1:]
    database = Database(database_url, size=4)
    works = Works(database, SystemClock(), jobs.enqueue)
    if name == "commit":
        await commit_and_die(works, rest[0])
    if name == "write":
        await write_and_die(works, rest[0])
    if name == "answer":
        await answer_and_die(works, rest[0])
    if name == "publish":
        client = await streams.connect(nats_url, "procurement", producer, "procurement")
        await Relay(database, client, "procurement", DyingClock()).run()
    if name == "apply":
        client = await streams.connect(nats_url, "project-mgmt", consumer, "project-mgmt")

        async def dying_ack(_: Msg) -> None:
            die()

        Msg.ack = dying_ack  # type: ignore[method-assign, assignment]
        await Consumer(client, works, "project-mgmt", SUBSCRIPTION, asyncio.Semaphore(2)).run()


asyncio.run(main())
