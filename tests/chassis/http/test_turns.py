"""Turns at a hot row."""

from __future__ import annotations

import asyncio

import pytest

from chassis.http.turns import AT_ONCE, Turns
from chassis.ids import new_id


async def test_few_at_a_time_first_come_first_served() -> None:
    """Ten for one key: never more than AT_ONCE inside, in their order; another key does not wait for them."""
    turns, key = Turns(), new_id()
    inside, most, order = 0, 0, []

    async def take(number: int) -> None:
        nonlocal inside, most
        async with turns.of(key):
            inside += 1
            most = max(most, inside)
            order.append(number)
            await asyncio.sleep(0.001)
            inside -= 1

    tasks = [asyncio.create_task(take(number)) for number in range(10)]
    await asyncio.sleep(0)
    async with turns.of(new_id()):
        assert len(order) == AT_ONCE
        assert turns.keys == 2
    await asyncio.gather(*tasks)
    assert (most, order) == (AT_ONCE, list(range(10)))
    assert turns.keys == 0


async def test_a_turn_is_given_back_whatever_happens() -> None:
    """A failure inside and a caller that goes away while it waits leave nothing behind."""
    turns, key = Turns(), new_id()
    with pytest.raises(ValueError, match="inside"):
        async with turns.of(key):
            raise ValueError("inside")
    async with turns.of(key), turns.of(key):
        waiting = asyncio.create_task(turns.of(key).__aenter__())
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
    assert turns.keys == 0
