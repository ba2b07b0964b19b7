"""From the requisition to the acceptance: what orders hold of a need, and that nothing is bought twice."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition
from procurement.changes import service as changes
from procurement.changes.rules import Edit
from procurement.changes.service import ProposeChange
from procurement.clients.projects import Party
from procurement.orders import service
from procurement.orders.commands import close
from procurement.orders.commands.close import CancelRest
from procurement.orders.service import Verb
from procurement.requisitions import service as needs
from tests.procurement.awards.test_service import award_body
from tests.procurement.buying import Buying
from tests.procurement.conftest import Orders
from tests.procurement.requisitions.conftest import Requisitions, need
from tests.procurement.settling import Desk


@dataclass
class Chain:
    """A requisition over 100 t, of which an inquiry has asked for 60 t; awarding makes orders."""

    buying: Buying
    orders: Orders
    requisition_id: UUID
    line_id: str

    @property
    def planned(self) -> Requisitions:
        """Those who need."""
        return Requisitions(self.buying.harness, self.buying.site)

    async def awarded(self, quantity: str) -> Desk:
        """A confirmed order for so much."""
        order_id = await self.approved(quantity)
        async with self.orders.harness.work(self.orders.sales) as work:
            await service.confirm(work, Verb(order_id, None))
        lines = [str(line.id) for line in (await self.orders.read(order_id)).lines]
        return Desk(self.orders.harness, self.orders, self.buying.site, order_id, lines)

    async def approved(self, quantity: str) -> UUID:
        """An order for so much that its supplier has not answered."""
        order_id = await self.draft(quantity)
        await self.submit(order_id)
        async with self.orders.harness.work(self.orders.approver) as work:
            await service.approve(work, Verb(order_id, None), self.orders.projects, self.orders.labour)
        return order_id

    async def draft(self, quantity: str) -> UUID:
        """The draft order that comes of inquiry, quote and award."""
        wanted = self.buying.body(quantity)
        wanted["lines"][0]["parts"][0]["requisition_line_id"] = self.line_id
        made = await self.buying.post(self.buying.buyer, "/sourcing", wanted)
        sourcing = await self.buying.post(self.buying.buyer, f"/sourcing/{made['id']}:publish")
        await self.buying.quote(0, sourcing, "400")
        await self.buying.at_the_deadline(sourcing)
        ids = await self.buying.offered(sourcing)
        award = await self.buying.post(self.buying.buyer, "/awards", award_body(sourcing, (ids[0, 0], quantity)))
        return UUID(award["order_ids"][0])

    async def submit(self, order_id: UUID) -> None:
        """To the approver."""
        async with self.orders.harness.work(self.orders.buyer) as work:
            await service.submit(work, Verb(order_id, None), self.orders.labour)

    async def counters(self) -> tuple[str, str, str, str]:
        """Sourced, ordered, delivered, left of the need."""
        line = await self.planned.line(self.requisition_id)
        found = (line.sourced, line.ordered, line.delivered, line.left)
        return tuple(f"{one.normalize():f}" for one in found)  # type: ignore[return-value]

    async def propose(self, desk: Desk, quantity: str) -> changes.Verb:
        """A change of the order's line."""
        wanted = Edit(UUID(desk.lines[0]), quantity=Decimal(quantity))
        async with self.orders.harness.work(self.orders.buyer) as work:
            change = await changes.propose(
                work, ProposeChange(desk.order_id, None, "x", (wanted,), ()), self.orders.labour
            )
        return changes.Verb(desk.order_id, change.id, None, "x")

    async def accept(self, verb: changes.Verb) -> None:
        """By the supplier, after the buyer's approver where it costs more."""
        async with self.orders.harness.work(self.orders.buyer) as work:
            change = await changes.get(work, verb.order_id, verb.change_id)
        if change.adds:
            async with self.orders.harness.work(self.orders.approver) as work:
                await changes.approve(work, verb, self.orders.projects, self.orders.labour)
        async with self.orders.harness.work(self.orders.sales) as work:
            await changes.accept(work, verb)


@pytest.fixture
async def chain(buying: Buying, orders: Orders) -> Chain:
    """An approved requisition of a fresh site."""
    planned = Requisitions(buying.harness, buying.site)
    requisition_id = await planned.approved()
    site = buying.site
    orders.projects.parties[site.project_id, site.contractor.id] = Party(frozenset({"general_contractor"}), "active")
    return Chain(buying, orders, requisition_id, str((await planned.line(requisition_id)).id))


async def test_from_the_requisition_to_acceptance_and_return(chain: Chain) -> None:
    """Requested, sourced, ordered, delivered, left: right after each step."""
    assert await chain.counters() == ("0", "0", "0", "100")
    desk = await chain.awarded("60")
    assert await chain.counters() == ("0", "60", "0", "40")
    delivery = await desk.accepted("50")
    assert await chain.counters() == ("0", "60", "50", "40")
    await desk.send_back(delivery, "20")
    assert await chain.counters() == ("0", "60", "30", "40")
    await desk.accepted("30")
    assert await chain.counters() == ("0", "60", "60", "40")


