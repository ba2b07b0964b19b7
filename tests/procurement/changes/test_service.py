"""Use cases of changes on a real PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.errors import Aborted, FailedPrecondition, InvalidArgument, NotFound, ServiceError, Unavailable
from chassis.identity import Kind, Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from procurement.changes import service
from procurement.changes.events import AMENDED
from procurement.changes.service import ProposeChange, Verb
from procurement.changes.states import State
from procurement.clients.projects import Commitment
from procurement.orders import service as orders_service
from procurement.orders.commands import close
from procurement.orders.service import Line
from procurement.orders.service import Verb as OrderVerb
from tests.harness import Harness, organisation
from tests.procurement.changes.conftest import Changes
from tests.procurement.conftest import FakeProjects
from zhulian.procurement.v1.orders_events_pb2 import OrderAmended

LINE = Line("01090001", "t", "C", Decimal("2.000000"), Decimal("50.000000"), Decimal("0.00"))


async def test_an_increase_goes_to_the_approver_and_the_supplier(changes: Changes, procurement: Harness) -> None:
    """Proposed → approved with its budget → accepted: then, and only then, does the order read otherwise."""
    order_id = await changes.order()
    change = await changes.propose(order_id, await changes.edit(order_id, 0, quantity=Decimal(15)), added=(LINE,))
    assert (change.state, change.adds) == (State.PROPOSED, {"A": "500.00", "C": "100.00"})
    change = await changes.approve(change)
    assert changes.orders.projects.commitments[change.id] == {"A": Decimal("500.00"), "C": Decimal("100.00")}
    assert (change.state, (await changes.orders.read(order_id)).total) == (State.OFFERED, Decimal("2000.00"))
    await changes.accept(change)
    order = await changes.orders.read(order_id)
    assert [(line.position, line.quantity, line.amount) for line in order.lines] == [
        (1, Decimal(15), Decimal(1500)),
        (2, Decimal(10), Decimal(1000)),
        (3, Decimal(2), Decimal(100)),
    ]
    assert (order.total, order.open_change_id) == (Decimal("2600.00"), None)
    assert await changes.facts(order_id) == [
        ("amendment-approved", {"A": "500.00", "C": "100.00"}),
        ("commitment-changed", {"A": "1500.00", "B": "1000.00", "C": "100.00"}),
    ]
    [fact] = await procurement.events(AMENDED, order_id, OrderAmended)
    assert (fact.change_number, fact.lines[0].quantity) == (1, "15.000000")
    assert await procurement.audited(change.id) == ["changes.propose", "changes.approve", "changes.accept"]


async def test_a_decrease_asks_nobody_but_the_supplier(changes: Changes) -> None:
    """Also when project-mgmt is away: nothing is asked, the fact frees the budget once the supplier has accepted."""
    order_id = await changes.order()
    change = await changes.more(order_id, "4")
    assert (change.state, change.adds) == (State.OFFERED, {})
    assert await changes.facts(order_id) == []
    await changes.accept(change)
    assert await changes.facts(order_id) == [("commitment-changed", {"A": "400.00", "B": "1000.00"})]


async def test_a_new_day_changes_no_budget(changes: Changes) -> None:
    order_id = await changes.order()
    change = await changes.propose(order_id, await changes.edit(order_id, 0, needed_by=date(2027, 1, 5)))
    await changes.accept(change)
    assert (await changes.orders.read(order_id)).lines[0].needed_by == date(2027, 1, 5)
    assert await changes.facts(order_id) == []


@pytest.mark.parametrize("action", ["decline", "withdraw"])
async def test_what_came_to_nothing_is_free_again(changes: Changes, procurement: Harness, action: str) -> None:
    """The order stays as it is and can be changed anew."""
    order_id = await changes.order()
    change = await changes.approve(await changes.more(order_id))
    who = changes.orders.sales if action == "decline" else changes.orders.buyer
    async with procurement.work(who) as work:
        await getattr(service, action)(work, Verb(order_id, change.id, None, "not at this price"))
    assert [name for name, _ in await changes.facts(order_id)] == ["amendment-approved", "amendment-dropped"]
    again = await changes.more(order_id, "11")
    assert again.number == 2
    assert (await changes.orders.read(order_id)).total == Decimal("2000.00")


async def test_rejecting_gives_back_what_an_interrupted_approval_reserved(
    changes: Changes, procurement: Harness
) -> None:
    order_id = await changes.order()
    change = await changes.more(order_id)
    projects, site = changes.orders.projects, changes.orders.site
    await projects.commit_budget(
        site.project_id, order_id, site.contractor.id, {"A": Decimal(500)}, "CNY", change_id=change.id
    )
    async with procurement.work(changes.orders.approver) as work:
        rejected = await service.reject(work, Verb(order_id, change.id, None, "too dear"), projects)
    assert (rejected.state, rejected.answer) == (State.REJECTED, "too dear")
    assert change.id not in projects.commitments
    assert order_id in projects.commitments
    assert await changes.facts(order_id) == []


class Away(FakeProjects):
    """project-mgmt reserves, and its answer is lost; or it is away altogether."""

    reserves: bool = True

    async def commit_budget(self, *arguments: object, **options: object) -> Commitment:
        if self.reserves:
            await super().commit_budget(*arguments, **options)  # type: ignore[arg-type] # handed on as they are
        raise Unavailable("SERVICE_UNAVAILABLE", zh="服务不可用", en="unavailable")


@pytest.mark.parametrize("reserves", [False, True])
async def test_without_an_answer_nothing_is_written_and_asking_again_takes_once(
    changes: Changes, procurement: Harness, reserves: bool
) -> None:
    """503, the change still waits; the second approval finds the reservation under the change's id."""
    order_id = await changes.order()
    change = await changes.more(order_id)
    away = Away(commitments=changes.orders.projects.commitments)
    away.reserves = reserves
    before = await procurement.checksum()
    with pytest.raises(Unavailable):
        async with procurement.work(changes.orders.approver) as work:
            await service.approve(work, Verb(order_id, change.id, None), away, changes.orders.labour)
    assert await procurement.checksum() == before
    assert (await changes.approve(change)).state is State.OFFERED
    assert changes.orders.projects.commitments[change.id] == {"A": Decimal("500.00")}


