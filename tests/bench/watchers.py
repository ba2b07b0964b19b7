"""A process of its own that watches an auction and bids in it: `python -m tests.bench.watchers`, told by JSON on stdin.

Instants are of the monotonic clock, which all processes of a machine share.
"""

from __future__ import annotations

import asyncio
import json
import re
import sys
import time
from dataclasses import dataclass, field
from typing import Any

import aiohttp
import psutil

SENDERS = 8
"""Connections for bids; those of one auction stand in one queue anyway."""
_OWN = re.compile(rb'"own_price":"(\d+)\.\d\d","own_rank":(\d+)')


@dataclass
class Watcher(asyncio.Protocol):
    """One stream. `seen` is (instant, how many bids it knows of).

    Bids fall by 1 from `start`, the suppliers in turn: the own price tells which bid that was, the rank how many have
    come after it.
    """

    head: bytes
    start: int
    seen: list[tuple[float, int]] = field(default_factory=list)
    rest: bytes = b""
    opened: asyncio.Event = field(default_factory=asyncio.Event)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Ask for the stream."""
        assert isinstance(transport, asyncio.Transport)
        transport.write(self.head)

    def data_received(self, data: bytes) -> None:
        """Note what the events say."""
        now = time.monotonic()
        if not self.opened.is_set():
            if not data.startswith(b"HTTP/1.1 200"):
                raise RuntimeError(data.decode())
            self.opened.set()
        data = self.rest + data
        end = data.rfind(b"\n\n") + 2
        self.rest = data[end:] if end > 1 else data
        for found in _OWN.finditer(data, 0, end if end > 1 else 0):
            self.seen.append((now, self.start - int(found[1]) + int(found[2]) - 1))


async def bids(task: dict[str, Any]) -> list[float]:
    """Bid for `seconds`, at `rate` a second when the service keeps up; the instants at which they were accepted."""
    accepted: list[float] = []
    url, start, tokens = task["url"] + "/bids", task["start"], task["bidders"]
    began, sent = time.monotonic(), 0
    async with aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=SENDERS)) as http:

        async def sender() -> None:
            nonlocal sent
            while time.monotonic() < began + task["seconds"]:
                number, sent = sent, sent + 1
                await asyncio.sleep(began + number / task["rate"] - time.monotonic())
                headers = {
                    "Authorization": f"Bearer {tokens[number % len(tokens)]}",
                    "Idempotency-Key": f"{task['name']}-{number}",
                }
                async with http.post(url, json={"price": str(start - number)}, headers=headers) as answer:
                    if answer.status != 201:
                        raise RuntimeError(await answer.text())
                accepted.append(time.monotonic())

        await asyncio.gather(*(sender() for _ in range(SENDERS)))
    return accepted


async def join(task: dict[str, Any]) -> list[Watcher]:
    """All watchers, one after the other: each is let in by the database, whose connections are few."""
    loop = asyncio.get_running_loop()
    watching: list[Watcher] = []
    for number in range(task["watchers"]):
        token = task["bidders"][number % len(task["bidders"])]
        head = f"GET {task['path']}/stream HTTP/1.1\r\nHost: bench\r\nAuthorization: Bearer {token}\r\n\r\n".encode()
        watching.append(Watcher(head, task["start"]))
        await loop.create_connection(lambda: watching[-1], "127.0.0.1", task["port"])
        async with asyncio.timeout(10):
            await watching[-1].opened.wait()
    return watching


async def main() -> None:
    """Join, bid, and print what a bid took until each watcher knew of it."""
    task = json.load(sys.stdin)
    watching = await join(task)
    service = psutil.Process(task["pid"])
    before, began = service.cpu_times(), time.monotonic()
    accepted = await bids(task)
    took, after = time.monotonic() - began, service.cpu_times()
    spent = after.user + after.system - before.user - before.system
    await asyncio.sleep(2)
    first = len(task["bidders"])  # whoever has not bid yet cannot tell how many have
    late = [found for one in watching for found in latencies(sorted(accepted), one.seen, first)]
    result = {
        "bids": len(accepted) / took,
        "cpu": spent / len(accepted) * 1000,
        "milliseconds": [round(one * 1000, 1) for one in late],
    }
    json.dump(result, sys.stdout)


def latencies(accepted: list[float], seen: list[tuple[float, int]], first: int) -> list[float]:
    """In seconds from the answer to a bid, from the `first` one on, to the first event that knows of it or a later one.

    StopIteration when one was never seen.
    """
    found, events = [], iter(seen)
    at, known = next(events)
    for number, instant in enumerate(accepted[first:], start=first):
        while known < number:
            at, known = next(events)
        found.append(max(0.0, at - instant))
    return found


if __name__ == "__main__":
    asyncio.run(main())
