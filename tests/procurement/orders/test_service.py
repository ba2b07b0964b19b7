"""Use cases of orders on a real PostgreSQL."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chassis.errors import Aborted, FailedPrecondition, NotFound, PermissionDenied
from chassis.identity import Kind, Role
from procurement.orders import service
from procurement.orders.events import APPROVED, CANCELLED, CREATED
from procurement.orders.service import Verb
from procurement.orders.states import State
from tests.harness import Harness, organisation
from tests.procurement.conftest import STEEL, Orders
from zhulian.procurement.v1.events_pb2 import OrderApproved, OrderCancelled, OrderCreated


async def test_a_draft_has_its_fact_and_its_audit(orders: Orders, procurement: Harness) -> None:
    """Rows, fact and audit are one."""
    order_id = await orders.draft()
    order = await orders.read(order_id)
    assert order.state == State.DRAFT
    assert order.total == STEEL
    [fact] = await procurement.events(CREATED, order_id, OrderCreated)
    assert [(cost.cost_code, cost.amount.amount) for cost in fact.order.costs] == [
        ("01-STEEL", "444375.00"),
        ("02-FRAME", "0.00"),
    ]
    assert await procurement.audited(order_id) == ["orders.create"]


async def test_approval_commits_the_budget_and_says_so(orders: Orders, procurement: Harness) -> None:
    """The reservation is asked for with the order's costs; the fact confirms it."""
    order_id = await orders.approved()
    assert orders.projects.commitments[order_id]["01-STEEL"] == STEEL
    [fact] = await procurement.events(APPROVED, order_id, OrderApproved)
    assert fact.order.total.amount == "444375.00"
    order = await orders.read(order_id)
    assert order.state == State.APPROVED
    assert order.approved_at == procurement.clock.now()


async def test_over_budget_nothing_changes(orders: Orders, procurement: Harness) -> None:
    """The refusal of project-mgmt reaches the approver unchanged; the order stays submitted."""
    order_id = await orders.submitted()
    orders.projects.left[orders.site.project_id] = Decimal("1000.00")
    before = await procurement.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        async with procurement.work(orders.approver) as work:
            await service.approve(work, Verb(order_id, None), orders.projects)
    assert refusal.value.reason == "BUDGET_EXCEEDED"
    assert refusal.value.metadata["left"] == "1000.00"
    assert await procurement.checksum() == before


async def test_rejecting_gives_back_what_an_interrupted_approval_reserved(orders: Orders, procurement: Harness) -> None:
    """An approval that died after asking leaves a reservation; a rejection does not wait for it to lapse."""
    order_id = await orders.submitted()
    await orders.projects.commit_budget(
        orders.site.project_id, order_id, orders.site.contractor.id, {"A": STEEL}, "CNY"
    )
    async with procurement.work(orders.approver) as work:
        order = await service.reject(work, Verb(order_id, None, "too dear"), orders.projects)
    assert (order.state, order.reason) == (State.REJECTED, "too dear")
    assert order_id not in orders.projects.commitments


async def test_cancelling_an_approved_order_frees_its_budget_through_the_fact(
    orders: Orders, procurement: Harness
) -> None:
    """A draft that is cancelled has no budget to free, so it sends nothing."""
    approved, draft = await orders.approved(), await orders.draft()
    for order_id in (approved, draft):
        async with procurement.work(orders.buyer) as work:
            await service.cancel(work, Verb(order_id, None, "not needed"))
    [fact] = await procurement.events(CANCELLED, approved, OrderCancelled)
    assert fact.reason == "not needed"
    assert await procurement.events(CANCELLED, draft, OrderCancelled) == []


async def test_a_stale_version_is_refused(orders: Orders, procurement: Harness) -> None:
    """Who decides on version 1 does not decide on version 2."""
    order_id = await orders.submitted()
    before = await procurement.checksum()
    with pytest.raises(Aborted):
        async with procurement.work(orders.approver) as work:
            await service.approve(work, Verb(order_id, 1), orders.projects)
    assert await procurement.checksum() == before


async def test_the_supplier_sees_an_order_from_approval_on(orders: Orders, procurement: Harness) -> None:
    """Before that it does not exist for the supplier; for another supplier it never does."""
    draft, approved = await orders.draft(), await orders.approved()
    stranger = organisation(Kind.SUPPLIER).as_(Role.SALES)
    async with procurement.work(orders.sales) as work:
        assert (await service.get(work, approved)).id == approved
        with pytest.raises(NotFound):
            await service.get(work, draft)
    async with procurement.work(stranger) as work:
        with pytest.raises(NotFound):
            await service.get(work, approved)


async def test_only_the_addressed_supplier_confirms(orders: Orders, procurement: Harness) -> None:
    """Another supplier is told that there is no such order; a buyer has no such role."""
    order_id = await orders.approved()
    before = await procurement.checksum()
    with pytest.raises(NotFound):
        async with procurement.work(organisation(Kind.SUPPLIER).as_(Role.SALES)) as work:
            await service.confirm(work, Verb(order_id, None))
    with pytest.raises(PermissionDenied):
        async with procurement.work(orders.buyer) as work:
            await service.confirm(work, Verb(order_id, None))
    assert await procurement.checksum() == before
