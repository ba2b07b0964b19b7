"""What changes of approved orders hold of the budget: reserved beside the order, merged into it by the fact."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition
from chassis.identity import service_principal
from chassis.ids import new_id
from project_mgmt.budgets import service
from project_mgmt.budgets.models import Commitment
from tests.harness import Harness
from tests.project_mgmt.conftest import KEEP, PROCUREMENT, Door, Site
from zhulian.common.v1.values_pb2 import CostLine, Money
from zhulian.procurement.v1.events_pb2 import OrderApproved, OrderCancelled, OrderFacts
from zhulian.procurement.v1.orders_events_pb2 import (
    OrderAmendmentApproved,
    OrderAmendmentDropped,
    OrderCommitmentChanged,
)
from zhulian.projects.v1.project_directory_pb2 import CommitBudgetRequest, ReleaseBudgetRequest

CHANGED = "project-mgmt--orders-commitment-changed"
APPROVED = "project-mgmt--orders-approved"
CANCELLED = "project-mgmt--orders-cancelled"
ZERO = Decimal(0)


def cost(code: str, amount: str) -> CostLine:
    return CostLine(cost_code=code, amount=Money(amount=amount, currency="CNY"))


def facts(site: Site, order_id: UUID, **amounts: str) -> OrderFacts:
    return OrderFacts(
        order_id=str(order_id),
        project_id=str(site.project_id),
        buyer_id=str(site.contractor.id),
        costs=[cost(code, amount) for code, amount in amounts.items()],
    )


async def approved(site: Site, order_id: UUID, version: int = 3, **amounts: str) -> None:
    fact = OrderApproved(order=facts(site, order_id, **amounts))
    await site.harness.receive(APPROVED, fact, aggregate_id=order_id, version=version)


async def changed(site: Site, order_id: UUID, version: int, change_id: UUID | None = None, **amounts: str) -> None:
    fact = OrderCommitmentChanged(order=facts(site, order_id, **amounts), change_id=str(change_id or ""))
    await site.harness.receive(CHANGED, fact, aggregate_id=order_id, version=version)


async def change_fact(site: Site, order_id: UUID, change_id: UUID, version: int, *, dropped: bool = False) -> None:
    """A change that adds 30.00 is approved, or dropped after that."""
    made: dict[str, Any] = {
        "order": facts(site, order_id, A="60.00"),
        "change_id": str(change_id),
        "adds": [cost("A", "30.00")],
    }
    fact = OrderAmendmentDropped(**made, reason="x") if dropped else OrderAmendmentApproved(**made)
    durable = "project-mgmt--orders-amendment-dropped" if dropped else "project-mgmt--orders-amendment-approved"
    await site.harness.receive(durable, fact, aggregate_id=order_id, version=version)


async def reserve(site: Site, order_id: UUID, change_id: UUID, **amounts: str) -> Commitment:
    async with site.harness.work(PROCUREMENT) as work:
        asked = replace(site.costs(order_id, **amounts), change_id=change_id)
        return await service.commit(work, asked, KEEP)


async def test_an_increase_is_held_beside_the_order_and_merged_when_the_supplier_accepts(site: Site) -> None:
    """Both count until then; asking again takes nothing, before the facts and after them."""
    await site.set_budget(A="100.00")
    order_id, change_id = new_id(), new_id()
    await approved(site, order_id, A="60.00")
    first = await reserve(site, order_id, change_id, A="30.00")
    again = await reserve(site, order_id, change_id, A="30.00")
    assert first.id == again.id
    assert await site.lines() == {"A": (Decimal("30.00"), Decimal("60.00"), False)}
    await change_fact(site, order_id, change_id, 4)
    assert await site.lines() == {"A": (ZERO, Decimal("90.00"), False)}
    await changed(site, order_id, 5, change_id, A="90.00")
    assert await site.lines() == {"A": (ZERO, Decimal("90.00"), False)}
    late = await reserve(site, order_id, change_id, A="30.00")
    assert (late.id, late.state) == (first.id, "merged")
    assert await site.lines() == {"A": (ZERO, Decimal("90.00"), False)}


async def test_an_increase_over_the_budget_is_refused(site: Site) -> None:
    """The order's own commitment stays; what is left is named."""
    await site.set_budget(A="100.00")
    order_id = new_id()
    await approved(site, order_id, A="60.00")
    before = await site.harness.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await reserve(site, order_id, new_id(), A="40.01")
    assert (refusal.value.reason, refusal.value.metadata["left"]) == ("BUDGET_EXCEEDED", "40.00")
    assert await site.harness.checksum() == before


