"""What stands is not added to while its supplier is listed for wage arrears; what takes away asks nobody."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from chassis.errors import Aborted
from chassis.identity import Kind, Role
from procurement.agreements.models import Agreement
from procurement.agreements.service import Entitled
from procurement.changes.states import State
from procurement.orders import service as orders_service
from procurement.orders.models import Order
from procurement.supplements.service import Heights, ItemCaps
from tests.harness import Harness, key, organisation
from tests.procurement.agreements.conftest import item
from tests.procurement.changes.conftest import Changes, changes
from tests.procurement.conftest import FakeLabour
from tests.procurement.supplements.conftest import Supplements, supplements
from tests.procurement.wage_standings.conftest import GONE, LISTED, away, list_, refused

__all__ = ["changes", "supplements"]
CAP, LAST_DAY = Decimal("40000.00"), date(2027, 10, 31)

MORE: dict[str, Callable[[Agreement], dict[str, Any]]] = {
    "a later last day": lambda _: {"valid_to": date(2027, 11, 1)},
    "a higher cap": lambda _: {"heights": Heights(None, CAP + 1)},
    "no cap any more": lambda _: {"heights": Heights(None, None)},
    "more of an item": lambda found: {"item_caps": (ItemCaps(found.items[0].id, None, Decimal(11)),)},
    "an item more": lambda _: {"items": (item(hard_cap=Decimal(2)),)},
    "another who may call off": lambda _: {
        "entitlements": (Entitled(organisation(Kind.CONTRACTOR).id, None, None, Decimal("1.00")),)
    },
    "less money and more time": lambda _: {"heights": Heights(None, CAP - 1), "valid_to": date(2027, 11, 1)},
}
LESS: dict[str, Callable[[Agreement], dict[str, Any]]] = {
    "an earlier last day": lambda _: {"valid_to": date(2027, 10, 30)},
    "a lower cap": lambda _: {"heights": Heights(None, CAP - 1)},
    "a cap to be told of": lambda _: {"heights": Heights(CAP - 1, CAP)},
    "less of an item": lambda found: {"item_caps": (ItemCaps(found.items[0].id, None, Decimal(9)),)},
}


async def done(harness: Harness, who: Any, path: str, body: Any = None) -> Any:
    """A verb that works."""
    async with harness.client(who) as client:
        answer = await client.post(f"/procurement/v1{path}", json=body, headers=key())
    assert answer.is_success, answer.text
    return answer.json()


async def in_force(supplements: Supplements) -> Agreement:
    """A signed agreement with a cap on the whole and on its item."""
    return await supplements.agreements.active(item(hard_cap=Decimal(10)), hard_cap=CAP, valid_to=LAST_DAY)


@pytest.mark.parametrize("what", MORE)
async def test_no_supplement_that_adds_money_or_time(supplements: Supplements, labour: FakeLabour, what: str) -> None:
    """Neither submitted nor proposed, nor without an answer of labour; lifted, it goes through to the signature."""
    harness, supplier = supplements.harness, supplements.agreements.site.supplier
    agreement = await in_force(supplements)
    made = await supplements.drafted(agreement, **MORE[what](agreement))
    path = f"/agreements/{agreement.id}/supplements/{made.id}"
    calls = (supplements.buyer, "submit"), (supplements.approver, "propose")
    list_(labour, supplier.id)
    for who, verb in calls:
        assert await refused(harness, who, f"{path}:{verb}") == LISTED
    del labour.listed[supplier.id]
    async with away(labour):
        for who, verb in calls:
            assert await refused(harness, who, f"{path}:{verb}") == GONE
    labour.asked.clear()
    assert (await done(harness, supplements.approver, f"{path}:propose"))["state"] == "proposed"
    assert labour.asked == [supplier.id]


async def test_a_supplement_that_waits_is_asked_again_at_its_approval(
    supplements: Supplements, labour: FakeLabour
) -> None:
    """Listed meanwhile: the approval is refused and the step waits on. What was proposed is the supplier's to sign."""
    harness, supplier = supplements.harness, supplements.agreements.site.supplier
    agreement = await in_force(supplements)
    made = await supplements.drafted(agreement, **MORE["a higher cap"](agreement))
    path = f"/agreements/{agreement.id}/supplements/{made.id}"
    await done(harness, supplements.buyer, f"{path}:submit")
    list_(labour, supplier.id)
    assert await refused(harness, supplements.approver, f"{path}:approve") == LISTED
    del labour.listed[supplier.id]
    async with away(labour):
        assert await refused(harness, supplements.approver, f"{path}:approve") == GONE
    assert (await done(harness, supplements.approver, f"{path}:approve"))["state"] == "proposed"
    list_(labour, supplier.id)
    labour.asked.clear()
    assert (await done(harness, supplements.sales, f"{path}:sign"))["state"] == "signed"
    assert labour.asked == []


