"""Use cases of orders on a real PostgreSQL."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.errors import Aborted, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.orders import service
from procurement.orders.commands import close
from procurement.orders.events import APPROVED, CANCELLED, CREATED
from procurement.orders.service import CreateOrder, Line, Verb
from procurement.orders.states import Origin, State
from tests.harness import Harness, organisation
from tests.procurement.conftest import STEEL, Orders, Site
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
            await service.approve(work, Verb(order_id, None), orders.projects, orders.labour)
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
            await close.cancel(work, Verb(order_id, None, "not needed"))
    [fact] = await procurement.events(CANCELLED, approved, OrderCancelled)
    assert fact.reason == "not needed"
    assert await procurement.events(CANCELLED, draft, OrderCancelled) == []


async def test_a_stale_version_is_refused(orders: Orders, procurement: Harness) -> None:
    """Who decides on version 1 does not decide on version 2."""
    order_id = await orders.submitted()
    before = await procurement.checksum()
    with pytest.raises(Aborted):
        async with procurement.work(orders.approver) as work:
            await service.approve(work, Verb(order_id, 1), orders.projects, orders.labour)
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


def command(site: Site, *, project_id: UUID | None = None, code: str = "01090001") -> CreateOrder:
    """A draft out of an award."""
    line = Line(
        code,
        "t",
        "01-STEEL",
        Decimal("10.000000"),
        Decimal("3950.000000"),
        Decimal("0.00"),
        tax_percent=Decimal("13.00"),
        needed_by=date(2026, 12, 1),
        origin_line_id=new_id(),
    )
    return CreateOrder(
        None,
        project_id or site.project_id,
        site.supplier.id,
        "CNY",
        "",
        (line, line),
        origin=Origin.AWARD,
        origin_id=new_id(),
    )


async def test_many_drafts_are_written_like_one(orders: Orders, procurement: Harness) -> None:
    """Rows, facts and audit of each; what was asked for is what stands there."""
    commands = [command(orders.site) for _ in range(3)]
    async with procurement.work(orders.buyer) as work:
        written = await service.create_many(work, commands)
    for order, asked in zip(written, commands, strict=True):
        read = await orders.read(order.id)
        assert (read.origin, read.origin_id, read.state) == (Origin.AWARD, asked.origin_id, State.DRAFT)
        assert read.total == Decimal("79000.00")
        for line, wanted in zip(read.lines, asked.lines, strict=True):
            assert (line.tax_percent, line.needed_by, line.origin_line_id) == (
                wanted.tax_percent,
                wanted.needed_by,
                wanted.origin_line_id,
            )
        assert len(await procurement.events(CREATED, order.id, OrderCreated)) == 1
        assert await procurement.audited(order.id) == ["orders.create"]


async def test_many_drafts_are_all_or_none(orders: Orders, procurement: Harness) -> None:
    """One foreign project or one unknown material among them, and nothing stands; the refusal names the line."""
    before = await procurement.checksum()
    good = command(orders.site)
    with pytest.raises(NotFound):
        async with procurement.work(orders.buyer) as work:
            await service.create_many(work, [good, command(orders.site, project_id=new_id())])
    with pytest.raises(InvalidArgument) as refusal:
        async with procurement.work(orders.buyer) as work:
            await service.create_many(work, [good, command(orders.site, code="99999999")])
    assert [violation.pointer for violation in refusal.value.violations] == [
        "/lines/2/material_code",
        "/lines/3/material_code",
    ]
    assert await procurement.checksum() == before
