"""Whatever becomes of orders, project-mgmt holds per cost code what procurement says it holds."""

from __future__ import annotations

import random
from decimal import Decimal
from uuid import UUID

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from chassis.errors import FailedPrecondition, InvalidArgument, ServiceError, Unavailable
from chassis.identity import Role
from chassis.ids import new_id
from chassis.pages import PageRequest
from procurement.changes import service as changes
from procurement.changes.rules import Edit
from procurement.changes.service import ProposeChange
from procurement.deliveries import service as deliveries
from procurement.deliveries.commands.dispatch import Dispatch, SentLine, dispatch
from procurement.deliveries.repository import DeliveryFilter
from procurement.deliveries.service import Judge, LineQuantity
from procurement.orders import service as orders
from procurement.orders.commands import close
from procurement.orders.commands.close import CancelRest
from procurement.orders.service import Line
from procurement.orders.service import Verb as OrderVerb
from tests.harness import Harness
from tests.procurement.conftest import Site, body
from tests.procurement.two_services import CODES, CONSUMERS, Both, fresh

VERBS = ("deliver", "judge", "rest", "complete", "cancel", "tell", "order")
CHANGING = ("propose", "approve", "accept", "decline", "withdraw")
STEPS = st.lists(
    st.tuples(
        st.sampled_from([*VERBS, *CHANGING, *CHANGING, "propose", "approve"]), st.integers(0, 1), st.integers(1, 30)
    ),
    min_size=12,
    max_size=30,
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
    phases=[Phase.generate],  # a smaller example is not worth minutes of two databases
)
@given(steps=STEPS, seed=st.integers(0, 2**32))
async def test_committed_per_cost_code_equals_procurement_s_own_sums(
    procurement: Harness, project_mgmt: Harness, site: Site, steps: list[tuple[str, int, int]], seed: int
) -> None:
    """Any sequence of verbs, with lost answers, refusals and facts that come shuffled and twice."""
    chance, both = random.Random(seed), await fresh(procurement, project_mgmt, site)
    for what, number, quantity in [("order", 0, 12), ("order", 0, 7), *steps]:
        if what == "tell":
            await both.tell(chance)
            continue
        try:
            await do(both, what, number, quantity)
        except (FailedPrecondition, InvalidArgument, Unavailable):
            continue
    await both.tell(chance)
    await both.lapse()
    assert await both.held() == await both.owed()
    await both.tell(chance, all_again=True)
    assert await both.held() == await both.owed()


async def do(both: Both, what: str, number: int, quantity: int) -> None:
    """One verb on one of the orders; refusals are the caller's to expect."""
    making = both.making
    if what == "order":
        await ordered(both, quantity)
        return
    order = await making.read(both.orders[number % len(both.orders)])
    line = order.lines[quantity % len(order.lines)]
    if what in ("deliver", "judge"):
        await (delivered if what == "deliver" else judged)(both, order.id, line.id, Decimal(quantity) / 3)
    elif what == "propose":
        added = () if quantity % 4 else (Line("01090001", "t", "B", Decimal(quantity), Decimal("7.77"), Decimal(0)),)
        edit = Edit(line.id, quantity=Decimal(quantity), close=quantity % 7 == 0)
        async with making.harness.work(making.buyer) as work:
            await changes.propose(work, ProposeChange(order.id, None, "x", (edit,), added), making.labour)
    elif what in ("approve", "accept", "decline", "withdraw"):
        await answered(both, what, order.id, order.open_change_id)
    else:
        async with making.harness.work(making.buyer) as work:
            if what == "rest":
                await close.cancel_rest(work, CancelRest(order.id, None, "x"))
            else:
                await getattr(close, what)(work, OrderVerb(order.id, None, "x"))


async def ordered(both: Both, quantity: int) -> None:
    """An order of two lines that its supplier takes, or declines when the quantity is a multiple of 5.

    It stays submitted when its approval was not answered or is over budget.
    """
    making = both.making
    line = body(making.site)["lines"][0] | {"quantity": str(quantity), "unit_price": "33.33", "tolerance_percent": "20"}
    order_id = await making.submitted(lines=[line | {"cost_code": code} for code in CODES])
    both.orders.append(order_id)
    async with making.harness.work(making.approver) as work:
        await orders.approve(work, OrderVerb(order_id, None), both.asking, making.labour)
    async with making.harness.work(making.sales) as work:
        if quantity % 5:
            await orders.confirm(work, OrderVerb(order_id, None))
        else:
            await close.decline(work, OrderVerb(order_id, None, "x"))


async def answered(both: Both, what: str, order_id: UUID, change_id: UUID | None) -> None:
    """Approve, accept, decline or withdraw the open change, when there is one and it may be."""
    making = both.making
    if change_id is None:
        return
    who = {"approve": making.approver, "withdraw": making.buyer}.get(what, making.sales)
    verb = changes.Verb(order_id, change_id, None, "x")
    try:
        async with making.harness.work(who) as work:
            if what == "approve":
                await changes.approve(work, verb, both.asking, making.labour)
            else:
                await getattr(changes, what)(work, verb)
    except ServiceError as error:
        if error.reason != "ORDER_CHANGE_NOT_FOUND":  # not offered to the supplier yet
            raise


async def delivered(both: Both, order_id: UUID, line_id: UUID, quantity: Decimal) -> None:
    """The supplier sends a third of that many tonnes."""
    wanted = (SentLine(line_id, quantity.quantize(Decimal("0.000001"))),)
    async with both.making.harness.work(both.making.sales) as work:
        await dispatch(work, Dispatch(order_id, f"DN-{new_id().hex[-8:]}", "", "QC-1", "9f" * 32, wanted))


async def judged(both: Both, order_id: UUID, line_id: UUID, quantity: Decimal) -> None:
    """The site takes up to so much of the first delivery that waits, or sends back what it took."""
    async with both.making.harness.work(both.contractor.as_(Role.SITE_ENGINEER)) as work:
        page = await deliveries.page(work, DeliveryFilter(order_id=order_id), PageRequest())
        if not page.items:
            return
        delivery = await deliveries.get(work, page.items[-1].id)
        line = delivery.lines[0]
        most = line.quantity if delivery.state == "dispatched" else line.accepted - line.returned
        judge = Judge(delivery.id, None, (LineQuantity(line.id, min(most, quantity.quantize(most)), "x"),))
        if delivery.state == "dispatched":
            await deliveries.accept(work, judge, both.asking)
        elif most:
            await deliveries.send_back(work, judge)


def test_every_fact_about_the_budget_has_a_consumer() -> None:
    """So that the test above leaves none out."""
    assert {subject.split(".")[3] for subject in CONSUMERS if ".orders." in subject} == {
        "approved",
        "cancelled",
        "commitment-changed",
        "amendment-approved",
        "amendment-dropped",
    }
