"""The cost view on a real PostgreSQL: what orders hold stands beside what facts have said."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chassis.errors import NotFound, PermissionDenied
from chassis.identity import Kind, Role
from project_mgmt.costs import service
from tests.harness import Harness, organisation
from tests.project_mgmt.conftest import Site
from tests.project_mgmt.indicators.conftest import delivery, send


async def test_facts_in_another_currency_are_not_added_up(project_mgmt: Harness, site: Site) -> None:
    """A sum of yuan and dollars is none: the view speaks of the budget's currency, yuan without a budget."""
    fact = delivery(site.project_id, "2026-11-20", A="5.00")
    dollars = delivery(site.project_id, "2026-11-20", A="7.00")
    for line in dollars.message.costs:  # type: ignore[attr-defined]
        line.amount.currency = "USD"
    await send(project_mgmt, [fact, dollars])
    async with project_mgmt.work(site.contractor.as_(Role.COST_CONTROLLER)) as work:
        costs = await service.get(work, site.project_id)
    assert (costs.currency, costs.total.accepted) == ("CNY", Decimal("5.00"))


async def test_only_who_sees_the_money_sees_it(project_mgmt: Harness, site: Site) -> None:
    """Another contractor's project does not exist; a site engineer has no such role."""
    async with project_mgmt.work(organisation(Kind.CONTRACTOR).as_(Role.COST_CONTROLLER)) as work:
        with pytest.raises(NotFound):
            await service.get(work, site.project_id)
    async with project_mgmt.work(site.contractor.as_(Role.SITE_ENGINEER)) as work:
        with pytest.raises(PermissionDenied):
            await service.get(work, site.project_id)
