"""The event door of budgets: facts twice and in any order, and the job that lets reservations lapse."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from uuid import UUID

import pytest

from chassis.errors import NotFound
from chassis.identity import service_principal
from chassis.ids import new_id
from chassis.jobs import JobRunner
from project_mgmt.app import SERVICE
from project_mgmt.budgets import service
from tests.harness import Harness
from tests.project_mgmt.conftest import PROCUREMENT, Site
from zhulian.common.v1.values_pb2 import CostLine, Money
from zhulian.procurement.v1.events_pb2 import OrderApproved, OrderCancelled, OrderFacts

APPROVED = "project-mgmt--orders-approved"
CANCELLED = "project-mgmt--orders-cancelled"
ZERO = Decimal(0)


def facts(site: Site, order_id: UUID, amount: str = "60.00") -> OrderFacts:
    """What procurement tells of an order."""
    return OrderFacts(
        order_id=str(order_id),
        project_id=str(site.project_id),
        buyer_id=str(site.contractor.id),
        costs=[CostLine(cost_code="A", amount=Money(amount=amount, currency="CNY"))],
    )


async def test_a_fact_delivered_twice_counts_once(project_mgmt: Harness, site: Site) -> None:
    """The inbox knows it; and even as a new event it confirms nothing twice."""
    await site.set_budget(A="100.00")
    order_id, event_id = new_id(), new_id()
    await site.commit(order_id, A="60.00")
    fact = OrderApproved(order=facts(site, order_id))
    applied = [
        await project_mgmt.receive(APPROVED, fact, aggregate_id=order_id, event_id=one)
        for one in (event_id, event_id, new_id())
    ]
    assert applied == [True, False, True]
    assert await site.lines() == {"A": (ZERO, Decimal("60.00"), False)}


@pytest.mark.parametrize("order", list(permutations(["ask", "approved", "cancelled"])))
async def test_any_order_ends_the_same(project_mgmt: Harness, site: Site, order: tuple[str, ...]) -> None:
    """An order that was cancelled holds nothing, whatever was heard first."""
    await site.set_budget(A="100.00")
    order_id = new_id()
    for what in order:
        if what == "approved":
            message = OrderApproved(order=facts(site, order_id))
            await project_mgmt.receive(APPROVED, message, aggregate_id=order_id)
        elif what == "cancelled":
            gone = OrderCancelled(order=facts(site, order_id), reason="x")
            await project_mgmt.receive(CANCELLED, gone, aggregate_id=order_id)
        elif order.index("ask") < order.index("cancelled"):
            await site.commit(order_id, A="60.00")
    assert await site.lines() == {"A": (ZERO, ZERO, False)}


async def test_a_fact_about_an_unknown_project_is_not_swallowed(project_mgmt: Harness, site: Site) -> None:
    """It fails, so that it ends among the dead letters where a person sees it; nothing is written."""
    fact = facts(site, new_id())
    fact.project_id = str(new_id())
    before = await project_mgmt.checksum()
    with pytest.raises(NotFound):
        await project_mgmt.receive(APPROVED, OrderApproved(order=fact), aggregate_id=new_id())
    assert await project_mgmt.checksum() == before


async def test_without_its_fact_a_reservation_lapses(project_mgmt: Harness, site: Site) -> None:
    """Procurement died after it asked: the durable job of the same transaction gives the budget back."""
    await site.set_budget(A="100.00")
    order_id, kept = new_id(), new_id()
    for order in (order_id, kept):
        async with project_mgmt.work(PROCUREMENT) as work:
            await service.commit(work, site.costs(order, A="40.00"), timedelta(milliseconds=200))
    await project_mgmt.receive(APPROVED, OrderApproved(order=facts(site, kept, "40.00")), aggregate_id=kept)
    project_mgmt.clock.advance(timedelta(seconds=1))
    runner = JobRunner(
        project_mgmt.addresses.runtime_url, SERVICE.jobs, project_mgmt.runtime, service_principal("project-mgmt")
    )
    running = asyncio.create_task(runner.run())
    try:
        async with asyncio.timeout(20):
            while await site.lines() != {"A": (ZERO, Decimal("40.00"), False)}:  # noqa: ASYNC110 - the job tells nobody
                await asyncio.sleep(0.05)
    finally:
        project_mgmt.clock.advance(timedelta(seconds=-1))
        runner.stop()
        await asyncio.wait_for(running, 10)
