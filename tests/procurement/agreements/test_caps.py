"""Caps under parallel call-offs and whatever becomes of the orders, on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from chassis.errors import FailedPrecondition, InvalidArgument
from chassis.identity import Kind, Role
from chassis.pages import PageRequest
from chassis.work import Work
from procurement.agreements import service
from procurement.agreements.service import Entitled
from procurement.changes import service as changes
from procurement.changes.models import OrderChange
from procurement.changes.rules import Edit
from procurement.changes.service import ProposeChange
from procurement.orders import service as orders
from procurement.orders.commands import close
from procurement.orders.commands.close import CancelRest
from procurement.orders.service import Verb as OrderVerb
from tests.harness import Harness, organisation
from tests.procurement.agreements.conftest import Agreements, item
from tests.procurement.conftest import Orders


async def test_fifty_clients_at_once_get_exactly_the_cap(agreements: Agreements) -> None:
    """50 × 3 t against 100 t: 33 orders, 17 refusals, 1 t left, and that can still be ordered."""
    agreement = await agreements.active(item(hard_cap=Decimal(100)))
    results = await asyncio.gather(*(agreements.ask(agreement, "3") for _ in range(50)))
    assert (results.count(""), results.count("CAP_EXCEEDED")) == (33, 17)
    level = (await agreements.usage(agreement))["item:1"]
    assert (level.ordered, level.left) == (Decimal(99), Decimal(1))
    assert await agreements.attempt(agreement, "1") == ""
    assert await agreements.attempt(agreement, "0.000001") == "CAP_EXCEEDED"


async def test_the_cap_by_amount_holds_for_fifty_clients_too(agreements: Agreements) -> None:
    """Of the whole agreement, with two organisations calling off at once: 10 × 3,900 is all there is."""
    other = organisation(Kind.CONTRACTOR)
    own = Entitled(agreements.site.contractor.id, None, None, Decimal("19500.00"))
    agreement = await agreements.active(
        hard_cap=Decimal("39000.00"), entitlements=(own, Entitled(other.id, None, None, None))
    )
    results = await asyncio.gather(*(agreements.ask(agreement, "1") for _ in range(50)))
    assert (results.count(""), results.count("CAP_EXCEEDED")) == (5, 45)
    levels = await agreements.usage(agreement)
    assert levels["agreement"].left == Decimal("19500.00")
    assert levels[f"organisation:{agreements.site.contractor.id}"].left == 0
    assert levels[f"organisation:{other.id}"].ordered == 0


async def test_call_offs_that_queue_leave_connections_to_others(agreements: Agreements, procurement: Harness) -> None:
    """More at once than the pool holds, and the agreement is locked elsewhere: everybody else is still answered."""
    agreement = await agreements.active(item())
    blocker = await asyncpg.connect(procurement.addresses.runtime_url)
    async with blocker.transaction():
        await blocker.execute("SELECT 1 FROM agreements WHERE id = $1 FOR UPDATE", agreement.id)
        calls = [asyncio.create_task(agreements.ask(agreement, "1")) for _ in range(12)]
        while not await blocker.fetchval("SELECT count(*) FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110 - it asks another process
            await asyncio.sleep(0.01)
        for _ in range(20):
            await agreements.usage(agreement)
    assert await asyncio.gather(*calls) == [""] * 12
    await blocker.close()


async def test_a_soft_cap_warns_and_is_recorded(agreements: Agreements, procurement: Harness) -> None:
    agreement = await agreements.active(item(soft_cap=Decimal(10), hard_cap=Decimal(20)))
    assert (await agreements.call_off(agreement, "10")).warnings == []
    warned = await agreements.call_off(agreement, "2.5")
    expected = [{"scope": "item:1", "soft_cap": "10.000000", "reached": "12.500000"}]
    assert warned.warnings == expected
    async with procurement.work(agreements.head.as_(Role.BUYER)) as work:
        listed = (await service.call_offs(work, agreement.id, None, PageRequest())).items
    assert [one.warnings for one in listed] == [expected, []]


async def test_cancelling_and_reducing_give_back(agreements: Agreements, orders: Orders, procurement: Harness) -> None:
    """A cancelled or declined order counts nothing, a closed line what has come, a change its new quantity."""
    agreement = await agreements.active(item(hard_cap=Decimal(100)))
    cancelled = await agreements.call_off(agreement, "40")
    kept = await agreements.call_off(agreement, "60")
    assert await agreements.attempt(agreement, "1") == "CAP_EXCEEDED"
    async with procurement.work(orders.buyer) as work:
        await close.cancel(work, OrderVerb(cancelled.order_id, None, "x"))
    assert (await agreements.usage(agreement))["item:1"].left == Decimal(40)
    declined = await approved(orders, (await agreements.call_off(agreement, "40")).order_id)
    async with procurement.work(orders.sales) as work:
        await close.decline(work, OrderVerb(declined, None, "no capacity"))
    assert (await agreements.usage(agreement))["item:1"].left == Decimal(40)
    line_id = await confirm(orders, kept.order_id)
    await change(orders, kept.order_id, line_id, "50")
    assert (await agreements.usage(agreement))["item:1"].left == Decimal(50)
    async with procurement.work(orders.sales) as work:
        await orders_deliver(work, kept.order_id, line_id, "20")
    level = (await agreements.usage(agreement))["item:1"]
    assert (level.ordered, level.delivered, level.left) == (Decimal(50), Decimal(20), Decimal(50))
    async with procurement.work(orders.buyer) as work:
        await close.cancel_rest(work, CancelRest(kept.order_id, None, "x"))
    level = (await agreements.usage(agreement))["item:1"]
    assert (level.ordered, level.left) == (Decimal(20), Decimal(80))


async def orders_deliver(work: Work, order_id: UUID, line_id: UUID, quantity: str) -> None:
    """The supplier sends so much."""
    await orders.deliver(work, order_id, [(line_id, Decimal(quantity))])


async def approved(making: Orders, order_id: UUID) -> UUID:
    """Bring a called-off draft before its supplier."""
    async with making.harness.work(making.buyer) as work:
        await orders.submit(work, OrderVerb(order_id, None), making.labour)
    async with making.harness.work(making.approver) as work:
        await orders.approve(work, OrderVerb(order_id, None), making.projects, making.labour)
    return order_id


async def confirm(making: Orders, order_id: UUID) -> UUID:
    """Bring a called-off draft to its supplier, who takes it; answers its line."""
    await approved(making, order_id)
    async with making.harness.work(making.sales) as work:
        await orders.confirm(work, OrderVerb(order_id, None))
    return (await making.read(order_id)).lines[0].id


async def propose(making: Orders, order_id: UUID, edit: Edit) -> OrderChange:
    """A change by the buyer."""
    async with making.harness.work(making.buyer) as work:
        return await changes.propose(work, ProposeChange(order_id, None, "x", (edit,), ()), making.labour)


async def change(making: Orders, order_id: UUID, line_id: UUID, quantity: str) -> None:
    """Change a quantity with everybody's consent."""
    made = await propose(making, order_id, Edit(line_id, quantity=Decimal(quantity)))
    if made.adds:
        async with making.harness.work(making.approver) as work:
            await changes.approve(work, changes.Verb(order_id, made.id, None), making.projects, making.labour)
    async with making.harness.work(making.sales) as work:
        await changes.accept(work, changes.Verb(order_id, made.id, None))


