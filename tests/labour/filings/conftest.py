"""Filings under test: labour, and the simulator of the authorities as a process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from tests.harness import NOON, Harness
from tests.labour.authority import Desk, Simulator, made, reach, simulator
from tests.labour.conftest import Site, worker_row


@pytest.fixture(scope="session")
async def platforms() -> AsyncIterator[Simulator]:
    """The process."""
    async with simulator() as running:
        yield running


@pytest.fixture
async def authority(platforms: Simulator, labour: Harness) -> AsyncIterator[Simulator]:
    """The process, without faults, reached by labour; the clock goes back to noon afterwards."""
    await platforms.reset()
    reach(labour, platforms.addresses)
    yield platforms
    labour.clock.advance(NOON - labour.clock.now())


@pytest.fixture
async def desk(site: Site, authority: Simulator) -> Desk:
    """A site with two workers who entered yesterday, connected to nothing yet."""
    found = await made(site, authority)
    workers = await site.workers(worker_row(), worker_row(name="李强"))
    await site.assigned(workers, enter_at=(NOON - timedelta(days=1)).isoformat())
    await found.team("钢筋一班", *workers, leader=workers[0])
    return found
