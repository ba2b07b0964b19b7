"""Attendance under test."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.clock import SHANGHAI
from chassis.identity import Principal
from labour.attendance import service
from labour.attendance.endpoints import _row
from labour.attendance.events import RECORDED
from labour.attendance.schemas import read_rows
from labour.attendance.service import Recorded, RecordSwipes
from tests.harness import NOON
from tests.labour.conftest import Site, worker_row
from zhulian.labour.v1.events_pb2 import AttendanceRecorded

YESTERDAY = NOON.astimezone(SHANGHAI).replace(hour=0) - timedelta(days=1)


def at(hours: float, *, days_ago: int = 1) -> datetime:
    """An instant so many hours after midnight of a day."""
    return YESTERDAY - timedelta(days=days_ago - 1) + timedelta(hours=hours)


def command_of(device_id: UUID, *swipes: Any, sent_at: datetime | None = None) -> RecordSwipes:
    """A batch as the endpoint hands it on."""
    rows, faults = read_rows(list(swipes))
    return RecordSwipes(device_id, len(swipes), [_row(place, row) for place, row in rows], faults, sent_at)


class Gate:
    """A device of a fresh site with workers who have entered, and what it sends."""

    def __init__(self, site: Site, device_id: UUID, workers: list[UUID]) -> None:
        self.site = site
        self.device_id = device_id
        self.workers = workers
        self.sequence = 0

    def swipe(self, worker: int | UUID, direction: str, when: datetime, **changes: Any) -> dict[str, Any]:
        """The next swipe; `worker` by place or id, direction `in` or `out`."""
        self.sequence += 1
        return {
            "sequence": self.sequence,
            "worker_id": str(self.workers[worker] if isinstance(worker, int) else worker),
            "at": when.isoformat(),
            "direction": {"in": "01", "out": "02"}.get(direction, direction),
            "attend_type": "001",
        } | changes

    async def send(
        self, *swipes: Any, device_id: UUID | None = None, sent_at: datetime | None = None, by: Principal | None = None
    ) -> Recorded:
        """Send a batch."""
        command = command_of(device_id or self.device_id, *swipes, sent_at=sent_at)
        async with self.site.harness.work(by or self.site.gate) as work:
            return await service.record(work, command)

    async def deltas(self, recorded: Recorded) -> dict[str, str]:
        """By day, what the batch's fact says; empty when there is none."""
        facts = await self.site.harness.events(RECORDED, recorded.batch_id, AttendanceRecorded)
        return {day.day.date: day.delta for fact in facts for day in fact.days}

    async def counted(self) -> dict[tuple[str, UUID], str]:
        """The worker days that stand, by day and worker."""
        async with self.site.harness.sql() as connection:
            rows = await connection.fetch(
                "SELECT day, worker_id, days FROM worker_days WHERE project_id = $1", self.site.project_id
            )
        return {(row["day"].isoformat(), row["worker_id"]): str(row["days"]) for row in rows if row["days"]}

    async def consent(self, *workers: int, purpose: str = "location") -> None:
        """These workers, by place, consent to a purpose on paper."""
        for worker in workers:
            body = {"purpose": purpose, "text_version": "2026-1", "given_on": "2026-11-01"}
            path = f"/labour/v1/workers/{self.workers[worker]}/consents"
            await self.site.post(path, body, self.site.clerk, status=201)


@pytest.fixture
async def gate(site: Site) -> Gate:
    """A device and four workers who entered ten days ago."""
    workers = await site.workers(*[worker_row() for _ in range(4)])
    await site.assigned(workers, enter_at=(NOON - timedelta(days=10)).isoformat())
    return Gate(site, await site.device(), workers)
