"""Wage officers, and the warning when an active project has none."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound
from chassis.identity import Role, service_principal
from labour.wage_officers import service
from labour.wage_officers.events import MISSING
from labour.wage_officers.models import WageOfficer
from labour.wage_officers.service import NewOfficer
from tests.harness import Harness
from tests.labour.conftest import Site, tell_project
from zhulian.labour.v1.subcontracts_events_pb2 import WageOfficerMissing

TODAY = date(2026, 11, 23)


async def appoint(site: Site, **changes: Any) -> WageOfficer:
    """A wage officer of the general contractor."""
    who = changes.pop("who", site.contractor.as_(Role.LABOUR_CLERK))
    values: dict[str, Any] = {"name": "李敏", "phone": "0755-12345678", "first_day": None, "last_day": None}
    async with site.harness.work(who) as work:
        return await service.appoint(work, NewOfficer(site.project_id, **(values | changes)), site.projects)


async def look(labour: Harness) -> None:
    """The job, as the runner calls it."""
    async with labour.work(service_principal("labour")) as work:
        await service.look(work, {})


async def warnings(site: Site) -> list[bool]:
    """What was told of the project, in order: missing or not."""
    return [one.missing for one in await site.harness.events(MISSING, site.project_id, WageOfficerMissing)]


async def test_a_project_without_one_is_told_once_and_lifted_at_once(labour: Harness, site: Site) -> None:
    await look(labour)
    await look(labour)
    assert await warnings(site) == [True]
    await appoint(site)
    assert await warnings(site) == [True, False]
    await look(labour)
    assert await warnings(site) == [True, False]
    [raised, _] = await labour.events(MISSING, site.project_id, WageOfficerMissing)
    assert (raised.contractor_id, raised.since.date) == (str(site.contractor.id), "2026-11-23")
    assert await labour.audited(site.project_id) == ["wage-officers.warn", "wage-officers.lift"]


async def test_the_end_of_the_last_term_raises_it_that_of_another_does_not(labour: Harness, site: Site) -> None:
    one, two = await appoint(site), await appoint(site)
    clerk = site.contractor.as_(Role.LABOUR_CLERK)
    yesterday = TODAY - timedelta(days=1)
    before = await labour.checksum()
    with pytest.raises(InvalidArgument):
        async with labour.work(clerk) as work:
            await service.end(work, one.id, None, yesterday)
    assert await labour.checksum() == before
    third = await appoint(site, first_day=TODAY - timedelta(days=9))
    for officer, day in ((one, None), (two, None)):
        async with labour.work(clerk) as work:
            await service.end(work, officer.id, None, day)
    assert await warnings(site) == []  # today they still serve
    async with labour.work(clerk) as work:
        await service.end(work, third.id, None, yesterday)
    assert await warnings(site) == []
    with pytest.raises(FailedPrecondition):
        async with labour.work(clerk) as work:
            await service.end(work, third.id, None, None)


async def test_a_term_that_begins_later_or_is_over_does_not_count(labour: Harness, site: Site) -> None:
    await appoint(site, first_day=TODAY + timedelta(days=1))
    await appoint(site, first_day=TODAY - timedelta(days=9), last_day=TODAY - timedelta(days=1))
    assert await warnings(site) == [True]


@pytest.mark.parametrize("state", ["planned", "suspended", "completed"])
async def test_only_an_active_project_is_warned_of(labour: Harness, site: Site, state: str) -> None:
    """A warning is lifted when the project stops."""
    await look(labour)
    await tell_project(labour, site.project_id, {site.contractor.id: "general_contractor"}, version=2, state=state)
    await look(labour)
    assert await warnings(site) == [True, False]


async def test_only_the_general_contractor_appoints(labour: Harness, site: Site) -> None:
    before = await labour.checksum()
    with pytest.raises(InvalidArgument):
        await appoint(site, last_day=TODAY - timedelta(days=1))
    site.projects.roles[site.project_id, site.contractor.id] = frozenset({"specialist_subcontractor"})
    with pytest.raises(FailedPrecondition) as refusal:
        await appoint(site)
    assert refusal.value.reason == "NOT_GENERAL_CONTRACTOR"
    site.projects.roles[site.project_id, site.contractor.id] = frozenset()
    with pytest.raises(NotFound):
        await appoint(site)
    assert await labour.checksum() == before


async def test_the_audit_names_nobody(labour: Harness, site: Site) -> None:
    officer = await appoint(site)
    async with labour.sql() as connection:
        rows = await connection.fetch("SELECT after::text FROM audit WHERE entity_id = $1", officer.id)
    assert rows
    assert not any("李敏" in row["after"] or "12345678" in row["after"] for row in rows)
