"""The clock of guarantees: 30, 7 and 1 days before, the day after; late, twice, after an extension."""

from __future__ import annotations

from datetime import timedelta
from uuid import UUID

import pytest

from chassis.clock import FrozenClock
from chassis.errors import PermissionDenied
from chassis.identity import Role, service_principal
from procurement.guarantees import handlers
from procurement.guarantees.events import EXPIRING
from procurement.guarantees.service import LOOK_JOB
from procurement.jobs import JOBS
from tests.harness import Harness
from tests.procurement.conftest import Site
from tests.procurement.guarantees.test_endpoints import call, recorded
from zhulian.procurement.v1.guarantees_events_pb2 import GuaranteeExpiring

OURS = service_principal("procurement")


async def look(harness: Harness, guarantee_id: UUID) -> None:
    """Run the job."""
    async with harness.work(OURS) as work:
        await handlers.look(work, {"guarantee_id": str(guarantee_id)})


async def told(harness: Harness, guarantee_id: UUID) -> list[str]:
    """The states of the facts about a guarantee."""
    return [fact.state for fact in await harness.events(EXPIRING, guarantee_id, GuaranteeExpiring)]


async def test_there_is_a_job_for_each_of_the_four_days(procurement: Harness, site: Site) -> None:
    """Valid until 2027-01-02: midnight in Shanghai of the 3rd, the 26th, the 1st and the 3rd."""
    made = await recorded(procurement, site, valid_until="2027-01-02")
    async with procurement.sql() as connection:
        rows = await connection.fetch(
            "SELECT execute_after - created AS pause FROM pgqueuer WHERE entrypoint = $1 AND payload = $2 ORDER BY id",
            LOOK_JOB,
            f'{{"guarantee_id":"{made}"}}'.encode(),
        )
    expected = [timedelta(days=days, hours=-12) for days in (10, 33, 39, 41)]
    assert all(abs(row["pause"] - due) < timedelta(minutes=1) for row, due in zip(rows, expected, strict=True))
    assert LOOK_JOB in {job.name for job in JOBS}


async def test_each_alert_is_given_once_and_it_ends_by_itself(
    procurement: Harness, site: Site, clock: FrozenClock
) -> None:
    made = await recorded(procurement, site, valid_until="2027-01-02")
    accountant = site.contractor.as_(Role.ACCOUNTANT)
    seen = []
    for _ in range(43):
        for _ in range(2):
            await look(procurement, made)
        found = (await call(procurement, accountant, "GET", f"/{made}")).json()
        seen.append((found["alerted"], found["state"]))
        clock.advance(timedelta(days=1))
    stages = {(None, "active"): 10, (30, "active"): 23, (7, "active"): 6, (1, "active"): 2, (1, "expired"): 2}
    assert seen == [stage for stage, days in stages.items() for _ in range(days)]
    assert await told(procurement, made) == ["active"] * 3 + ["expired"]


async def test_a_job_that_comes_late_ends_it_at_once(procurement: Harness, site: Site, clock: FrozenClock) -> None:
    made = await recorded(procurement, site, valid_until="2026-11-30")
    clock.advance(timedelta(days=30))
    for _ in range(4):
        await look(procurement, made)
    assert await told(procurement, made) == ["expired"]


async def test_an_extension_begins_the_alerts_anew(procurement: Harness, site: Site, clock: FrozenClock) -> None:
    """The jobs of the old end are silent, and nothing expires on it."""
    made = await recorded(procurement, site, valid_until="2026-11-30")
    await look(procurement, made)
    accountant = site.contractor.as_(Role.ACCOUNTANT)
    extended = await call(procurement, accountant, "POST", f"/{made}:extend", json={"valid_until": "2027-03-31"})
    assert (extended.json()["alerted"], extended.json()["valid_until"]) == (None, "2027-03-31")
    clock.advance(timedelta(days=8))  # the day after the old end
    await look(procurement, made)
    assert await told(procurement, made) == ["active"]
    clock.advance(timedelta(days=117))  # 2027-03-28
    await look(procurement, made)
    assert await told(procurement, made) == ["active", "active"]


async def test_what_is_released_is_left_alone(procurement: Harness, site: Site, clock: FrozenClock) -> None:
    made = await recorded(procurement, site, valid_until="2026-11-30")
    accountant = site.contractor.as_(Role.ACCOUNTANT)
    await call(procurement, accountant, "POST", f"/{made}:release", json={"reason": "验收合格"})
    clock.advance(timedelta(days=30))
    before = await procurement.checksum()
    await look(procurement, made)
    assert await procurement.checksum() == before


async def test_nobody_but_the_clock_runs_it(procurement: Harness, site: Site) -> None:
    made = await recorded(procurement, site, valid_until="2026-11-30")
    before = await procurement.checksum()
    with pytest.raises(PermissionDenied):
        async with procurement.work(site.contractor.as_(*Role)) as work:
            await handlers.look(work, {"guarantee_id": str(made)})
    assert await procurement.checksum() == before