@pytest.mark.parametrize("what", LESS)
async def test_a_supplement_that_takes_away_asks_nobody(
    supplements: Supplements, labour: FakeLabour, what: str
) -> None:
    """Of who is listed, and while labour is away: submitted, approved, signed; one that adds is rejected freely."""
    harness, agreement = supplements.harness, await in_force(supplements)
    labour.asked.clear()
    list_(labour, supplements.agreements.site.supplier.id)
    async with away(labour):
        made = await supplements.drafted(agreement, **LESS[what](agreement))
        path = f"/agreements/{agreement.id}/supplements/{made.id}"
        await done(harness, supplements.buyer, f"{path}:submit")
        await done(harness, supplements.approver, f"{path}:approve")
        assert (await done(harness, supplements.sales, f"{path}:sign"))["state"] == "signed"
    assert labour.asked == []


async def test_a_supplement_that_adds_may_be_rejected_and_withdrawn(
    supplements: Supplements, labour: FakeLabour
) -> None:
    harness, agreement = supplements.harness, await in_force(supplements)
    made = await supplements.drafted(agreement, **MORE["a higher cap"](agreement))
    path = f"/agreements/{agreement.id}/supplements/{made.id}"
    await done(harness, supplements.buyer, f"{path}:submit")
    labour.asked.clear()
    list_(labour, supplements.agreements.site.supplier.id)
    async with away(labour):
        await done(harness, supplements.approver, f"{path}:reject", {"reason": "x"})
        await done(harness, supplements.buyer, f"{path}:withdraw", {"reason": "x"})
    assert labour.asked == []


async def test_who_may_not_see_a_supplement_has_nobody_asked(supplements: Supplements, labour: FakeLabour) -> None:
    agreement = await in_force(supplements)
    made = await supplements.drafted(agreement, **MORE["a higher cap"](agreement))
    path = f"/agreements/{agreement.id}/supplements/{made.id}"
    labour.asked.clear()
    stranger = organisation(Kind.CONTRACTOR)
    for role, verb in ((Role.BUYER, "submit"), (Role.APPROVER, "propose"), (Role.APPROVER, "approve")):
        status, _ = await refused(supplements.harness, stranger.as_(role), f"{path}:{verb}")
        assert status == 404
    assert labour.asked == []


def edit(order: Order, number: int, **wanted: Any) -> dict[str, Any]:
    """An edit of a line as JSON, counted from 0."""
    return {"line_id": str(order.lines[number].id)} | wanted


NEW = {"material_code": "01090001", "unit": "t", "cost_code": "A", "quantity": "1", "unit_price": "1.00"}
DEARER: dict[str, Callable[[Order], dict[str, Any]]] = {
    "more": lambda order: {"edits": [edit(order, 0, quantity="11")]},
    "at a higher price": lambda order: {"edits": [edit(order, 0, unit_price="100.01")]},
    "a line more": lambda _: {"added": [NEW]},
    "less of one cost code, more of another": lambda order: {
        "edits": [edit(order, 0, quantity="5"), edit(order, 1, quantity="11")]
    },
}
CHEAPER: dict[str, Callable[[Order], dict[str, Any]]] = {
    "less": lambda order: {"edits": [edit(order, 0, quantity="9")]},
    "at a lower price": lambda order: {"edits": [edit(order, 0, unit_price="99.99")]},
    "what is left does not come": lambda order: {"edits": [edit(order, 1, close=True)]},
    "another day": lambda order: {"edits": [edit(order, 0, needed_by="2027-01-05")]},
}


def proposal(wanted: dict[str, Any]) -> dict[str, Any]:
    """The body of a proposal."""
    return {"reason": "more is needed"} | wanted