async def test_over_budget_the_change_waits(changes: Changes, procurement: Harness) -> None:
    order_id = await changes.order()
    change = await changes.more(order_id)
    changes.orders.projects.left[changes.orders.site.project_id] = Decimal("499.99")
    before = await procurement.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await changes.approve(change)
    assert refusal.value.reason == "BUDGET_EXCEEDED"
    assert await procurement.checksum() == before


async def test_one_change_at_a_time_and_no_end_meanwhile(changes: Changes, procurement: Harness) -> None:
    """Neither a second change, nor a cancellation, while one is open."""
    order_id = await changes.order()
    change = await changes.more(order_id)
    before = await procurement.checksum()
    with pytest.raises(FailedPrecondition) as second:
        await changes.more(order_id, "12")
    with pytest.raises(FailedPrecondition) as cancelled:
        async with procurement.work(changes.orders.buyer) as work:
            await close.cancel(work, OrderVerb(order_id, None, "x"))
    assert {second.value.reason, cancelled.value.reason} == {"ORDER_CHANGE_OPEN"}
    assert second.value.metadata == {"change_id": str(change.id)}
    assert await procurement.checksum() == before


async def test_deliveries_overtake_a_change(changes: Changes, procurement: Harness) -> None:
    """What came between proposal and acceptance cannot be undone: the acceptance is refused, nothing changes."""
    order_id = await changes.order()
    change = await changes.more(order_id, "4")
    line = (await changes.orders.read(order_id)).lines[0]
    async with procurement.work(changes.orders.sales) as work:
        await orders_service.deliver(work, order_id, [(line.id, Decimal(5))])
    before = await procurement.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await changes.accept(change)
    assert refusal.value.reason == "CHANGE_BELOW_DELIVERED"
    assert await procurement.checksum() == before


async def test_a_line_can_be_closed_with_consent(changes: Changes) -> None:
    """The remaining quantity is removed; the line takes no more."""
    order_id = await changes.order()
    change = await changes.propose(order_id, await changes.edit(order_id, 1, close=True))
    await changes.accept(change)
    order = await changes.orders.read(order_id)
    assert [line.closed for line in order.lines] == [False, True]
    assert await changes.facts(order_id) == [("commitment-changed", {"A": "1000.00", "B": "0.00"})]


async def test_a_change_does_not_lift_the_direct_limit(changes: Changes, procurement: Harness) -> None:
    order_id = await changes.order()
    before = await procurement.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await changes.more(order_id, "19990.1")
    assert refusal.value.reason == "DIRECT_LIMIT_EXCEEDED"
    assert await procurement.checksum() == before


async def test_unknown_material_and_stale_versions(changes: Changes, procurement: Harness) -> None:
    order_id = await changes.order()
    before = await procurement.checksum()
    with pytest.raises(InvalidArgument) as unknown:
        await changes.propose(order_id, added=(LINE, replace(LINE, material_code="99999999")))
    assert unknown.value.violations[0].pointer == "/added/1/material_code"
    edit = await changes.edit(order_id, 0, quantity=Decimal(11))
    with pytest.raises(Aborted):
        async with procurement.work(changes.orders.buyer) as work:
            await service.propose(work, ProposeChange(order_id, 1, "x", (edit,), ()), changes.orders.labour)
    assert await procurement.checksum() == before


async def test_the_supplier_sees_what_was_offered_and_nobody_else_anything(
    changes: Changes, procurement: Harness
) -> None:
    """A proposal that the approver has not let through is the buyer's own business."""
    order_id = await changes.order()
    change = await changes.more(order_id)
    assert await seen(changes, order_id, change.id, procurement) == "ORDER_CHANGE_NOT_FOUND"
    await changes.approve(change)
    assert await seen(changes, order_id, change.id, procurement) == "offered"
    stranger = organisation(Kind.SUPPLIER, Kind.CONTRACTOR).as_(*Role)
    async with procurement.work(stranger) as work:
        with pytest.raises(NotFound):
            await service.get(work, order_id, change.id)
        with pytest.raises(NotFound):
            await service.page(work, order_id, None, PageRequest())


async def seen(changes: Changes, order_id: UUID, change_id: UUID, procurement: Harness) -> str:
    """What the supplier learns of a change, by id and in the list alike."""
    async with procurement.work(changes.orders.sales) as work:
        listed = await service.page(work, order_id, None, PageRequest())
        try:
            found = (await service.get(work, order_id, change_id)).state.value
        except ServiceError as error:
            assert listed.items == []
            return error.reason
    assert [one.id for one in listed.items] == [change_id]
    return str(found)


async def test_each_side_does_its_own(changes: Changes, procurement: Harness) -> None:
    """Another order's change is not found under this one; nobody answers for the other side."""
    order_id, other = await changes.order(), await changes.order()
    change = await changes.approve(await changes.more(order_id))
    both = organisation(Kind.SUPPLIER, Kind.CONTRACTOR)
    before = await procurement.checksum()
    with pytest.raises(NotFound):
        async with procurement.work(changes.orders.sales) as work:
            await service.accept(work, Verb(other, change.id, None))
    with pytest.raises(NotFound):
        async with procurement.work(both.as_(*Role)) as work:
            await service.accept(work, Verb(order_id, new_id(), None))
    assert await procurement.checksum() == before
