"""Use cases of indicators on a real PostgreSQL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chassis.errors import NotFound, PermissionDenied
from chassis.identity import Role, service_principal
from chassis.pages import PageRequest
from project_mgmt.indicators import service
from project_mgmt.indicators.rules import Delta, IndicatorFilters, Key, Measure, Total
from tests.harness import Harness
from tests.project_mgmt.conftest import Site

OURSELVES = service_principal("project-mgmt")
ALL = IndicatorFilters()


def delta(site: Site, day: int, value: str, detail: str = "A") -> Delta:
    """Accepted cost of one day in November."""
    key = Key(site.project_id, date(2026, 11, day), Measure.ACCEPTED_COST, "CNY", detail)
    return Delta(key, Decimal(value))


async def add(site: Site, *deltas: Delta) -> None:
    """What a fact says."""
    async with site.harness.work(OURSELVES) as work:
        await service.add(work, deltas)


async def test_figures_grow_and_shrink(site: Site) -> None:
    """Several deltas of one figure in one fact, and a later fact that takes off more than there is."""
    await add(site, delta(site, 1, "10.00"), delta(site, 1, "5.00"), delta(site, 2, "1.00", "B"))
    await add(site, delta(site, 1, "-20.00"))
    async with site.harness.work(site.manager) as work:
        page = await service.page(work, site.project_id, ALL, PageRequest())
        days = await service.day_page(work, site.project_id, ALL, PageRequest())
        totals = await service.totals(work, site.project_id, ALL)
    assert [(row.day.day, row.detail, row.value) for row in page.items] == [
        (1, "A", Decimal("-5.00")),
        (2, "B", Decimal("1.00")),
    ]
    assert [(row.day.day, row.value) for row in days.items] == [(1, Decimal("-5.00")), (2, Decimal("1.00"))]
    assert totals == [Total(Measure.ACCEPTED_COST, "CNY", Decimal("-4.00"))]


async def test_a_project_has_its_own_figures(project_mgmt: Harness, site: Site) -> None:
    """Another project's figures do not appear; before the first fact there are none."""
    other = Delta(Key(site.owner.id, date(2026, 11, 1), Measure.LABOUR_DAYS, "d", "x"), Decimal(1))
    await add(site, other)
    async with project_mgmt.work(site.manager) as work:
        assert (await service.page(work, site.project_id, ALL, PageRequest())).items == []
        assert await service.totals(work, site.project_id, ALL) == []


async def test_ranges(site: Site) -> None:
    """Both ends are inclusive."""
    await add(site, *(delta(site, day, "1.00") for day in range(1, 11)))
    wanted = IndicatorFilters(day_from=date(2026, 11, 3), day_to=date(2026, 11, 5))
    async with site.harness.work(site.manager) as work:
        page = await service.page(work, site.project_id, wanted, PageRequest())
        [total] = await service.totals(work, site.project_id, wanted)
    assert [row.day.day for row in page.items] == [3, 4, 5]
    assert total.value == Decimal("3.00")


async def test_who_adds_and_who_reads(project_mgmt: Harness, site: Site) -> None:
    """Facts alone add; those who steer the project read."""
    before = await project_mgmt.checksum()
    for principal in (site.manager, service_principal("procurement")):
        with pytest.raises(PermissionDenied):
            async with project_mgmt.work(principal) as work:
                await service.add(work, [delta(site, 1, "1.00")])
    with pytest.raises(NotFound):
        async with project_mgmt.work(site.supplier.as_(Role.VIEWER)) as work:
            await service.page(work, site.project_id, ALL, PageRequest())
    assert await project_mgmt.checksum() == before
