"""Live feeds: what changes often, told to many watchers as server-sent events by one reader per thing and process.

A watcher is told how the thing is, not what happened: who reads slowly skips states instead of filling a queue, and who
reconnects with the id of what it saw last is told at once what is different. A change in this process wakes the reader;
changes made elsewhere it finds by a slow poll (a NOTIFY in each transaction costs three quarters of the throughput,
pitfalls). However many changes come, watchers are told at most once per pause, which grows with them.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Generic, TypeVar
from uuid import UUID

from pydantic import BaseModel

from chassis.http.edge import to_json
from chassis.identity import Principal
from chassis.work import Work, Works

S = TypeVar("S")

RETRY_MILLISECONDS = 500


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds: the pause in which changes gather, by how much each watcher makes it longer, its longest; the poll
    for changes made elsewhere; the heartbeat; and how long a stream lasts at most, so that rights are looked at anew.

    Telling one watcher takes some 0.02 ms of CPU, so telling takes about a tenth of a core however many they are.
    """

    tell: float = 0.03
    each: float = 0.0001
    longest: float = 0.1
    poll: float = 0.2
    beat: float = 5.0
    last: float = 120.0

    def pause(self, watchers: int) -> float:
        """Between two tellings."""
        return min(self.tell + self.each * watchers, self.longest)


@dataclass(frozen=True, slots=True)
class Source(Generic[S]):
    """What a feed is about: an event's `name`, how it is read again (the very same when nothing has changed), what an
    organisation sees of it, and whether nothing more will change."""

    name: str
    read: Callable[[Work, S], Awaitable[S]]
    show: Callable[[S, UUID], BaseModel]
    ended: Callable[[S], bool]


@dataclass
class _Channel(Generic[S]):
    """One thing that is being watched. `turn` is set, and replaced, whenever watchers have to look.

    `beats` counts heartbeats: a watcher whose view has not changed sends one for each of these alone, so that the
    traffic does not tell it of changes that it may not see.
    """

    state: S
    watchers: int = 0
    over: bool = False
    beats: int = 0
    turn: asyncio.Event = field(default_factory=asyncio.Event)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    views: dict[UUID, tuple[str, bytes]] = field(default_factory=dict)
    reader: asyncio.Task[None] | None = None

    def look(self, state: S) -> None:
        """Let all watchers look."""
        if state is not self.state:
            self.state = state
            self.views.clear()
        self.turn.set()
        self.turn = asyncio.Event()


class Feed(Generic[S]):
    """The channels of this process; `reader` is on whose behalf things are read."""

    def __init__(self, works: Works, source: Source[S], reader: Principal, pace: Pace | None = None) -> None:
        self._works = works
        self._source = source
        self._reader = reader
        self._pace = pace or Pace()
        self._channels: dict[UUID, _Channel[S]] = {}

    @property
    def watched(self) -> int:
        """How many things are being watched."""
        return len(self._channels)

    def wake(self, key: UUID) -> None:
        """A change has been committed in this process."""
        channel = self._channels.get(key)
        if channel is not None:
            channel.woken.set()

    async def follow(self, key: UUID, state: S, viewer: UUID, seen: str) -> AsyncGenerator[bytes, None]:
        """Server-sent events for one watcher; `seen` is its Last-Event-ID, empty when it is new."""
        channel = self._join(key, state)
        now = asyncio.get_running_loop().time
        until, beats = now() + self._pace.last, channel.beats
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
            while True:
                turn = channel.turn
                mark, event = self._view(channel, viewer)
                if mark != seen:
                    seen = mark
                    yield event
                elif channel.beats != beats:
                    yield b": \n\n"
                beats = channel.beats
                if channel.over or now() >= until:
                    return
                await turn.wait()
        finally:
            self._leave(key, channel)

    def _view(self, channel: _Channel[S], viewer: UUID) -> tuple[str, bytes]:
        """(id, event) of what an organisation may see; made once however many watch for it.

        The id is a digest of the content: it does not tell how many changes there were.
        """
        made = channel.views.get(viewer)
        if made is None:
            content = to_json(self._source.show(channel.state, viewer))
            mark = blake2b(content, digest_size=8).hexdigest()
            event = f"id: {mark}\nevent: {self._source.name}\ndata: ".encode() + content + b"\n\n"
            made = channel.views[viewer] = mark, event
        return made

    def _join(self, key: UUID, state: S) -> _Channel[S]:
        channel = self._channels.get(key)
        if channel is None:
            channel = self._channels[key] = _Channel(state)
            channel.reader = asyncio.create_task(self._read(key, channel))
        channel.watchers += 1
        return channel

    def _leave(self, key: UUID, channel: _Channel[S]) -> None:
        channel.watchers -= 1
        if channel.watchers == 0:
            self._drop(key, channel)
            if channel.reader is not None:
                channel.reader.cancel()

    def _drop(self, key: UUID, channel: _Channel[S]) -> None:
        if self._channels.get(key) is channel:
            del self._channels[key]

    async def _read(self, key: UUID, channel: _Channel[S]) -> None:
        """Until it has ended, nobody watches, or the database is away: then watchers come again."""
        now = asyncio.get_running_loop().time
        beat = now()
        try:
            while not self._source.ended(channel.state):
                await self._pause(channel)
                async with self._works.answering(self._reader, None) as work:
                    state = await self._source.read(work, channel.state)
                due = now() - beat >= self._pace.beat
                if due:
                    beat = now()
                    channel.beats += 1
                if due or state is not channel.state:
                    channel.look(state)
        finally:
            channel.over = True
            self._drop(key, channel)
            channel.look(channel.state)

    async def _pause(self, channel: _Channel[S]) -> None:
        try:
            async with asyncio.timeout(self._pace.poll):
                await channel.woken.wait()
            await asyncio.sleep(self._pace.pause(channel.watchers))
        except TimeoutError:
            pass
        channel.woken.clear()
