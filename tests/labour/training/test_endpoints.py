"""The REST door of hours of training."""

from __future__ import annotations

from typing import Any

from chassis.identity import Kind, Role
from tests.harness import NOON, Harness, organisation
from tests.labour.conftest import Site, worker_row
from tests.labour.teaching import (
    answer,
    refused,
    untrained,
)
from tests.labour.training.test_service import recount


async def test_lists_by_project_year_and_shortness(labour: Harness, site: Site) -> None:
    one, other = await site.workers(untrained(), worker_row())
    await site.assigned([other])
    await recount(labour, site, one, other)

    async def workers(**wanted: Any) -> set[str]:
        found = await answer(labour, site.clerk, "requirements", page_size=100, **wanted)
        return {item["worker_id"] for item in found["items"]}

    assert await workers(year=2026, kind="yearly", short=True) == {str(one)}
    assert await workers(year=2026, kind="yearly", short=False) == {str(other)}
    assert await workers(project_id=str(site.project_id)) == {str(other)}
    assert await workers(year=2025) == set()


async def test_rules_are_read_with_their_source(labour: Harness) -> None:
    [rule] = (await answer(labour, organisation(Kind.OWNER).as_(Role.VIEWER), "rules"))["items"]
    assert (rule["entry"]["entry_team"], rule["yearly"]["manager"], rule["status"]) == ("20.00", "30.00", "V")


async def test_anothers_worker_is_not_there(labour: Harness, site: Site) -> None:
    [worker] = await site.workers(worker_row())
    await recount(labour, site, worker)
    rival = site.stranger.as_(Role.LABOUR_CLERK)
    body = {"since": "2026-09-01", "duty": "manager", "reason": "x"}
    assert await refused(site, rival, f"workers/{worker}/duties", body, status=404) == "WORKER_NOT_FOUND"
    assert (await answer(labour, rival, "requirements", worker_id=str(worker)))["items"] == []
    assert labour.clock.now() == NOON
