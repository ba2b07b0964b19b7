"""Direct purchases, ends of orders and lines, what is late: on a real PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition, InvalidArgument, PermissionDenied
from chassis.identity import Role, service_principal
from chassis.ids import new_id
from procurement.clients.projects import Party
from procurement.deliveries import service as deliveries
from procurement.deliveries.commands.dispatch import Dispatch, SentLine, dispatch
from procurement.deliveries.service import Judge, LineQuantity
from procurement.orders import service
from procurement.orders.commands import close
from procurement.orders.commands.close import CancelRest
from procurement.orders.events import CLOSED, COMMITMENT_CHANGED
from procurement.orders.service import Verb
from procurement.orders.states import LineState
from tests.harness import Harness, key
from tests.procurement.conftest import Orders, body
from tests.procurement.orders.test_service import command
from zhulian.procurement.v1.orders_events_pb2 import OrderClosed, OrderCommitmentChanged

PATH = "/procurement/v1/orders"


def one_line(orders: Orders, **changes: Any) -> dict[str, Any]:
    """A line of 10 t at 100.00, changed."""
    line: dict[str, Any] = body(orders.site)["lines"][0]
    return line | {"quantity": "10", "unit_price": "100.00"} | changes


async def dispatched(orders: Orders, order_id: UUID, *quantities: str) -> UUID:
    """A delivery of these quantities of the first lines, on its way."""
    order = await orders.read(order_id)
    lines = tuple(SentLine(line.id, Decimal(q)) for line, q in zip(order.lines, quantities, strict=False))
    async with orders.harness.work(orders.sales) as work:
        note = Dispatch(order_id, f"DN-{new_id().hex[-8:]}", "", "QC-1", "9f" * 32, lines)
        return (await dispatch(work, note)).id


async def held(orders: Orders, order_id: UUID) -> list[tuple[str, dict[str, str]]]:
    """(cause, costs) of every fact about what the order holds."""
    facts = await orders.harness.events(COMMITMENT_CHANGED, order_id, OrderCommitmentChanged)
    return [(fact.cause, {cost.cost_code: cost.amount.amount for cost in fact.order.costs}) for fact in facts]


async def test_a_direct_purchase_says_why(orders: Orders, procurement: Harness) -> None:
    """The draft may do without; whoever hands it in may not, and can still write the reason down."""
    order_id = await orders.draft(direct_reason=" ")
    before = await procurement.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        async with procurement.work(orders.buyer) as work:
            await service.submit(work, Verb(order_id, None), orders.labour)
    assert refusal.value.reason == "DIRECT_REASON_MISSING"
    assert await procurement.checksum() == before
    change = {"lines": body(orders.site)["lines"], "direct_reason": "one supplier only"}
    async with procurement.client(orders.buyer) as client:
        revised = await client.put(f"{PATH}/{order_id}", json=change, headers={"If-Match": '"1"'})
        kept = await client.put(f"{PATH}/{order_id}", json={"lines": change["lines"]}, headers={"If-Match": '"2"'})
        submitted = await client.post(f"{PATH}/{order_id}:submit", headers=key())
    assert (revised.status_code, kept.json()["direct_reason"]) == (200, "one supplier only")
    assert (submitted.status_code, submitted.json()["state"]) == (200, "submitted")


@pytest.mark.parametrize(("price", "passes"), [("199999.99", True), ("200000.00", False)])
async def test_the_direct_limit_is_named(orders: Orders, procurement: Harness, price: str, passes: bool) -> None:
    """Ten tonnes below two million and at it; a currency without a limit has none to spare."""
    order_id = await orders.draft(lines=[one_line(orders, unit_price=price)])
    foreign = await orders.draft(lines=[one_line(orders)], currency="USD")
    async with procurement.client(orders.buyer) as client:
        answer = await client.post(f"{PATH}/{order_id}:submit", headers=key())
        other = await client.post(f"{PATH}/{foreign}:submit", headers=key())
    assert (other.status_code, other.json()["metadata"]["limit"]) == (409, "0")
    if passes:
        assert answer.status_code == 200
        return
    assert (answer.status_code, answer.json()["code"]) == (409, "DIRECT_LIMIT_EXCEEDED")
    assert answer.json()["metadata"]["limit"] == "1999999.99"
    assert "第16号" in answer.json()["metadata"]["source"]


async def test_the_direct_limit_is_the_buyers_own_rule(orders: Orders, procurement: Harness) -> None:
    """From its first day on; what was submitted before stays."""
    early, late = [await orders.draft(lines=[one_line(orders, unit_price="100")]) for _ in range(2)]
    rule = {"kind": "direct_limit", "value": "999.99", "valid_from": "2026-11-23", "source": "采购制度"}
    async with procurement.client(orders.buyer) as client:
        assert (await client.post(f"{PATH}/{early}:submit", headers=key())).status_code == 200
    async with procurement.client(orders.site.contractor.as_(Role.ADMIN)) as client:
        assert (await client.post("/procurement/v1/rules", json=rule, headers=key())).status_code == 201
    async with procurement.client(orders.buyer) as client:
        answer = await client.post(f"{PATH}/{late}:submit", headers=key())
    assert (answer.status_code, answer.json()["metadata"]["limit"]) == (409, "999.99")
    assert (await orders.read(early)).state == "submitted"


async def test_the_rest_is_called_off_and_frees_exactly_the_undelivered_part(
    orders: Orders, procurement: Harness
) -> None:
    """What is on its way still counts: it is held until it was judged, and what was rejected is free then."""
    order_id = await orders.confirmed(lines=[one_line(orders), one_line(orders, cost_code="B")])
    delivery_id = await dispatched(orders, order_id, "4")
    async with procurement.work(orders.buyer) as work:
        order = await close.cancel_rest(work, CancelRest(order_id, None, "the design has changed"))
    assert [line.state for line in order.lines] == [LineState.CLOSED, LineState.CANCELLED]
    assert await held(orders, order_id) == [("rest_cancelled", {"01-STEEL": "400.00", "B": "0.00"})]
    [fact] = await procurement.events(CLOSED, order_id, OrderClosed)
    assert (fact.reason, fact.completed, len(fact.lines)) == ("the design has changed", False, 2)
    line = (await orders.read(order_id)).lines[0]
    async with procurement.work(orders.sales) as work:
        with pytest.raises(FailedPrecondition) as refusal:
            await service.deliver(work, order_id, [(line.id, Decimal(1))])
    assert refusal.value.reason == "LINE_CLOSED"
    await judged(orders, delivery_id, "3", "bent")
    assert (await held(orders, order_id))[-1] == ("settled", {"01-STEEL": "300.00", "B": "0.00"})
    async with procurement.work(orders.buyer) as work:
        with pytest.raises(FailedPrecondition) as nothing:
            await close.cancel_rest(work, CancelRest(order_id, None, "again"))
    assert nothing.value.reason == "NOTHING_LEFT"


async def judged(orders: Orders, delivery_id: UUID, accepted: str, reason: str = "") -> None:
    """The site takes so much of a delivery's only line."""
    site = orders.site.contractor
    orders.projects.parties[(orders.site.project_id, site.id)] = Party(frozenset({"general_contractor"}), "active")
    async with orders.harness.work(site.as_(Role.SITE_ENGINEER)) as work:
        delivery = await deliveries.get(work, delivery_id)
        wanted = (LineQuantity(delivery.lines[0].id, Decimal(accepted), reason),)
        await deliveries.accept(work, Judge(delivery_id, None, wanted), orders.projects)


