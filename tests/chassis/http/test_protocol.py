"""Head and body of an answer leave together, and nothing waits longer than this turn of the event loop."""

import asyncio
from typing import cast

from chassis.http.protocol import AT_ONCE, JoinedWrites


class Wire:
    """A transport that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[bytes | str] = []

    def writelines(self, pieces: list[bytes]) -> None:
        self.told.append(b"".join(pieces))

    def close(self) -> None:
        self.told.append("closed")

    def is_closing(self) -> bool:
        return False


def joined(wire: Wire) -> JoinedWrites:
    return JoinedWrites(cast(asyncio.Transport, wire))


async def test_one_turn_is_one_write() -> None:
    wire = Wire()
    writes = joined(wire)
    writes.write(b"head ")
    writes.write(b"body")
    assert wire.told == []
    await asyncio.sleep(0)
    writes.write(b"next")
    await asyncio.sleep(0)
    assert wire.told == [b"head body", b"next"]
    assert not writes.is_closing()


async def test_a_stream_is_not_held_back() -> None:
    """Otherwise the transport could not slow down who writes more than the reader takes."""
    wire = Wire()
    writes = joined(wire)
    writes.write(b"x" * AT_ONCE)
    writes.write(b"y")
    assert wire.told == [b"x" * AT_ONCE + b"y"]


async def test_what_is_held_is_written_before_the_end() -> None:
    wire = Wire()
    writes = joined(wire)
    writes.write(b"last")
    writes.close()
    await asyncio.sleep(0)
    assert wire.told == [b"last", "closed"]
