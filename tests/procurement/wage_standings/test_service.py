"""Nothing new begins with whom an authority has listed for wage arrears, and nothing while labour cannot be asked."""

from __future__ import annotations

from decimal import Decimal

import pytest

from chassis.errors import FailedPrecondition
from chassis.identity import Role
from chassis.ids import new_id
from procurement.approvals.models import DocumentKind
from procurement.wage_standings import service
from procurement.wage_standings.rules import Deal
from tests.harness import key
from tests.procurement.agreements.conftest import Agreements, agreements
from tests.procurement.approvals.papers import Office
from tests.procurement.awards.test_service import award_body
from tests.procurement.buying import Buying
from tests.procurement.conftest import FakeLabour, Orders
from tests.procurement.wage_standings.conftest import GONE, LISTED, LISTING, away, list_, refused

__all__ = ["agreements"]


async def test_no_award_to_whom_is_listed(buying: Buying, labour: FakeLabour) -> None:
    """Refused by name with the last day, whole: the other lines of the decision wait, too. Others may be awarded."""
    sourcing = await buying.opened(("3000", "3000"), ("4000", "4100"))
    ids = await buying.offered(sourcing)
    async with away(labour):
        body = award_body(sourcing, (ids[1, 0], "10", "cheaper one is listed"))
        assert await buying.refused(buying.buyer, "POST", "/awards", body) == GONE
    list_(labour, buying.suppliers[0].id)
    both = award_body(sourcing, (ids[0, 0], "10"), (ids[1, 1], "4", "better"))
    assert await buying.refused(buying.buyer, "POST", "/awards", both) == LISTED
    labour.asked.clear()
    await buying.post(buying.buyer, "/awards", body)
    assert labour.asked == [buying.suppliers[1].id]


async def test_an_award_that_waits_is_asked_again_at_its_approval(buying: Buying, labour: FakeLabour) -> None:
    """Listed meanwhile: the approval is refused and the step waits on; lifted, it goes through."""
    office = Office(buying.harness, buying.site, buying)
    await office.matrix(DocumentKind.AWARD, (None, (Role.APPROVER,)))
    sourcing = await buying.opened(("3000", None))
    ids = await buying.offered(sourcing)
    award = await buying.post(buying.buyer, "/awards", award_body(sourcing, (ids[0, 0], "10")))
    assert award["state"] == "submitted"
    path, approver = f"/awards/{award['id']}:approve", buying.site.contractor.as_(Role.APPROVER)
    list_(labour, buying.suppliers[0].id)
    assert await buying.refused(approver, "POST", path) == LISTED
    del labour.listed[buying.suppliers[0].id]
    async with away(labour):
        assert await buying.refused(approver, "POST", path) == GONE
    assert (await buying.post(approver, path))["state"] == "approved"


async def test_no_order_to_whom_is_listed(orders: Orders, labour: FakeLabour) -> None:
    """At its submission, and again when the last step approves it: no budget is reserved for it."""
    draft, submitted = await orders.draft(), await orders.submitted()
    list_(labour, orders.site.supplier.id)
    assert await refused(orders.harness, orders.buyer, f"/orders/{draft}:submit") == LISTED
    assert await refused(orders.harness, orders.approver, f"/orders/{submitted}:approve") == LISTED
    assert submitted not in orders.projects.commitments
    del labour.listed[orders.site.supplier.id]
    async with away(labour):
        assert await refused(orders.harness, orders.buyer, f"/orders/{draft}:submit") == GONE
        assert await refused(orders.harness, orders.approver, f"/orders/{submitted}:approve") == GONE
    assert submitted not in orders.projects.commitments
    async with orders.harness.client(orders.approver) as client:
        approved = await client.post(f"/procurement/v1/orders/{submitted}:approve", headers=key())
    assert approved.json()["state"] == "approved"


async def test_an_order_that_stands_goes_on(orders: Orders, labour: FakeLabour) -> None:
    """What was approved before is the supplier's to confirm, listed or not, and labour is not asked."""
    order_id = await orders.approved()
    list_(labour, orders.site.supplier.id)
    labour.asked.clear()
    async with orders.harness.client(orders.sales) as client:
        answer = await client.post(f"/procurement/v1/orders/{order_id}:confirm", headers=key())
    assert (answer.json()["state"], labour.asked) == ("confirmed", [])


async def test_no_agreement_with_whom_is_listed(agreements: Agreements, labour: FakeLabour) -> None:
    """Neither submitted nor proposed; one that waits is not approved."""
    made, waits = await agreements.draft(), await agreements.draft()
    buyer, approver = agreements.head.as_(Role.BUYER), agreements.head.as_(Role.APPROVER)
    async with agreements.harness.client(buyer) as client:
        sent = await client.post(f"/procurement/v1/agreements/{waits.id}:submit", headers=key())
    assert sent.status_code == 200, sent.text
    list_(labour, agreements.site.supplier.id)
    calls = ((buyer, made.id, "submit"), (approver, made.id, "propose"), (approver, waits.id, "approve"))
    for who, agreement_id, verb in calls:
        assert await refused(agreements.harness, who, f"/agreements/{agreement_id}:{verb}") == LISTED
    del labour.listed[agreements.site.supplier.id]
    async with away(labour):
        for who, agreement_id, verb in calls:
            assert await refused(agreements.harness, who, f"/agreements/{agreement_id}:{verb}") == GONE
    async with agreements.harness.client(approver) as client:
        done = await client.post(f"/procurement/v1/agreements/{waits.id}:approve", headers=key())
    assert done.json()["state"] == "proposed"


async def test_every_supplier_is_asked_once_and_the_listed_one_is_named(orders: Orders, labour: FakeLabour) -> None:
    sound, listed = sorted((new_id(), new_id()))
    list_(labour, listed)
    with pytest.raises(FailedPrecondition) as refusal:
        async with orders.harness.work(orders.buyer) as work:
            await service.demand_engageable(work, [sound, listed, sound], Deal.AWARD, labour)
    assert sorted(labour.asked) == [sound, listed]
    assert refusal.value.metadata == {
        "supplier_id": str(listed),
        "since": "2026-11-01",
        "until": "2029-11-01",
        "documents": LISTING.documents[0],
    }


async def test_a_warning_refuses_nothing(orders: Orders, labour: FakeLabour) -> None:
    labour.warned[orders.site.supplier.id] = ("red", LISTING.since)
    assert (await orders.read(await orders.approved())).total > Decimal(0)
