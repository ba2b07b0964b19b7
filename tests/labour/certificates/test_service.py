"""Certificates that end are told ahead, once per warning, and when they are over."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest

from chassis.identity import service_principal
from labour.certificates import service
from labour.certificates.events import EXPIRED, EXPIRING
from tests.harness import NOON, Harness
from tests.labour.conftest import Site, worker_row
from zhulian.labour.v1.certificates_events_pb2 import CertificatesExpired, CertificatesExpiring

TODAY = date(2026, 11, 23)


def certificate(ends_in: int, **changes: str) -> dict[str, str]:
    """A certificate that ends in so many days."""
    ends = TODAY + timedelta(days=ends_in)
    begins = ends - timedelta(days=700)
    return {
        "number": "T1", "trade": "建筑电工", "valid_from": begins.isoformat(), "valid_to": ends.isoformat()
    } | changes  # fmt: skip


async def look(labour: Harness) -> None:
    """The job, as the runner calls it."""
    async with labour.work(service_principal("labour")) as work:
        await service.look(work, {})


async def told(site: Site) -> list[tuple[int, str]]:
    """(days, worker) of what was told of the subcontractor's workers; -1: it is over."""
    found: list[tuple[int, str]] = []
    async with site.harness.sql() as connection:
        for subject, kind in ((EXPIRING, CertificatesExpiring), (EXPIRED, CertificatesExpired)):
            for row in await connection.fetch("SELECT payload FROM outbox WHERE subject = $1 ORDER BY seq", subject):
                fact: Any = kind.FromString(bytes(row["payload"]))
                if fact.employer_id == str(site.subcontractor.id):
                    days = getattr(fact, "days", service.OVER)
                    found.extend((days, one.worker_id) for one in fact.certificates)
    return found


async def holder(site: Site, *certificates: dict[str, str]) -> UUID:
    """A worker with these certificates."""
    [worker_id] = await site.workers(worker_row(certificates=list(certificates)))
    return worker_id


@pytest.mark.parametrize(
    ("ends_in", "days"), [(91, None), (90, 90), (31, 90), (30, 30), (8, 30), (7, 7), (0, 7), (-1, -1), (-99, -1)]
)
async def test_the_nearest_warning_is_told_once(labour: Harness, site: Site, ends_in: int, days: int | None) -> None:
    worker_id = await holder(site, certificate(ends_in))
    await look(labour)
    await look(labour)
    assert await told(site) == ([] if days is None else [(days, str(worker_id))])


async def test_each_warning_comes_in_its_time(labour: Harness, site: Site) -> None:
    worker_id = await holder(site, certificate(95))
    try:
        for step in (0, 5, 59, 1, 20, 3, 7, 1):
            labour.clock.advance(timedelta(days=step))
            await look(labour)
    finally:
        labour.clock.advance(NOON - labour.clock.now())
    assert [days for days, who in await told(site) if who == str(worker_id)] == [90, 30, 7, -1]


async def test_a_certificate_that_is_carried_on_is_not_warned_of(labour: Harness, site: Site) -> None:
    """Renewed without a gap: silent; with a gap, of another trade or not in force: told."""
    renewed = certificate(20), certificate(700, number="T2", valid_from=(TODAY + timedelta(days=21)).isoformat())
    await holder(site, *renewed)
    gap = certificate(20), certificate(700, number="T2", valid_from=(TODAY + timedelta(days=22)).isoformat())
    other = certificate(20), certificate(700, number="T2", trade="建筑架子工")
    revoked = certificate(20), certificate(700, number="T2", status="2")
    expected = [await holder(site, *pair) for pair in (gap, other, revoked)]
    await look(labour)
    assert sorted(await told(site)) == sorted((30, str(one)) for one in expected)


async def test_a_corrected_end_is_told_anew(labour: Harness, site: Site) -> None:
    row = worker_row(certificates=[certificate(20)])
    await site.workers(row)
    await look(labour)
    await site.workers(row | {"certificates": [certificate(25)]})
    await look(labour)
    assert [days for days, _ in await told(site)] == [30, 30]
