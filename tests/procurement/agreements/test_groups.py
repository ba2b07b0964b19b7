"""A whole group of companies (集团) is entitled: who belongs to it on the day of the call-off, one level, no longer."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition, InvalidArgument
from chassis.identity import Kind, Role
from chassis.ids import new_id
from procurement.agreements import service
from procurement.agreements.commands import caps
from procurement.agreements.models import Agreement
from procurement.agreements.service import Entitled
from procurement.agreements.states import Kind as AgreementKind
from procurement.orders import service as orders
from tests.facts import tell_organisation
from tests.harness import Harness, Organisation, key, organisation
from tests.procurement.agreements.conftest import Agreements, item
from tests.procurement.conftest import Site, tell_parties


async def belongs(procurement: Harness, child: Organisation, parent: UUID | None, version: int) -> None:
    """The gateway's fact about whose group an organisation belongs to."""
    await tell_organisation(procurement, child.id, "成员公司", uscc=child.uscc, parent=parent, version=version)


async def buys(procurement: Harness, agreements: Agreements, who: Organisation) -> None:
    """From now on another organisation calls off, for a project of its own."""
    agreements.site = Site(new_id(), who, agreements.site.supplier)
    await tell_parties(procurement, agreements.site, {}, version=1)


async def for_the_group(agreements: Agreements) -> Agreement:
    """An active agreement that entitles the head's whole group and nobody by name."""
    return await agreements.active(entitlements=(Entitled(agreements.head.id, None, None, None, whole_group=True),))


async def test_who_belongs_to_the_group_calls_off_and_who_does_not_sees_nothing(
    procurement: Harness, agreements: Agreements
) -> None:
    agreement = await for_the_group(agreements)
    assert await agreements.attempt(agreement, "1.000000") == "AGREEMENT_NOT_FOUND"
    await belongs(procurement, agreements.site.contractor, new_id(), 1)
    assert await agreements.attempt(agreement, "1.000000") == "AGREEMENT_NOT_FOUND"
    await belongs(procurement, agreements.site.contractor, agreements.head.id, 2)
    assert await agreements.attempt(agreement, "1.000000") == ""


async def test_who_leaves_calls_off_no_more_and_what_it_called_off_stands(
    procurement: Harness, agreements: Agreements
) -> None:
    contractor = agreements.site.contractor
    agreement = await for_the_group(agreements)
    await belongs(procurement, contractor, agreements.head.id, 1)
    made = await agreements.call_off(agreement, "2.000000")
    await belongs(procurement, contractor, None, 2)
    before = await procurement.checksum()
    assert await agreements.attempt(agreement, "1.000000") == "NOT_ENTITLED"
    assert await procurement.checksum() == before
    async with procurement.work(contractor.as_(Role.BUYER)) as work:
        order = await orders.get(work, made.order_id)
        seen = await service.get(work, agreement.id)
    assert (order.state, order.origin_id) == ("draft", agreement.id)
    assert seen.entitlements == []
    assert (await agreements.usage(agreement))["agreement"].ordered == Decimal("7800.00")
    await belongs(procurement, contractor, agreements.head.id, 3)
    assert await agreements.attempt(agreement, "1.000000") == ""


async def test_a_leavers_standing_order_takes_less_and_not_more(procurement: Harness, agreements: Agreements) -> None:
    contractor = agreements.site.contractor
    agreement = await for_the_group(agreements)
    await belongs(procurement, contractor, agreements.head.id, 1)
    made = await agreements.call_off(agreement, "2.000000")
    await belongs(procurement, contractor, None, 2)
    async with procurement.work(contractor.as_(Role.BUYER)) as work:
        order = await orders.get(work, made.order_id)
        [line] = order.lines
        await caps.demand_room_for(work, order, {line.id: Decimal("1.000000")})
    with pytest.raises(FailedPrecondition, match="not entitled"):
        async with procurement.work(contractor.as_(Role.BUYER)) as work:
            await caps.demand_room_for(work, order, {line.id: Decimal("3.000000")})


