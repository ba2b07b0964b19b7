"""Live feed (实时行情) of auctions: one reader per auction and process, whoever watches.

A watcher is told where the auction stands, not what happened: who reads slowly skips states instead of filling a queue,
and who reconnects with the id of what it saw last is told at once what is different. A bid in this process wakes the
reader; bids taken elsewhere it finds by a slow poll (a NOTIFY in each bid's transaction costs three quarters of the
throughput, pitfalls). However many bids come, watchers are told at most once per `pace`.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Annotated
from uuid import UUID

from fastapi import Depends, Request

from chassis.http.edge import runtime_of, to_json
from chassis.identity import service_principal
from chassis.work import Works
from procurement.auctions import service
from procurement.auctions.models import Auction
from procurement.auctions.rules import Snapshot
from procurement.auctions.schemas import LiveOut
from procurement.auctions.states import State

RETRY_MILLISECONDS = 500
READER = service_principal("procurement")


@dataclass(frozen=True, slots=True)
class Pace:
    """In seconds: the shortest pause between two tellings, the poll for bids of other processes, the heartbeat, and
    how long a stream lasts: shorter than the gateway's patience and a token's life, so that rights are looked at anew.
    """

    tell: float = 0.05
    poll: float = 0.2
    beat: float = 5.0
    last: float = 25.0


@dataclass
class Channel:
    """One auction that is being watched. `turn` is set, and replaced, whenever watchers have to look.

    `beats` counts heartbeats: a watcher whose view has not changed sends one for each of these alone, so that the
    traffic does not tell it of rivals' bids that it may not see.
    """

    auction: Auction
    snapshot: Snapshot
    watchers: int = 0
    over: bool = False
    beats: int = 0
    turn: asyncio.Event = field(default_factory=asyncio.Event)
    woken: asyncio.Event = field(default_factory=asyncio.Event)
    views: dict[UUID, tuple[str, bytes]] = field(default_factory=dict)
    reader: asyncio.Task[None] | None = None

    def view(self, viewer: UUID) -> tuple[str, bytes]:
        """(id, JSON) of what an organisation may see; made once however many watch for it.

        The id is a digest of the content: it tells a supplier nothing about how many bids there were.
        """
        made = self.views.get(viewer)
        if made is None:
            content = to_json(LiveOut.seen_by(self.snapshot, viewer))
            made = self.views[viewer] = blake2b(content, digest_size=8).hexdigest(), content
        return made

    def look(self, snapshot: Snapshot) -> None:
        """Let all watchers look."""
        if snapshot is not self.snapshot:
            self.snapshot = snapshot
            self.views.clear()
        self.turn.set()
        self.turn = asyncio.Event()


class Feed:
    """The channels of this process."""

    def __init__(self, works: Works, pace: Pace | None = None) -> None:
        self._works = works
        self._pace = pace or Pace()
        self._channels: dict[UUID, Channel] = {}

    def wake(self, auction_id: UUID) -> None:
        """A bid has been committed in this process."""
        channel = self._channels.get(auction_id)
        if channel is not None:
            channel.woken.set()

    async def follow(self, found: tuple[Auction, Snapshot], viewer: UUID, seen: str) -> AsyncGenerator[bytes, None]:
        """Server-sent events for one watcher; `seen` is its Last-Event-ID, empty when it is new."""
        channel = self._join(*found)
        until = asyncio.get_running_loop().time() + self._pace.last
        beats = channel.beats
        try:
            yield f"retry: {RETRY_MILLISECONDS}\n\n".encode()
            while True:
                turn = channel.turn
                mark, content = channel.view(viewer)
                if mark != seen:
                    seen = mark
                    yield b"id: " + mark.encode() + b"\nevent: auction\ndata: " + content + b"\n\n"
                elif channel.beats != beats:
                    yield b": \n\n"
                beats = channel.beats
                if channel.over or asyncio.get_running_loop().time() >= until:
                    return
                await turn.wait()
        finally:
            self._leave(channel)

    def _join(self, auction: Auction, snapshot: Snapshot) -> Channel:
        channel = self._channels.get(auction.id)
        if channel is None:
            channel = self._channels[auction.id] = Channel(auction, snapshot)
            channel.reader = asyncio.create_task(self._read(channel))
        channel.watchers += 1
        return channel

    def _leave(self, channel: Channel) -> None:
        channel.watchers -= 1
        if channel.watchers == 0:
            self._drop(channel)
            if channel.reader is not None:
                channel.reader.cancel()

    def _drop(self, channel: Channel) -> None:
        if self._channels.get(channel.auction.id) is channel:
            del self._channels[channel.auction.id]

    async def _read(self, channel: Channel) -> None:
        """Until the auction is closed, nobody watches, or the database is away: then watchers come again."""
        loop = asyncio.get_running_loop()
        beat = loop.time()
        try:
            while channel.snapshot.state is not State.CLOSED:
                await self._pause(channel)
                async with self._works.answering(READER, None) as work:
                    snapshot = await service.snapshot(work, channel.auction, channel.snapshot)
                due = loop.time() - beat >= self._pace.beat
                if due:
                    beat = loop.time()
                    channel.beats += 1
                if due or snapshot is not channel.snapshot:
                    channel.look(snapshot)
        finally:
            channel.over = True
            self._drop(channel)
            channel.look(channel.snapshot)

    async def _pause(self, channel: Channel) -> None:
        try:
            async with asyncio.timeout(self._pace.poll):
                await channel.woken.wait()
            await asyncio.sleep(self._pace.tell)
        except TimeoutError:
            pass
        channel.woken.clear()


def feed_of(request: Request) -> Feed:
    """The feed of this process, as an endpoint's dependency."""
    runtime = runtime_of(request)
    feed: Feed = runtime.clients.setdefault("auctions", Feed(runtime.works))
    return feed


FeedDep = Annotated[Feed, Depends(feed_of)]