async def test_named_lines_are_closed_and_the_others_stay_open(orders: Orders, procurement: Harness) -> None:
    order_id = await orders.confirmed(lines=[one_line(orders), one_line(orders, cost_code="B")])
    await dispatched(orders, order_id, "4", "1")
    second = (await orders.read(order_id)).lines[1].id
    async with procurement.client(orders.buyer) as client:
        path = f"{PATH}/{order_id}:cancel-rest"
        foreign = await client.post(path, json={"reason": "x", "line_ids": [str(new_id())]}, headers=key())
        closed = await client.post(path, json={"reason": "x", "line_ids": [str(second)]}, headers=key())
        again = await client.post(path, json={"reason": "x", "line_ids": [str(second)]}, headers=key())
    assert (foreign.status_code, foreign.json()["errors"][0]["pointer"]) == (422, "/line_ids/0")
    assert [line["state"] for line in closed.json()["lines"]] == ["partly_delivered", "closed"]
    assert (again.status_code, again.json()["code"]) == (409, "LINE_CLOSED")


async def test_completing_frees_what_did_not_come(orders: Orders, procurement: Harness) -> None:
    """An order that came in full frees nothing and says nothing."""
    short, full = await orders.confirmed(lines=[one_line(orders)]), await orders.confirmed(lines=[one_line(orders)])
    for order_id, quantity in ((short, "9.5"), (full, "10")):
        await dispatched(orders, order_id, quantity)
        async with procurement.work(orders.buyer) as work:
            await close.complete(work, Verb(order_id, None))
    assert await held(orders, short) == [("completed", {"01-STEEL": "950.00"})]
    assert await held(orders, full) == []


