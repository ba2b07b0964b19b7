"""A supplier declines an approved order (拒单): through the door, in facts, with what is free again."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import httpx
import pytest

from chassis.errors import Aborted
from chassis.identity import Kind, Principal, Role
from procurement.changes import service as changes
from procurement.changes.rules import Edit
from procurement.changes.service import ProposeChange
from procurement.orders import service
from procurement.orders.commands import close
from procurement.orders.events import CANCELLED
from procurement.orders.service import Verb
from procurement.orders.states import LineState, State
from tests.harness import Harness, key, organisation
from tests.procurement.conftest import STEEL, Orders
from zhulian.procurement.v1.events_pb2 import OrderCancelled

PATH = "/procurement/v1/orders"
WHY = {"reason": "no capacity before February"}


async def declined(
    harness: Harness, who: Principal, order_id: UUID, why: dict[str, str] | None = None
) -> httpx.Response:
    """Somebody declines an order."""
    async with harness.client(who) as client:
        return await client.post(f"{PATH}/{order_id}:decline", json=WHY if why is None else why, headers=key())


async def test_a_supplier_declines_and_the_budget_is_free_through_the_fact(
    orders: Orders, procurement: Harness
) -> None:
    """Both sides still see it, nothing comes any more, and the fact says who ended it."""
    order_id = await orders.approved()
    answer = await declined(procurement, orders.sales, order_id)
    assert (answer.status_code, answer.json()["state"], answer.json()["reason"]) == (200, "declined", WHY["reason"])
    assert {line["state"] for line in answer.json()["lines"]} == {LineState.CANCELLED}
    [fact] = await procurement.events(CANCELLED, order_id, OrderCancelled)
    assert (fact.reason, fact.declined) == (WHY["reason"], True)
    assert {cost.cost_code: cost.amount.amount for cost in fact.order.costs}["01-STEEL"] == str(STEEL)
    assert (await procurement.audited(order_id))[-1] == "orders.decline"
    for who in (orders.buyer, orders.sales):
        async with procurement.client(who) as client:
            assert (await client.get(f"{PATH}/{order_id}")).json()["state"] == "declined"
            listed = await client.get(PATH, params={"state": "declined", "project_id": str(orders.site.project_id)})
            assert [one["id"] for one in listed.json()["items"]] == [str(order_id)]


async def test_a_cancelled_order_is_not_said_to_be_declined(orders: Orders, procurement: Harness) -> None:
    order_id = await orders.approved()
    async with procurement.work(orders.buyer) as work:
        await close.cancel(work, Verb(order_id, None, "not needed"))
    [fact] = await procurement.events(CANCELLED, order_id, OrderCancelled)
    assert fact.declined is False


async def test_an_order_is_declined_before_it_is_confirmed_and_once(orders: Orders, procurement: Harness) -> None:
    confirmed, gone = await orders.confirmed(), await orders.approved()
    assert (await declined(procurement, orders.sales, gone)).status_code == 200
    before = await procurement.checksum()
    for order_id in (confirmed, gone):
        answer = await declined(procurement, orders.sales, order_id)
        assert (answer.status_code, answer.json()["code"]) == (409, "INVALID_STATE")
    async with procurement.client(orders.sales) as client:
        late = await client.post(f"{PATH}/{gone}:confirm", headers=key())
    assert (late.status_code, late.json()["metadata"]["state"]) == (409, "declined")
    assert await procurement.checksum() == before


async def test_nobody_else_declines_and_nothing_changes(orders: Orders, procurement: Harness) -> None:
    """Nor does the supplier an order that it is not shown yet."""
    approved, submitted = await orders.approved(), await orders.submitted()
    before = await procurement.checksum()
    stranger = organisation(Kind.SUPPLIER).as_(Role.SALES)
    engineer = orders.site.supplier.as_(Role.SITE_ENGINEER)
    for who, order_id, status in (
        (orders.buyer, approved, 403),
        (orders.approver, approved, 403),
        (engineer, approved, 403),
        (stranger, approved, 404),
        (orders.sales, submitted, 404),
    ):
        assert (await declined(procurement, who, order_id)).status_code == status
    assert await procurement.checksum() == before


@pytest.mark.parametrize("why", [{}, {"reason": ""}, {"reason": "x" * 2001}, {"reason": "a\x00"}])
async def test_a_reason_is_needed(orders: Orders, procurement: Harness, why: dict[str, str]) -> None:
    order_id = await orders.approved()
    before = await procurement.checksum()
    answer = await declined(procurement, orders.sales, order_id, why)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/reason")
    assert await procurement.checksum() == before


async def test_a_stale_version_is_not_declined(orders: Orders, procurement: Harness) -> None:
    order_id = await orders.approved()
    before = await procurement.checksum()
    with pytest.raises(Aborted):
        async with procurement.work(orders.sales) as work:
            await close.decline(work, Verb(order_id, 1, "late"))
    assert await procurement.checksum() == before


async def test_an_open_change_is_answered_first(orders: Orders, procurement: Harness) -> None:
    order_id = await orders.approved()
    line = (await orders.read(order_id)).lines[0]
    async with procurement.work(orders.buyer) as work:
        less = (Edit(line.id, quantity=line.quantity - Decimal(1)),)
        change = await changes.propose(work, ProposeChange(order_id, None, "less is needed", less, ()), orders.labour)
    before = await procurement.checksum()
    answer = await declined(procurement, orders.sales, order_id)
    assert (answer.status_code, answer.json()["code"]) == (409, "ORDER_CHANGE_OPEN")
    assert await procurement.checksum() == before
    async with procurement.work(orders.sales) as work:
        await changes.decline(work, changes.Verb(order_id, change.id, None, "not at this price"))
    assert (await declined(procurement, orders.sales, order_id)).status_code == 200


async def test_confirming_and_declining_at_once_ends_in_one_of_them(orders: Orders, procurement: Harness) -> None:
    """Whoever comes second is told what the order is by then."""
    order_id = await orders.approved()
    async with procurement.work(orders.sales) as work:
        seen = Verb(order_id, (await service.get(work, order_id)).version, "x")
        await service.confirm(work, seen)
    with pytest.raises(Aborted):
        async with procurement.work(orders.sales) as work:
            await close.decline(work, seen)
    assert (await orders.read(order_id)).state is State.CONFIRMED
