"""A peer for each test."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from tests.chassis.rpc.peer import Peer


@pytest.fixture
async def peer() -> AsyncIterator[Peer]:
    running = Peer()
    await running.start()
    yield running
    await running.close()