async def test_the_head_itself_is_of_its_group(procurement: Harness, agreements: Agreements) -> None:
    agreement = await for_the_group(agreements)
    await buys(procurement, agreements, agreements.head)
    assert await agreements.attempt(agreement, "1.000000") == ""


async def test_the_group_reaches_one_level(procurement: Harness, agreements: Agreements) -> None:
    """A member's own members have confirmed the member, not the head."""
    agreement, between = await for_the_group(agreements), organisation(Kind.CONTRACTOR)
    await belongs(procurement, between, agreements.head.id, 1)
    await belongs(procurement, agreements.site.contractor, between.id, 1)
    assert await agreements.attempt(agreement, "1.000000") == "AGREEMENT_NOT_FOUND"


async def test_a_fact_that_comes_late_brings_no_leaver_back(procurement: Harness, agreements: Agreements) -> None:
    agreement = await for_the_group(agreements)
    await belongs(procurement, agreements.site.contractor, None, 3)
    await belongs(procurement, agreements.site.contractor, agreements.head.id, 2)
    assert await agreements.attempt(agreement, "1.000000") == "AGREEMENT_NOT_FOUND"


async def test_the_supplier_who_sees_the_entitlement_is_not_entitled_by_it(
    procurement: Harness, agreements: Agreements
) -> None:
    """One that also builds, and so might buy."""
    agreement = await for_the_group(agreements)
    supplier = agreements.site.supplier
    supplier.kinds |= {Kind.CONTRACTOR}
    await buys(procurement, agreements, supplier)
    assert await agreements.attempt(agreement, "1.000000") == "NOT_ENTITLED"


async def test_caps_of_the_agreement_hold_for_the_group_together(procurement: Harness, agreements: Agreements) -> None:
    agreement = await agreements.active(
        item(hard_cap=Decimal("3.000000")),
        entitlements=(Entitled(agreements.head.id, None, None, None, whole_group=True),),
    )
    for child in (agreements.site.contractor, organisation(Kind.CONTRACTOR)):
        await belongs(procurement, child, agreements.head.id, 1)
        await buys(procurement, agreements, child)
        refused = await agreements.attempt(agreement, "2.000000")
    assert refused == "CAP_EXCEEDED"


@pytest.mark.parametrize(("kind", "code"), [("framework", "NOT_CENTRALISED"), ("centralised", "NOT_YOUR_GROUP")])
async def test_only_the_holders_own_group_and_centralised(agreements: Agreements, kind: str, code: str) -> None:
    whom = agreements.head.id if kind == "framework" else agreements.site.contractor.id
    entitled = (Entitled(whom, None, None, None, whole_group=True),)
    with pytest.raises(InvalidArgument) as refused:
        await agreements.draft(kind=AgreementKind(kind), entitlements=entitled)
    assert refused.value.violations[0].code == code


async def test_a_group_has_no_project_and_no_caps_at_the_door(procurement: Harness, agreements: Agreements) -> None:
    entitled = {"organisation_id": str(agreements.head.id), "whole_group": True}
    body = {
        "name": "集团钢材",
        "kind": "centralised",
        "valid_from": "2026-11-01",
        "valid_to": "2027-10-31",
        "supplier_id": str(agreements.site.supplier.id),
        "items": [{"material_code": "01090001", "unit": "t", "unit_price": "3900"}],
    }
    async with procurement.client(agreements.head.as_(Role.BUYER)) as client:
        for more in ({"hard_cap": "1.00"}, {"soft_cap": "1.00"}, {"project_id": str(new_id())}):
            sent = body | {"entitlements": [entitled | more]}
            answer = await client.post("/procurement/v1/agreements", json=sent, headers=key())
            assert (answer.status_code, answer.json()["errors"][0]["code"]) == (422, "GROUP_WITHOUT_CAPS"), answer.text
        made = await client.post("/procurement/v1/agreements", json=body | {"entitlements": [entitled]}, headers=key())
    assert made.status_code == 201, made.text
    assert made.json()["entitlements"][0]["whole_group"] is True
