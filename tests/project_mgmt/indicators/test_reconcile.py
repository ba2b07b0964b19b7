"""Our labour days beside labour's own: the use case and its door; labour is in memory."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.errors import InvalidArgument, NotFound, PermissionDenied, Unavailable
from chassis.identity import Role
from chassis.ids import new_id
from project_mgmt.clients import Neighbours
from project_mgmt.clients.labour import EmployerDays
from project_mgmt.indicators.commands import reconcile
from project_mgmt.indicators.commands.reconcile import Reconciliation
from tests.project_mgmt.conftest import FakeEquipment, FakeLabour, FakeProcurement, Site
from tests.project_mgmt.indicators.conftest import Fact, attendance

TODAY = date(2026, 11, 23)
ONE, TWO = new_id(), new_id()


async def tell(site: Site, *facts: Fact) -> None:
    for fact in facts:
        await site.harness.receive(fact.durable, fact.message, aggregate_id=new_id(), event_id=fact.event_id)


def theirs(**days: str) -> tuple[EmployerDays, ...]:
    """What labour says of the first employer (`d23="1.50"` is the 23rd of November)."""
    return tuple(EmployerDays(ONE, date(2026, 11, int(day[1:])), Decimal(value)) for day, value in days.items())


async def ask(
    site: Site, labour: FakeLabour, first: date | None = None, last: date | None = None, role: Role = Role.SITE_ENGINEER
) -> Reconciliation:
    async with site.harness.work(site.owner.as_(role)) as work:
        return await reconcile.labour_days(work, site.project_id, first, last, labour)


async def test_equal_when_every_fact_has_come(site: Site) -> None:
    """Deltas in any order and both signs; a figure of 0 is as good as none."""
    await tell(
        site,
        attendance(site.project_id, ONE, d22="-0.50", d23="1.00"),
        attendance(site.project_id, ONE, d22="2.00"),
        attendance(site.project_id, TWO, d22="1.00"),
        attendance(site.project_id, TWO, d22="-1.00"),
    )
    found = await ask(site, FakeLabour(days=theirs(d22="1.50", d23="1.00")))
    assert (found.equal, found.sums.ours, found.sums.theirs) == (True, Decimal("2.50"), Decimal("2.50"))
    assert (found.day_from, found.day_to) == (date(2026, 10, 24), TODAY)


async def test_what_differs_is_named_by_day_and_employer(site: Site) -> None:
    """A fact that was lost, one of nobody's, and a sum that hides both."""
    await tell(site, attendance(site.project_id, TWO, d22="1.00"), attendance(site.project_id, ONE, d23="0.50"))
    found = await ask(site, FakeLabour(days=theirs(d22="1.00", d23="0.50")))
    assert not found.equal
    assert found.sums.ours == found.sums.theirs == Decimal("1.50")
    told = {(one.day.day, UUID(one.detail)): one.difference for one in found.differences}
    assert told == {(22, ONE): Decimal("-1.00"), (22, TWO): Decimal("1.00")}


async def test_labour_is_asked_for_the_days_that_are_compared(site: Site) -> None:
    labour = FakeLabour()
    await tell(site, attendance(site.project_id, ONE, d10="1.00", d23="1.00"))
    found = await ask(site, labour, date(2026, 11, 1), date(2026, 11, 20))
    assert labour.ranges == [(date(2026, 11, 1), date(2026, 11, 20))]
    assert [one.day for one in found.differences] == [date(2026, 11, 10)]


async def test_a_range_beyond_a_year_is_refused_before_anybody_is_asked(site: Site) -> None:
    labour = FakeLabour()
    with pytest.raises(InvalidArgument):
        await ask(site, labour, TODAY - timedelta(days=366), TODAY)
    assert labour.asked == []


async def test_without_labour_nothing_is_said(site: Site) -> None:
    away = Unavailable("LABOUR_UNAVAILABLE", zh="不可用", en="away")
    with pytest.raises(Unavailable):
        await ask(site, FakeLabour(trouble=away))


async def test_only_who_sees_the_figures_compares_them(site: Site) -> None:
    """A supplier of the project and a role without figures; labour is not asked on their behalf."""
    labour = FakeLabour()
    with pytest.raises(NotFound):
        async with site.harness.work(site.supplier.as_(Role.VIEWER)) as work:
            await reconcile.labour_days(work, site.project_id, None, None, labour)
    with pytest.raises(PermissionDenied):
        await ask(site, labour, role=Role.SALES)
    assert labour.asked == []


async def test_over_rest(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Decimals as text, the employer by its id; a day that lies the wrong way round points at the fault."""
    await tell(site, attendance(site.project_id, ONE, d22="1.00"))
    labour = FakeLabour(days=theirs(d22="1.50"))
    asked = Neighbours(labour, FakeProcurement(), FakeEquipment(), 0.3)
    monkeypatch.setitem(site.harness.runtime.clients, "neighbours", asked)
    path = f"/projects/v1/projects/{site.project_id}/indicators/reconciliation"
    async with site.harness.client(site.manager) as client:
        answer = await client.get(path, params={"day_from": "2026-11-20", "day_to": "2026-11-23"})
        wrong = await client.get(path, params={"day_from": "2026-11-23", "day_to": "2026-11-20"})
    difference = {"ours": "1.00", "theirs": "1.50", "difference": "-0.50"}
    assert answer.status_code == 200, answer.text
    assert answer.json()["differences"] == [{"day": "2026-11-22", "employer_id": str(ONE)} | difference]
    assert (answer.json()["equal"], answer.json()["compared"]) == (False, 1)
    assert wrong.status_code == 422