async def test_over_delivery_that_is_accepted_raises_the_commitment(orders: Orders, procurement: Harness) -> None:
    """Within the tolerance, by the fact of the acceptance; sent back, it falls again but not below the order."""
    order_id = await orders.confirmed(lines=[one_line(orders, tolerance_percent="5.00")])
    delivery_id = await dispatched(orders, order_id, "10.5")
    assert await held(orders, order_id) == []
    await judged(orders, delivery_id, "10.5")
    assert await held(orders, order_id) == [("settled", {"01-STEEL": "1050.00"})]
    async with procurement.work(orders.site.contractor.as_(Role.SITE_ENGINEER)) as work:
        line = (await deliveries.get(work, delivery_id)).lines[0]
        await deliveries.send_back(work, Judge(delivery_id, None, (LineQuantity(line.id, Decimal(3), "rust"),)))
    assert (await held(orders, order_id))[-1] == ("settled", {"01-STEEL": "1000.00"})


async def test_only_the_buyer_calls_off_the_rest(orders: Orders, procurement: Harness) -> None:
    order_id = await orders.confirmed(lines=[one_line(orders)])
    await dispatched(orders, order_id, "1")
    before = await procurement.checksum()
    for who in (orders.sales, orders.approver):
        with pytest.raises(PermissionDenied):
            async with procurement.work(who) as work:
                await close.cancel_rest(work, CancelRest(order_id, None, "x"))
    with pytest.raises(InvalidArgument):
        async with procurement.work(orders.buyer) as work:
            await close.cancel_rest(work, CancelRest(order_id, None, "x", (new_id(),)))
    assert await procurement.checksum() == before


async def late(orders: Orders) -> list[str]:
    """Ids that the list of late orders shows; list and detail say the same of every order."""
    project = {"project_id": str(orders.site.project_id)}
    async with orders.harness.client(orders.buyer) as client:
        filtered = [one["id"] for one in (await client.get(PATH, params={"late": "true"} | project)).json()["items"]]
        listed = {one["id"]: one["late"] for one in (await client.get(PATH, params=project)).json()["items"]}
        for order_id, is_late in listed.items():
            assert (await client.get(f"{PATH}/{order_id}")).json()["late"] is is_late
    assert [order_id for order_id, is_late in listed.items() if is_late] == filtered
    return filtered


@pytest.mark.usefixtures("noon")
async def test_an_order_is_late_the_day_after_and_until_it_has_come(orders: Orders, procurement: Harness) -> None:
    """In Shanghai's days; a draft is never late, and neither is what was closed."""
    day = date(2026, 11, 24).isoformat()
    await orders.draft(lines=[one_line(orders, needed_by=day)])
    order_id = await orders.confirmed(lines=[one_line(orders, needed_by=day), one_line(orders)])
    assert await late(orders) == []
    procurement.clock.advance(timedelta(hours=35))  # 23:00 of the 24th
    try:
        assert await late(orders) == []
        procurement.clock.advance(timedelta(hours=1))
        assert await late(orders) == [str(order_id)]
        await dispatched(orders, order_id, "9.9")
        assert await late(orders) == [str(order_id)]
        await dispatched(orders, order_id, "0.1")
        assert await late(orders) == []
    finally:
        procurement.clock.advance(timedelta(hours=-36))


async def test_what_an_award_made_is_not_revised(orders: Orders, procurement: Harness) -> None:
    async with procurement.work(orders.buyer) as work:
        [made] = await service.create_many(work, [command(orders.site)])
    async with procurement.client(orders.buyer) as client:
        change = {"lines": body(orders.site)["lines"]}
        answer = await client.put(f"{PATH}/{made.id}", json=change, headers={"If-Match": '"1"'})
        submitted = await client.post(f"{PATH}/{made.id}:submit", headers=key())
    assert (answer.status_code, answer.json()["code"]) == (409, "ORIGIN_FIXED")
    assert submitted.status_code == 200  # an award needs no reason for not asking around


async def test_ordered_is_what_is_held(orders: Orders, procurement: Harness) -> None:
    """The sum for project-mgmt's overview follows closed lines as the facts do."""
    order_id = await orders.confirmed(lines=[one_line(orders)])
    await dispatched(orders, order_id, "4")
    async with procurement.work(orders.buyer) as work:
        await close.cancel_rest(work, CancelRest(order_id, None, "x"))
    async with procurement.work(service_principal("project-mgmt")) as work:
        totals = await service.project_totals(work, orders.site.project_id)
    assert totals.ordered == Decimal("400.00")
