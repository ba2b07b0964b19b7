"""What somebody needs, has and lacks, counted on a real PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.ids import new_id
from labour.training import repository, service
from labour.training.models import Duty
from tests.harness import Harness
from tests.labour.conftest import Site, worker_row
from tests.labour.teaching import (
    BEGIN,
    PATH,
    answer,
    attend,
    enrol,
    refused,
    session,
    taught,
    turn,
    untrained,
    was_there,
)


@contextmanager
def at(labour: Harness, instant: datetime) -> Iterator[None]:
    """The clock at another instant, and back."""
    by = instant - labour.clock.now()
    labour.clock.advance(by)
    try:
        yield
    finally:
        labour.clock.advance(-by)


async def required(labour: Harness, site: Site, worker: UUID, **wanted: Any) -> dict[str, dict[str, Any]]:
    """A worker's requirements by kind and year, e.g. `yearly 2026`."""
    found = await answer(labour, site.clerk, "requirements", worker_id=str(worker), **wanted)
    return {f"{one['kind']} {one['year']}": one for one in found["items"]}


async def recount(labour: Harness, site: Site, *workers: UUID) -> None:
    """Count workers anew."""
    async with labour.work(site.clerk) as work:
        await service.recount(work, workers)


async def test_three_levels_until_complete(labour: Harness, site: Site) -> None:
    """Company level anywhere, project and team level on the project of their session only."""
    [worker] = await site.workers(untrained())
    day = BEGIN - timedelta(days=3)
    await taught(site, worker, at=day, length=15)
    path = f"workers/{worker}/entry"
    missing = (await answer(labour, site.clerk, path))["missing"]
    project = str(site.project_id)
    for days, level, hours in ((1, "entry_project", 15), (2, "entry_team", 20)):
        kind = {"name": level, "category": level, "hours": f"{hours}.00"}
        begin = day + timedelta(days=days) - timedelta(hours=6)
        await taught(site, worker, at=begin, length=hours, course=kind, project_id=project)
    here, there = [await answer(labour, site.clerk, path, project_id=one) for one in (site.project_id, new_id())]
    assert missing == ["entry_project", "entry_team"]
    assert (here["complete"], here["missing"], here["valid_until"]) == (True, [], "2027-11-22")
    assert (there["complete"], there["missing"]) == (False, ["entry_project", "entry_team"])
    assert (await required(labour, site, worker))["entry 2027"]["missing_levels"] == []


async def test_who_comes_back_after_a_year_begins_anew(labour: Harness, site: Site) -> None:
    """Complete two years ago and nothing since: all three are missing; one of today begins the count anew."""
    [worker] = await site.workers(
        worker_row(training={"trained_on": "2024-03-01", "hours": "50.00", "course": "三级安全教育"})
    )
    path = f"workers/{worker}/entry"
    before = await answer(labour, site.clerk, path)
    await taught(site, worker)
    after = await answer(labour, site.clerk, path)
    assert before["missing"] == after["missing"] == ["entry_company", "entry_project", "entry_team"]
    assert after["begins_on"] == "2026-11-23"
    assert [one["done_hours"] for one in after["levels"]] == ["4.00", "0.00", "0.00"]


async def test_attendance_in_between_keeps_it_alive(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    [assignment] = await site.assigned([worker])
    async with labour.sql() as connection:
        await connection.execute("UPDATE worker_trainings SET trained_on = '2025-03-01' WHERE worker_id = $1", worker)
        for day in ("2025-10-01", "2026-08-01"):
            await connection.execute(
                "INSERT INTO worker_days (assignment_id, day, project_id, worker_id, employer_id, days)"
                " VALUES ($1, $2::text::date, $3, $4, $5, 1)",
                assignment,
                day,
                site.project_id,
                worker,
                site.subcontractor.id,
            )
    found = await answer(labour, site.clerk, f"workers/{worker}/entry")
    assert (found["complete"], found["valid_until"]) == (True, "2027-08-01")


async def test_a_duty_decides_the_hours_and_a_job_change_needs_twenty(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(untrained())
    body = {"since": "2026-09-01", "duty": "safety_officer", "job_change": True, "reason": "转为安全员"}
    await site.post(f"{PATH}/workers/{worker}/duties", body, site.clerk, status=201)
    await taught(site, worker, course={"name": "转岗", "category": "job_change"})
    found = await required(labour, site, worker)
    assert (found["yearly 2026"]["required_hours"], found["yearly 2026"]["missing_hours"]) == ("40.00", "36.00")
    assert (found["job_change 2026"]["required_hours"], found["job_change 2026"]["done_hours"]) == ("20.00", "4.00")
    assert "建教[1997]83" in found["yearly 2026"]["source"]
    assert await refused(site, site.clerk, f"workers/{worker}/duties", body, status=409) == "DUTY_EXISTS"
    [duty] = (await answer(labour, site.clerk, f"workers/{worker}/duties"))["items"]
    assert (duty["duty"], duty["job_change"]) == ("safety_officer", True)


async def test_a_special_trade_by_work_type_needs_twenty(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(untrained(work_type="130"))
    await taught(site, worker)
    assert (await required(labour, site, worker))["yearly 2026"]["required_hours"] == "20.00"


async def test_the_year_turns_at_midnight_in_shanghai(labour: Harness, site: Site) -> None:
    """31 December 23:00 to 1 January 03:00 in Shanghai is a session of the old year, closed in the new one."""
    [worker, other] = await site.workers(untrained(), untrained())
    eve = datetime(2026, 12, 31, 15, 0, tzinfo=UTC)
    with at(labour, eve + timedelta(hours=5)):
        await taught(site, worker, at=eve)
        await taught(site, other, at=eve + timedelta(hours=1), course={"name": "另一门课"})
        first, second = [await required(labour, site, one) for one in (worker, other)]
    assert (first["yearly 2026"]["done_hours"], first["yearly 2027"]["done_hours"]) == ("4.00", "0.00")
    assert second["yearly 2027"]["done_hours"] == "4.00"


async def test_a_changed_rule_leaves_closed_years_alone(
    labour: Harness, site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Even one that somebody dated back: of a year that is over only the hours done may still grow."""
    [worker] = await site.workers(untrained())
    await taught(site, worker)
    [old] = repository.training_rules().hours
    changed = replace(
        repository.training_rules(), hours=(replace(old, yearly=dict.fromkeys(Duty, Decimal("99.00")), source="new"),)
    )
    with at(labour, datetime(2027, 1, 5, 4, 0, tzinfo=UTC)):
        await recount(labour, site, worker)
        monkeypatch.setattr(repository, "training_rules", lambda: changed)
        late = await session(site, at=BEGIN + timedelta(days=1), course={"name": "补训"})
        await enrol(site, late, worker)
        await turn(site, late, "hold")
        await attend(site, late, was_there(worker, at=BEGIN + timedelta(days=1)))
        await turn(site, late, "close")
        found = await required(labour, site, worker)
    assert (found["yearly 2026"]["required_hours"], found["yearly 2026"]["done_hours"]) == ("15.00", "8.00")
    assert "建教[1997]83" in found["yearly 2026"]["source"]
    assert found["yearly 2027"]["required_hours"] == "99.00"


async def test_counting_twice_changes_nothing(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(untrained())
    await recount(labour, site, worker)
    before = await labour.checksum()
    await recount(labour, site, worker)
    assert await labour.checksum() == before