async def test_a_change_takes_from_the_cap_while_it_is_open(
    agreements: Agreements, orders: Orders, procurement: Harness
) -> None:
    """Proposed, it is counted; over the cap it is refused; withdrawn, it gives back; the price stays."""
    agreement = await agreements.active(item(soft_cap=Decimal(70), hard_cap=Decimal(100)))
    order_id = (await agreements.call_off(agreement, "60")).order_id
    line_id = await confirm(orders, order_id)
    before = await procurement.checksum()
    for edit, reason in (
        (Edit(line_id, quantity=Decimal("100.000001")), "CAP_EXCEEDED"),
        (Edit(line_id, unit_price=Decimal("1")), "PRICED_BY_AGREEMENT"),
    ):
        with pytest.raises(FailedPrecondition) as refusal:
            await propose(orders, order_id, edit)
        assert refusal.value.reason == reason
    assert await procurement.checksum() == before
    made = await propose(orders, order_id, Edit(line_id, quantity=Decimal(90)))
    assert (await agreements.usage(agreement))["item:1"].left == Decimal(10)
    assert await agreements.attempt(agreement, "11") == "CAP_EXCEEDED"
    async with procurement.work(orders.buyer) as work:
        await changes.withdraw(work, changes.Verb(order_id, made.id, None, "x"))
        [listed] = (await service.call_offs(work, agreement.id, None, PageRequest())).items
    assert [one["reached"] for one in listed.warnings] == ["90.000000"]
    assert (await agreements.usage(agreement))["item:1"].left == Decimal(40)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["order", "cancel", "more", "less", "deliver", "rest"]), st.integers(0, 9), st.integers(1, 40)
    ),
    min_size=3,
    max_size=12,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
async def test_ordered_delivered_and_left_are_right_after_anything(
    agreements: Agreements, orders: Orders, procurement: Harness, steps: list[tuple[str, int, int]]
) -> None:
    """Any sequence of verbs; a model beside it that knows nothing of the database."""
    agreement = await agreements.active(item(hard_cap=Decimal(100)))
    lines: list[tuple[UUID, UUID]] = []
    model: dict[UUID, tuple[int, int, bool]] = {}  # order → ordered, delivered, closed
    for what, number, quantity in steps:
        if what == "order":
            if await agreements.attempt(agreement, str(quantity)) == "":
                async with procurement.work(orders.buyer) as work:
                    newest = (await service.call_offs(work, agreement.id, None, PageRequest())).items[0]
                lines.append((newest.order_id, await confirm(orders, newest.order_id)))
                model[newest.order_id] = (quantity, 0, False)
        elif lines:
            order_id, line_id = lines[number % len(lines)]
            model[order_id] = await step(orders, what, order_id, line_id, quantity, model[order_id])
        counted = sum(come if closed else wanted for wanted, come, closed in model.values())
        level = (await agreements.usage(agreement))["item:1"]
        assert level.ordered == counted <= 100
        assert level.left == 100 - counted
        assert level.delivered == sum(come for _, come, _ in model.values())


async def step(
    making: Orders, what: str, order_id: UUID, line_id: UUID, quantity: int, was: tuple[int, int, bool]
) -> tuple[int, int, bool]:
    """One verb on one order; what the model says after it, unless it was refused."""
    wanted, come, closed = was
    try:
        if what == "cancel":
            async with making.harness.work(making.buyer) as work:
                await close.cancel(work, OrderVerb(order_id, None, "x"))
            return wanted, come, True
        if what == "rest":
            async with making.harness.work(making.buyer) as work:
                await close.cancel_rest(work, CancelRest(order_id, None, "x"))
            return wanted, come, True
        if what == "deliver":
            async with making.harness.work(making.sales) as work:
                await orders_deliver(work, order_id, line_id, str(quantity))
            return wanted, come + quantity, closed
        after = wanted + quantity if what == "more" else max(wanted - quantity, 1)
        await change(making, order_id, line_id, str(after))
    except (FailedPrecondition, InvalidArgument):
        return was
    return after, come, closed
