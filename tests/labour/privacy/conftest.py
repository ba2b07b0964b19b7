"""Privacy under test: workers who have worked, and the job that erases."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import Principal, Role, service_principal
from chassis.ids import new_id
from labour.privacy.commands import erase
from tests.harness import NOON, Harness
from tests.labour.conftest import Site, worker_row

ENDED = {"kind": "labour_contract", "number": "LD-1", "valid_from": "2026-01-01", "valid_to": "2026-11-22"}
"""A contract that was over yesterday."""


@pytest.fixture
def officer(site: Site) -> Principal:
    """Who keeps the subcontractor's personal data."""
    return site.subcontractor.as_(Role.PERSONAL_DATA_OFFICER)


@contextmanager
def at(harness: Harness, instant: datetime) -> Iterator[None]:
    """As if it were that instant."""
    ahead = instant - harness.clock.now()
    harness.clock.advance(ahead)
    try:
        yield
    finally:
        harness.clock.advance(-ahead)


async def look_again(harness: Harness, erasure_id: str) -> None:
    """What the job does when it is due."""
    async with harness.work(service_principal("labour")) as work:
        await erase.later(work, {"erasure_id": erasure_id}, harness.runtime.clients)


async def due(harness: Harness, erasure_id: str) -> int:
    """How many jobs wait for a request."""
    async with harness.sql() as connection:
        found: int = await connection.fetchval(
            "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1 AND convert_from(payload, 'UTF8') LIKE $2",
            erase.JOB,
            f"%{erasure_id}%",
        )
    return found


@pytest.fixture
async def worked(site: Site) -> UUID:
    """A worker who worked on site on the 21st, has left it, and whose contract is over."""
    row: dict[str, Any] = worker_row(agreement=ENDED, politics="13", urgent_contact="李梅 13900139000")
    [worker] = await site.workers(row)
    [assignment] = await site.assigned([worker], enter_at=(NOON - timedelta(days=3)).isoformat())
    device = await site.device()
    swipes = [
        {
            "sequence": number,
            "worker_id": str(worker),
            "at": (NOON - timedelta(hours=hours)).isoformat(),
            "direction": direction,
            "attend_type": "001",
        }
        for number, hours, direction in ((1, 50, "01"), (2, 41, "02"))
    ]
    body = {"device_id": str(device), "swipes": swipes}
    await site.post("/labour/v1/attendance/swipes:batch", body, site.gate)
    left = {"at": (NOON - timedelta(hours=30)).isoformat(), "reason": "完工"}
    await site.post(f"/labour/v1/assignments/{assignment}:leave", left, site.clerk)
    return worker


def nobody() -> str:
    """An id that is nobody's."""
    return str(new_id())