@pytest.mark.parametrize("what", DEARER)
async def test_no_change_that_costs_more(changes: Changes, labour: FakeLabour, what: str) -> None:
    """Not proposed; one that waits is not approved, no budget is reserved for it; lifted, it is offered."""
    orders, supplier = changes.orders, changes.orders.site.supplier
    order_id = await changes.order()
    path, body = f"/orders/{order_id}/changes", proposal(DEARER[what](await orders.read(order_id)))
    list_(labour, supplier.id)
    assert await refused(orders.harness, orders.buyer, path, body) == LISTED
    del labour.listed[supplier.id]
    async with away(labour):
        assert await refused(orders.harness, orders.buyer, path, body) == GONE
    labour.asked.clear()
    made = await done(orders.harness, orders.buyer, path, body)
    assert (made["state"], labour.asked) == ("proposed", [supplier.id])
    approve = f"{path}/{made['id']}:approve"
    list_(labour, supplier.id)
    assert await refused(orders.harness, orders.approver, approve) == LISTED
    del labour.listed[supplier.id]
    async with away(labour):
        assert await refused(orders.harness, orders.approver, approve) == GONE
    assert UUID(made["id"]) not in orders.projects.commitments
    labour.asked.clear()
    assert (await done(orders.harness, orders.approver, approve))["state"] == "offered"
    assert labour.asked == [supplier.id]
    list_(labour, supplier.id)
    async with away(labour):
        assert (await done(orders.harness, orders.sales, f"{path}/{made['id']}:accept"))["state"] == "accepted"


@pytest.mark.parametrize("what", CHEAPER)
async def test_a_change_that_costs_no_more_asks_nobody(changes: Changes, labour: FakeLabour, what: str) -> None:
    """Of who is listed, and while labour is away: offered at once, and accepted."""
    orders, order_id = changes.orders, await changes.order()
    path, body = f"/orders/{order_id}/changes", proposal(CHEAPER[what](await orders.read(order_id)))
    labour.asked.clear()
    list_(labour, orders.site.supplier.id)
    async with away(labour):
        made = await done(orders.harness, orders.buyer, path, body)
        assert made["state"] == "offered"
        assert (await done(orders.harness, orders.sales, f"{path}/{made['id']}:accept"))["state"] == "accepted"
    assert labour.asked == []


async def test_the_rest_of_an_order_is_cancelled_freely(changes: Changes, labour: FakeLabour) -> None:
    orders, order_id = changes.orders, await changes.order()
    labour.asked.clear()
    list_(labour, orders.site.supplier.id)
    async with away(labour):
        answer = await done(orders.harness, orders.buyer, f"/orders/{order_id}:cancel", {"reason": "x"})
    assert (answer["state"], labour.asked) == ("cancelled", [])


async def test_a_change_that_adds_may_be_rejected_and_withdrawn(changes: Changes, labour: FakeLabour) -> None:
    orders, order_id = changes.orders, await changes.order()
    list_(labour, orders.site.supplier.id)
    for who, verb in ((orders.approver, "reject"), (orders.buyer, "withdraw")):
        del labour.listed[orders.site.supplier.id]
        change = await changes.more(order_id)
        list_(labour, orders.site.supplier.id)
        async with away(labour):
            await done(orders.harness, who, f"/orders/{order_id}/changes/{change.id}:{verb}", {"reason": "x"})


async def test_what_may_not_be_changed_has_nobody_asked(changes: Changes, labour: FakeLabour) -> None:
    """A stranger, a stale version, a change that is open: refused as ever before labour is asked."""
    orders, order_id = changes.orders, await changes.order()
    path, body = f"/orders/{order_id}/changes", proposal(DEARER["more"](await orders.read(order_id)))
    await changes.more(order_id)
    labour.asked.clear()
    stranger = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
    assert (await refused(orders.harness, stranger, path, body))[0] == 404
    assert await refused(orders.harness, orders.buyer, path, body) == (409, "ORDER_CHANGE_OPEN")
    assert labour.asked == []


async def test_less_that_became_more_meanwhile_is_asked_anew(
    changes: Changes, labour: FakeLabour, monkeypatch: pytest.MonkeyPatch
) -> None:
    """12 instead of 10 t is more, though the order read 15 when labour was not asked: refused, nothing is written."""
    orders, order_id = changes.orders, await changes.order(quantity="15")
    less = await changes.edit(order_id, 0, quantity=Decimal(12))
    locked, between = orders_service.locked, await changes.edit(order_id, 0, quantity=Decimal(10))

    async def overtaken(work: Any, wanted: UUID) -> Order:
        monkeypatch.setattr(orders_service, "locked", locked)
        await changes.accept(await changes.propose(order_id, between))
        return await locked(work, wanted)

    labour.asked.clear()
    monkeypatch.setattr(orders_service, "locked", overtaken)
    with pytest.raises(Aborted, match="VERSION_MISMATCH"):
        await changes.propose(order_id, less)
    order = await orders.read(order_id)
    assert (order.lines[0].quantity, order.open_change_id, labour.asked) == (Decimal(10), None, [])
    assert (await changes.propose(order_id, less)).state is State.PROPOSED
    assert labour.asked == [orders.site.supplier.id]