async def test_a_change_whose_fact_never_comes_lapses_and_leaves_the_order(site: Site) -> None:
    await site.set_budget(A="100.00")
    order_id = new_id()
    await approved(site, order_id, A="60.00")
    reserved = await reserve(site, order_id, new_id(), A="30.00")
    site.harness.clock.advance(KEEP + timedelta(seconds=1))
    try:
        for _ in range(2):
            async with site.harness.work(service_principal("project-mgmt")) as work:
                await service.lapse(work, reserved.id)
    finally:
        site.harness.clock.advance(-KEEP - timedelta(seconds=1))
    assert await site.lines() == {"A": (ZERO, Decimal("60.00"), False)}


async def test_a_fact_after_the_lapse_counts_all_the_same(site: Site) -> None:
    """It may overdraw the line then, which says so."""
    await site.set_budget(A="100.00")
    order_id, change_id = new_id(), new_id()
    await approved(site, order_id, A="60.00")
    await reserve(site, order_id, change_id, A="30.00")
    async with site.harness.work(PROCUREMENT) as work:
        await service.release(work, site.project_id, order_id, change_id)
    await site.commit(new_id(), A="40.00")
    await changed(site, order_id, 5, change_id, A="90.00")
    assert await site.lines() == {"A": (Decimal("40.00"), Decimal("90.00"), True)}


async def test_a_decrease_frees_and_a_code_that_is_left_holds_nothing(site: Site) -> None:
    await site.set_budget(A="100.00", B="100.00")
    order_id = new_id()
    await approved(site, order_id, A="60.00", B="20.00")
    await changed(site, order_id, 4, A="10.00")
    assert await site.lines() == {"A": (ZERO, Decimal("10.00"), False), "B": (ZERO, ZERO, False)}


@pytest.mark.parametrize("order", list(permutations(["approved", "held", "raised", "lowered", "reserved"])))
async def test_any_order_ends_with_the_newest_fact(site: Site, order: tuple[str, ...]) -> None:
    """Every fact twice, as a new event each time; the question before or after its fact."""
    await site.set_budget(A="100.00")
    order_id, change_id = new_id(), new_id()
    for what in [one for one in order for _ in range(2)]:
        if what == "approved":
            await approved(site, order_id, 3, A="60.00")
        elif what == "held":
            await change_fact(site, order_id, change_id, 3)
        elif what == "raised":
            await changed(site, order_id, 4, change_id, A="90.00")
        elif what == "lowered":
            await changed(site, order_id, 6, A="15.00")
        else:
            await reserve(site, order_id, change_id, A="30.00")
    assert await site.lines() == {"A": (ZERO, Decimal("15.00"), False)}


@pytest.mark.parametrize("order", list(permutations(["approved", "held", "dropped"])))
async def test_a_dropped_change_holds_nothing_whatever_was_heard_first(site: Site, order: tuple[str, ...]) -> None:
    await site.set_budget(A="100.00")
    order_id, change_id = new_id(), new_id()
    for what in order:
        if what == "approved":
            await approved(site, order_id, 3, A="60.00")
        else:
            await change_fact(site, order_id, change_id, 3, dropped=what == "dropped")
    assert await site.lines() == {"A": (ZERO, Decimal("60.00"), False)}


async def test_cancelled_is_the_last_word_for_changes_too(site: Site, project_mgmt: Harness) -> None:
    await site.set_budget(A="100.00")
    order_id = new_id()
    await approved(site, order_id, A="60.00")
    gone = OrderCancelled(order=facts(site, order_id, A="60.00"), reason="x")
    await project_mgmt.receive(CANCELLED, gone, aggregate_id=order_id, version=5)
    await changed(site, order_id, 4, A="70.00")
    assert await site.lines() == {"A": (ZERO, ZERO, False)}


async def test_the_grpc_door_takes_a_change(door: Door, site: Site) -> None:
    """Releasing the change leaves what the order holds; twice is no error."""
    await site.set_budget(A="100.00")
    order_id, change_id = new_id(), new_id()
    await approved(site, order_id, A="60.00")
    ids = {"project_id": str(site.project_id), "order_id": str(order_id), "change_id": str(change_id)}
    asked = CommitBudgetRequest(**ids, organisation_id=str(site.contractor.id), lines=[cost("A", "5.00")])
    first = await door.ask("procurement", "CommitBudget", asked)
    assert first == await door.ask("procurement", "CommitBudget", asked)
    assert await site.lines() == {"A": (Decimal("5.00"), Decimal("60.00"), False)}
    for _ in range(2):
        await door.ask("procurement", "ReleaseBudget", ReleaseBudgetRequest(**ids))
    assert await site.lines() == {"A": (ZERO, Decimal("60.00"), False)}
