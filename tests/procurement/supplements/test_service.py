"""Supplemental agreements on a real PostgreSQL."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from chassis.errors import FailedPrecondition, NotFound, PermissionDenied
from chassis.identity import Kind, Principal, Role, service_principal
from chassis.ids import new_id
from chassis.pages import PageRequest
from procurement.agreements import service as agreement_service
from procurement.agreements.events import ACTIVATED
from procurement.agreements.service import Entitled
from procurement.agreements.service import Verb as AgreementVerb
from procurement.agreements.states import Kind as AgreementKind
from procurement.supplements import service
from procurement.supplements.commands import approval
from procurement.supplements.service import Heights, ItemCaps, Verb
from procurement.supplements.states import State
from tests.harness import Harness, organisation
from tests.procurement.agreements.conftest import item
from tests.procurement.supplements.conftest import Supplements
from zhulian.procurement.v1.agreements_events_pb2 import AgreementActivated

ASKING = (approval.submit, approval.approve, approval.propose)
"""The use cases that ask labour first."""


async def test_signed_the_agreement_reads_so(supplements: Supplements, procurement: Harness) -> None:
    """Caps, last day, an item more and who else may call off; before the signature nothing of it; the fact says all."""
    agreements, other = supplements.agreements, organisation(Kind.CONTRACTOR)
    agreement = await agreements.active(item(hard_cap=Decimal(10)), hard_cap=Decimal("40000.00"))
    changes: dict[str, Any] = {
        "valid_to": date(2028, 3, 31),
        "heights": Heights(None, Decimal("100000.00")),
        "item_caps": (ItemCaps(agreement.items[0].id, Decimal(15), Decimal(20)),),
        "items": (item(hard_cap=Decimal(2)),),
        "entitlements": (
            Entitled(agreements.site.contractor.id, None, None, Decimal("90000.00")),
            Entitled(other.id, None, None, Decimal("5000.00")),
        ),
    }
    made = await supplements.proposed(agreement, **changes)
    assert await agreements.attempt(agreement, "11") == "CAP_EXCEEDED"
    stood = await supplements.read(agreement)
    await supplements.sign(made)
    read = await supplements.read(agreement)
    assert (stood.valid_to, read.valid_to, read.hard_cap) == (
        date(2027, 10, 31),
        date(2028, 3, 31),
        Decimal("100000.00"),
    )
    assert [(one.position, one.soft_cap, one.hard_cap) for one in read.items] == [
        (1, Decimal(15), Decimal(20)),
        (2, None, Decimal(2)),
    ]
    assert {(one.organisation_id, one.hard_cap) for one in read.entitlements} == {
        (agreements.site.contractor.id, Decimal("90000.00")),
        (other.id, Decimal("5000.00")),
    }
    assert await agreements.attempt(read, "20", "2") == ""
    assert await agreements.attempt(read, "0.000001") == "CAP_EXCEEDED"
    _, fact = await procurement.events(ACTIVATED, agreement.id, AgreementActivated)
    assert (fact.agreement.valid_to.date, len(fact.agreement.items)) == ("2028-03-31", 2)
    assert str(other.id) in fact.agreement.entitled_ids
    assert (await procurement.audited(agreement.id))[-1] == "agreements.supplement"
    assert await procurement.audited(made.id) == [
        "supplements.draft",
        "supplements.submit",
        "supplements.propose",
        "supplements.sign",
    ]


async def test_the_history_says_what_was_before(supplements: Supplements, procurement: Harness) -> None:
    """Counted from 1, newest first; one at a time; the supplier sees those that were proposed, others none."""
    agreements = supplements.agreements
    agreement = await agreements.active(hard_cap=Decimal("100.00"))
    await supplements.signed(agreement, heights=Heights(None, Decimal("200.00")))
    second = await supplements.drafted(agreement, heights=Heights(None, Decimal("300.00")))
    assert await supplements.refusal(agreement, heights=Heights(None, Decimal("400.00"))) == "SUPPLEMENT_OPEN"
    async with procurement.work(supplements.buyer) as work:
        await service.withdraw(work, Verb(agreement.id, second.id, None, "太高"))
        listed = (await service.page(work, agreement.id, None, PageRequest())).items
    assert [(one.number, one.state, one.before_hard_cap, one.hard_cap, one.answer) for one in listed] == [
        (2, State.WITHDRAWN, Decimal("200.00"), Decimal("300.00"), "太高"),
        (1, State.SIGNED, Decimal("100.00"), Decimal("200.00"), ""),
    ]
    for who, numbers in ((supplements.sales, [1]), (agreements.site.contractor.as_(Role.BUYER), [])):
        async with procurement.work(who) as work:
            seen = (await service.page(work, agreement.id, None, PageRequest())).items
            assert [one.number for one in seen] == numbers
            with pytest.raises(NotFound):
                await service.get(work, agreement.id, second.id)


async def test_parallel_call_offs_stay_exact_while_a_cap_is_raised(supplements: Supplements) -> None:
    """30 × 3 t against 30 t that become 60 t meanwhile: at the end exactly 20 orders, whoever came first."""
    agreements = supplements.agreements
    agreement = await agreements.active(item(hard_cap=Decimal(30)))
    caps = (ItemCaps(agreement.items[0].id, None, Decimal(60)),)
    made = await supplements.proposed(agreement, item_caps=caps)
    first = asyncio.gather(*(agreements.ask(agreement, "3") for _ in range(15)))
    signed, results = await asyncio.gather(supplements.attempt(made), first)
    results += await asyncio.gather(*(agreements.ask(agreement, "3") for _ in range(15)))
    assert (signed, results.count("")) == ("", 20)
    level = (await agreements.usage(agreement))["item:1"]
    assert (level.ordered, level.left) == (Decimal(60), Decimal(0))


async def test_lowering_and_calling_off_at_once(supplements: Supplements) -> None:
    """100 t to 30 t while 15 × 3 t are ordered: never more ordered than the cap that stands at the end."""
    agreements = supplements.agreements
    agreement = await agreements.active(item(hard_cap=Decimal(100)))
    caps = (ItemCaps(agreement.items[0].id, None, Decimal(30)),)
    made = await supplements.proposed(agreement, item_caps=caps)
    orders = asyncio.gather(*(agreements.ask(agreement, "3") for _ in range(15)))
    signed, results = await asyncio.gather(supplements.attempt(made), orders)
    level = (await agreements.usage(agreement))["item:1"]
    assert level.ordered == 3 * results.count("")
    if signed:
        assert (signed, level.cap.hard) == ("CAP_BELOW_ORDERED", Decimal(100))
    else:
        assert level.cap.hard == Decimal(30)
        assert level.ordered <= 30


async def test_what_is_ordered_meanwhile_stops_a_lower_cap(supplements: Supplements, procurement: Harness) -> None:
    """Refused when it is drafted and again when it is signed; a lower cap that holds what is ordered is fine."""
    agreements = supplements.agreements
    agreement = await agreements.active(item(hard_cap=Decimal(100)))
    await agreements.call_off(agreement, "40")
    [wanted] = [one.id for one in agreement.items]
    assert await supplements.refusal(agreement, item_caps=(ItemCaps(wanted, None, Decimal(39)),)) == "CAP_BELOW_ORDERED"
    project = (Entitled(agreements.site.contractor.id, agreements.site.project_id, None, Decimal("1.00")),)
    assert await supplements.refusal(agreement, entitlements=project) == "CAP_BELOW_ORDERED"
    assert await supplements.refusal(agreement, heights=Heights(None, Decimal("155999.99"))) == "CAP_BELOW_ORDERED"
    made = await supplements.proposed(agreement, item_caps=(ItemCaps(wanted, None, Decimal(50)),))
    await agreements.call_off(agreement, "11")
    before = await procurement.checksum()
    assert await supplements.attempt(made) == "CAP_BELOW_ORDERED"
    assert await procurement.checksum() == before
    async with procurement.work(supplements.sales) as work:
        await service.decline(work, Verb(agreement.id, made.id, None, "已超"))
    await supplements.signed(agreement, item_caps=(ItemCaps(wanted, None, Decimal(51)),))
    assert (await agreements.usage(agreement))["item:1"].left == 0


async def test_what_a_supplement_may_not_say(supplements: Supplements) -> None:
    agreements = supplements.agreements
    frame = await agreements.active(
        item(hard_cap=Decimal(5)),
        kind=AgreementKind.CONTRACT,
        entitlements=(Entitled(agreements.head.id, None, None, None),),
    )
    [own] = [one.id for one in frame.items]
    twice = ItemCaps(own, None, Decimal(6))
    cases: list[tuple[dict[str, Any], str]] = [
        ({}, "NOTHING_CHANGES"),
        ({"valid_to": frame.valid_to, "heights": Heights(None, None)}, "NOTHING_CHANGES"),
        ({"valid_to": date(2026, 11, 22)}, "VALIDITY_REVERSED"),
        ({"item_caps": (ItemCaps(new_id(), None, None),)}, "ITEM_UNKNOWN"),
        ({"item_caps": (twice, twice)}, "ITEM_UNKNOWN"),
        ({"item_caps": (ItemCaps(own, None, None),)}, "CONTRACT_WITHOUT_QUANTITY"),
        ({"items": (item(),)}, "CONTRACT_WITHOUT_QUANTITY"),
        ({"items": (item(unit="m", hard_cap=Decimal(1)),)}, "MATERIAL_UNIT_UNKNOWN"),
        ({"entitlements": (Entitled(new_id(), None, None, None),)}, "NOT_CENTRALISED"),
    ]
    for changes, code in cases:
        assert await supplements.refusal(frame, **changes) == code, changes


async def test_each_side_does_its_part(supplements: Supplements, procurement: Harness) -> None:
    """The holder drafts, its approver proposes, the supplier signs; only a signed agreement has supplements."""
    agreements = supplements.agreements
    unsigned = await agreements.proposed()
    later = date(2027, 12, 31)
    assert await supplements.refusal(unsigned, valid_to=later) == "INVALID_STATE"
    agreement = await agreements.active()
    made = await supplements.proposed(agreement, valid_to=later)
    verb = Verb(agreement.id, made.id, None, "x")
    head, site = agreements.head, agreements.site
    labour = procurement.runtime.clients["labour"]
    cases: list[tuple[Principal, Any, type[Exception]]] = [
        (head.as_(*Role), service.sign, PermissionDenied),
        (site.supplier.as_(*Role), service.withdraw, PermissionDenied),
        (site.contractor.as_(*Role), service.withdraw, NotFound),
        (organisation(*Kind).as_(*Role), service.withdraw, NotFound),
        (head.as_(Role.APPROVER), approval.propose, FailedPrecondition),
        (head.as_(Role.BUYER), approval.submit, FailedPrecondition),
        (head.as_(Role.BUYER), approval.propose, PermissionDenied),
        (site.supplier.as_(*Role), approval.approve, PermissionDenied),
    ]
    before = await procurement.checksum()
    for who, use_case, refusal in cases:
        with pytest.raises(refusal):
            async with procurement.work(who) as work:
                await use_case(work, verb, *([labour] if use_case in ASKING else []))
    assert await procurement.checksum() == before
    async with procurement.work(supplements.approver) as work:
        await agreement_service.end(work, AgreementVerb(agreement.id, None, "x"))
    assert await supplements.attempt(made) == "INVALID_STATE"


async def test_the_new_last_day_counts(supplements: Supplements, procurement: Harness) -> None:
    """Extended, the job of the old last day leaves it alone; shortened, a job of its own ends it."""
    longer = await supplements.agreements.active(valid_to=date(2026, 11, 23))
    await supplements.signed(longer, valid_to=date(2026, 11, 30))
    shorter = await supplements.agreements.active(valid_to=date(2027, 10, 31))
    await supplements.signed(shorter, valid_to=date(2026, 11, 23))
    async with procurement.sql() as connection:
        jobs = await connection.fetchval(
            "SELECT count(*) FROM pgqueuer WHERE entrypoint = $1 AND convert_from(payload, 'utf8') LIKE $2",
            agreement_service.EXPIRE,
            f"%{shorter.id}%",
        )
    assert jobs == 2
    procurement.clock.advance(timedelta(hours=12))
    try:
        for agreement in (longer, shorter):
            async with procurement.work(service_principal("procurement")) as work:
                await agreement_service.expire(work, {"agreement_id": str(agreement.id)})
    finally:
        procurement.clock.advance(timedelta(hours=-12))
    states = [(await supplements.read(one)).state for one in (longer, shorter)]
    assert states == ["active", "ended"]