async def test_what_is_called_off_is_left_and_ordered_once_more_at_most(chain: Chain) -> None:
    """Cancelled, rejected or declined, an order gives all back; then exactly the need can be ordered, no gram more."""
    draft = await chain.draft("60")
    async with chain.orders.harness.work(chain.orders.buyer) as work:
        await close.cancel(work, Verb(draft, None, "x"))
    assert await chain.counters() == ("0", "0", "0", "100")
    draft = await chain.draft("60")
    await chain.submit(draft)
    async with chain.orders.harness.work(chain.orders.approver) as work:
        await service.reject(work, Verb(draft, None, "too dear"), chain.orders.projects)
    assert await chain.counters() == ("0", "0", "0", "100")
    order_id = await chain.approved("60")
    async with chain.orders.harness.work(chain.orders.sales) as work:
        await close.decline(work, Verb(order_id, None, "no capacity"))
    assert await chain.counters() == ("0", "0", "0", "100")
    await chain.awarded("100")
    line = await chain.planned.line(chain.requisition_id)
    with pytest.raises(FailedPrecondition) as refusal:
        await chain.planned.move(needs.take_for_sourcing, [need(line, "0.000001")])
    assert refusal.value.reason == "REQUISITION_EXHAUSTED"


@pytest.mark.parametrize("verb", ["cancel_rest", "complete"])
async def test_what_does_not_come_any_more_is_left(chain: Chain, verb: str) -> None:
    """Of 60 t 20 came: 40 are left again. What is sent back after that does not come again either."""
    desk = await chain.awarded("60")
    delivery = await desk.accepted("20")
    async with chain.orders.harness.work(chain.orders.buyer) as work:
        if verb == "complete":
            await close.complete(work, Verb(desk.order_id, None))
        else:
            await close.cancel_rest(work, CancelRest(desk.order_id, None, "x"))
    assert await chain.counters() == ("0", "20", "20", "80")
    await desk.send_back(delivery, "5")
    assert await chain.counters() == ("0", "15", "15", "85")


async def test_what_is_on_its_way_is_not_left(chain: Chain) -> None:
    """The rest is called off while 30 t are on the road, of which the site takes 10: what it refused is left again."""
    desk = await chain.awarded("60")
    note = {
        "order_id": str(desk.order_id),
        "note_number": "DN-1",
        "certificate_number": "QC-1",
        "certificate_sha256": "a" * 64,
        "lines": [{"line_id": desk.lines[0], "quantity": "30"}],
    }
    sent = await desk.done(desk.sales, "/deliveries", note)
    async with chain.orders.harness.work(chain.orders.buyer) as work:
        await close.cancel_rest(work, CancelRest(desk.order_id, None, "x"))
    assert await chain.counters() == ("0", "30", "0", "70")
    engineer = chain.planned.engineer
    judged = {"lines": [{"line_id": sent["lines"][0]["id"], "quantity": "10", "reason": "rust"}]}
    await desk.done(engineer, f"/deliveries/{sent['id']}:accept", judged)
    assert await chain.counters() == ("0", "10", "10", "90")


async def test_more_than_was_ordered_leaves_no_more_to_give_back(chain: Chain) -> None:
    """5 % more comes and is taken; when the order is completed nothing is given back that was never held."""
    desk = await chain.awarded("60")
    async with desk.harness.sql() as connection:
        await connection.execute("UPDATE order_lines SET tolerance_percent = 5 WHERE order_id = $1", desk.order_id)
    await desk.accepted("63")
    assert await chain.counters() == ("0", "60", "63", "40")
    async with chain.orders.harness.work(chain.orders.buyer) as work:
        await close.complete(work, Verb(desk.order_id, None))
    assert await chain.counters() == ("0", "60", "63", "40")


async def test_a_change_takes_and_gives_back(chain: Chain) -> None:
    """Less is given back once the supplier accepts; more is taken when it is proposed, at most what is left, and given
    back when the change comes to nothing."""
    desk = await chain.awarded("60")
    less = await chain.propose(desk, "45")
    assert await chain.counters() == ("0", "60", "0", "40")
    await chain.accept(less)
    assert await chain.counters() == ("0", "45", "0", "55")
    before = await desk.harness.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await chain.propose(desk, "100.000001")
    assert refusal.value.reason == "REQUISITION_EXHAUSTED"
    assert await desk.harness.checksum() == before
    for verb in (changes.withdraw, changes.decline):
        more = await chain.propose(desk, "100")
        assert await chain.counters() == ("0", "100", "0", "0")
        who = chain.orders.buyer
        if verb is changes.decline:
            async with desk.harness.work(chain.orders.approver) as work:
                await changes.approve(work, more, chain.orders.projects, chain.orders.labour)
            who = chain.orders.sales
        async with desk.harness.work(who) as work:
            await verb(work, more)
        assert await chain.counters() == ("0", "45", "0", "55")
    more = await chain.propose(desk, "100")
    async with desk.harness.work(chain.orders.approver) as work:
        await changes.reject(work, more, chain.orders.projects)
    assert await chain.counters() == ("0", "45", "0", "55")
    await chain.accept(await chain.propose(desk, "70"))
    assert await chain.counters() == ("0", "70", "0", "30")
