"""Server-sent events through the edge: many at once, beside ordinary calls, for as long as their service wants."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack

import aiohttp
import pytest

from gateway.edge.proxy import CONNECTIONS_PER_SERVICE
from tests.gateway.edge.conftest import Caller, Start

EVENTS = "/projects/v1/events"
MORE = CONNECTIONS_PER_SERVICE + 50


async def _first(caller: Caller, held: AsyncExitStack) -> aiohttp.ClientResponse:
    """A stream that has begun."""
    answer: aiohttp.ClientResponse = await held.enter_async_context(caller.call("GET", EVENTS))
    assert answer.status == 200
    assert await answer.content.readuntil(b"\n\n") == b"data: 1\n\n"
    return answer


async def test_more_streams_than_calls_leave_room_for_calls(start: Start) -> None:
    """Each gets every event, also after the patience that an ordinary call has."""
    async with start(bounds={"total": 5.0}) as caller, AsyncExitStack() as held:
        caller.session.connector._limit = 0  # type: ignore[union-attr] # the test's own client opens a hundred at most
        answers = [await _first(caller, held) for _ in range(MORE)]
        async with caller.call("POST", "/projects/v1/x", data=b"{}") as answer:
            assert answer.status == 200
        caller.upstream.ended.set()
        assert [await answer.read() for answer in answers] == [b"data: 2\n\n"] * MORE


async def test_a_stream_outlives_the_patience_with_a_call(start: Start) -> None:
    async with start(bounds={"total": 0.2}) as caller, AsyncExitStack() as held:
        answer = await _first(caller, held)
        await asyncio.sleep(0.4)
        caller.upstream.ended.set()
        assert await answer.read() == b"data: 2\n\n"


async def test_a_silent_stream_is_broken_off(start: Start) -> None:
    """Without a heartbeat its service is dead; the place is free again."""
    async with start(bounds={"idle": 0.1, "streams": 1}) as caller:
        for _ in range(2):
            async with AsyncExitStack() as held:
                answer = await _first(caller, held)
                with pytest.raises(aiohttp.ClientError):
                    await asyncio.wait_for(answer.read(), 10)


async def test_one_stream_too_many_is_503(start: Start) -> None:
    """It takes no place of a call either."""
    async with start(bounds={"calls": 1, "streams": 1}) as caller, asyncio.timeout(10), AsyncExitStack() as held:
        await _first(caller, held)
        for _ in range(2):
            async with caller.call("GET", EVENTS) as answer:
                problem = await answer.json()
            assert (answer.status, problem["code"]) == (503, "STREAMS_FULL")
            assert problem["metadata"] == {"service": "projects"}
            assert int(answer.headers["retry-after"]) >= 1
        async with caller.call("GET", "/projects/v1/x") as answer:
            assert answer.status == 200


async def test_a_watcher_that_goes_away_leaves_its_place(start: Start) -> None:
    """The edge notices with the next heartbeat, whoever may come after."""
    async with start(bounds={"streams": 1}) as caller:
        async with caller.call("GET", EVENTS + "?0.05") as answer:
            await answer.content.readuntil(b"\n\n")
        status = 503
        async with asyncio.timeout(5):
            while status == 503:
                await asyncio.sleep(0.05)
                async with caller.call("GET", EVENTS) as answer:
                    status = answer.status
        assert status == 200
