"""Use cases of agreements on a real PostgreSQL."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied
from chassis.identity import Kind, Principal, Role, service_principal
from chassis.ids import new_id
from chassis.pages import PageRequest
from procurement.agreements import service
from procurement.agreements.commands import call_off as calling
from procurement.agreements.commands.call_off import Wanted
from procurement.agreements.events import ACTIVATED, ENDED
from procurement.agreements.repository import AgreementFilter
from procurement.agreements.rules import Formula, Published
from procurement.agreements.service import Entitled, Verb
from procurement.agreements.states import Kind as AgreementKind
from procurement.agreements.states import PriceKind, State
from procurement.orders.states import Origin
from tests.harness import Harness, organisation
from tests.procurement.agreements.conftest import ZERO, Agreements, item
from tests.procurement.catalogue import bar
from tests.procurement.conftest import Orders
from tests.procurement.prices.deals import SHENZHEN, publish
from zhulian.procurement.v1.agreements_events_pb2 import AgreementActivated, AgreementEnded

BELOW = Formula(PriceKind.PUBLISHED, None, "440300", Decimal("3.50"), ZERO)


async def test_signed_it_is_active_and_says_so(agreements: Agreements, procurement: Harness) -> None:
    """Draft → proposed → active; the fact carries items and whom it entitles."""
    agreement = await agreements.active(item(hard_cap=Decimal(100)), item(formula=BELOW))
    assert (agreement.state, agreement.signed_at) == (State.ACTIVE, procurement.clock.now())
    [fact] = await procurement.events(ACTIVATED, agreement.id, AgreementActivated)
    assert list(fact.agreement.entitled_ids) == [str(agreements.site.contractor.id)]
    fixed, formula = fact.agreement.items
    assert (fixed.unit_price, fixed.price_kind) == ("3900.000000", "fixed")
    assert (formula.unit_price, formula.region, formula.discount_percent) == ("", "440300", "3.50")
    assert await procurement.audited(agreement.id) == [
        "agreements.create",
        "agreements.submit",
        "agreements.propose",
        "agreements.sign",
    ]


async def test_the_agreement_says_the_price_and_keeps_how_it_came_about(
    agreements: Agreements, orders: Orders, procurement: Harness
) -> None:
    """Published 3,950.00 less 3.5 % is 3,811.75; what is published later does not change the order."""
    agreements.prices.prices["01090001", "440300"] = Published(Decimal("3950.000000"), date(2026, 11, 1), "深圳信息价")
    agreement = await agreements.active(item(formula=BELOW), item())
    made = await agreements.call_off(agreement, "10", "1")
    agreements.prices.prices["01090001", "440300"] = Published(Decimal("5000.000000"), date(2026, 12, 1), "深圳信息价")
    order = await orders.read(made.order_id)
    assert [(line.unit_price, line.amount) for line in order.lines] == [
        (Decimal("3811.750000"), Decimal("38117.50")),
        (Decimal("3900.000000"), Decimal("3900.00")),
    ]
    assert (order.origin, order.origin_id, order.supplier_id) == (
        Origin.AGREEMENT,
        agreement.id,
        agreements.site.supplier.id,
    )
    assert {line.tax_percent for line in order.lines} == {Decimal("13.00")}
    async with procurement.work(orders.buyer) as work:
        [listed] = (await service.call_offs(work, agreement.id, order.id, PageRequest())).items
    computed, fixed = listed.lines
    assert (computed.published_price, computed.published_month, computed.published_source) == (
        Decimal("3950.000000"),
        date(2026, 11, 1),
        "深圳信息价",
    )
    assert (computed.order_line_id, computed.discount_percent) == (order.lines[0].id, Decimal("3.50"))
    assert (fixed.published_price, fixed.published_source) == (None, "")
    assert agreements.prices.asked == [[Wanted("01090001", "t", "440300")]]


async def test_all_published_prices_are_asked_for_at_once(agreements: Agreements, procurement: Harness) -> None:
    """One question for the formulas of an order, none for an order at fixed prices, and one statement answers it."""
    elsewhere = Formula(PriceKind.PUBLISHED, None, "440100", ZERO, ZERO)
    for region in ("440300", "440100"):
        agreements.prices.prices["01090001", region] = Published(Decimal("3950.000000"), date(2026, 11, 1), region)
    agreement = await agreements.active(item(formula=BELOW), item(), item(formula=elsewhere))
    made = await agreements.call_off(agreement, "1", "1", "1")
    assert [line.published_source for line in made.lines] == ["440300", "", "440100"]
    wanted = [Wanted("01090001", "t", "440300"), Wanted("01090001", "t", "440100")]
    assert agreements.prices.asked == [wanted]
    code = await bar(procurement)
    await publish(procurement, f"{code},t,3800,3400", month=date(2026, 11, 1))
    asked = [Wanted(code, "t", "110000"), Wanted(code, "t", SHENZHEN)]
    async with procurement.work(agreements.site.contractor.as_(Role.BUYER)) as work:
        none, found = await calling.price_information(work, asked, work.today)
    assert none is None
    assert found is not None
    assert (found.unit_price, found.month) == (Decimal(3800), date(2026, 11, 1))


async def test_without_a_published_price_nothing_is_ordered(agreements: Agreements, procurement: Harness) -> None:
    agreement = await agreements.active(item(formula=BELOW))
    before = await procurement.checksum()
    with pytest.raises(FailedPrecondition) as refusal:
        await agreements.call_off(agreement, "10")
    assert refusal.value.reason == "PUBLISHED_PRICE_MISSING"
    assert await procurement.checksum() == before


async def test_who_may_call_off_where(agreements: Agreements, procurement: Harness) -> None:
    """Entitled for one project only; the head holds it and may not call off unless it says so."""
    elsewhere = Entitled(agreements.site.contractor.id, new_id(), None, None)
    agreement = await agreements.active(entitlements=(elsewhere,))
    before = await procurement.checksum()
    assert await agreements.attempt(agreement, "1") == "NOT_ENTITLED"
    with pytest.raises(FailedPrecondition) as refusal:
        async with procurement.work(agreements.head.as_(Role.BUYER)) as work:
            await calling.call_off(work, agreement.id, [agreements.order(agreement, "1")], agreements.prices)
    assert refusal.value.reason == "NOT_ENTITLED"
    assert await procurement.checksum() == before


async def test_all_orders_or_none(agreements: Agreements, procurement: Harness) -> None:
    """The second order passes the cap, so the first is not written either."""
    agreement = await agreements.active(item(hard_cap=Decimal(10)))
    before = await procurement.checksum()
    wanted = [agreements.order(agreement, "6"), agreements.order(agreement, "6")]
    with pytest.raises(FailedPrecondition) as refusal:
        async with procurement.work(agreements.site.contractor.as_(Role.BUYER)) as work:
            await calling.call_off(work, agreement.id, wanted, agreements.prices)
    assert (refusal.value.reason, refusal.value.metadata["left"]) == ("CAP_EXCEEDED", "4.000000")
    assert await procurement.checksum() == before


@pytest.mark.parametrize(
    ("valid_from", "valid_to"), [(date(2026, 11, 24), date(2027, 1, 1)), (date(2026, 1, 1), date(2026, 11, 23))]
)
async def test_only_on_days_of_its_validity(
    agreements: Agreements, procurement: Harness, valid_from: date, valid_to: date
) -> None:
    """Not a day before, not a day after: Shanghai's days."""
    agreement = await agreements.active(valid_from=valid_from, valid_to=valid_to)
    inside = valid_from <= date(2026, 11, 23)
    assert await agreements.attempt(agreement, "1") == ("" if inside else "AGREEMENT_NOT_VALID")
    procurement.clock.advance(timedelta(hours=12))  # midnight in Shanghai
    try:
        assert await agreements.attempt(agreement, "1") == ("AGREEMENT_NOT_VALID" if inside else "")
    finally:
        procurement.clock.advance(timedelta(hours=-12))


async def test_it_ends_by_itself_the_day_after(agreements: Agreements, procurement: Harness) -> None:
    """The job comes too early, in time, and twice."""
    agreement = await agreements.active(valid_to=date(2026, 11, 23))
    payload = {"agreement_id": str(agreement.id)}
    own = service_principal("procurement")
    async with procurement.work(own) as work:
        await service.expire(work, payload)
    assert await procurement.events(ENDED, agreement.id, AgreementEnded) == []
    procurement.clock.advance(timedelta(hours=12))
    try:
        for _ in range(2):
            async with procurement.work(own) as work:
                await service.expire(work, payload)
    finally:
        procurement.clock.advance(timedelta(hours=-12))
    [fact] = await procurement.events(ENDED, agreement.id, AgreementEnded)
    assert fact.reason == "valid until 2026-11-23"
    async with procurement.work(agreements.head.as_(Role.BUYER)) as work:
        assert (await service.get(work, agreement.id)).state is State.ENDED


async def test_suspended_and_ended_nothing_is_called_off(agreements: Agreements, procurement: Harness) -> None:
    """Taken up again it goes on; what stands stays; more of it is refused after the end."""
    agreement = await agreements.active()
    approver = agreements.head.as_(Role.APPROVER)
    await agreements.call_off(agreement, "1")
    for verb, expected in (("suspend", "INVALID_STATE"), ("resume", ""), ("end", "INVALID_STATE")):
        async with procurement.work(approver) as work:
            await getattr(service, verb)(work, Verb(agreement.id, None, "why"))
        assert await agreements.attempt(agreement, "1") == expected
    assert len(await procurement.events(ACTIVATED, agreement.id, AgreementActivated)) == 2
    [fact] = await procurement.events(ENDED, agreement.id, AgreementEnded)
    assert (fact.reason, (await agreements.usage(agreement))["item:1"].ordered) == ("why", Decimal(2))


async def test_a_contract_has_quantities_and_one_buyer(agreements: Agreements, procurement: Harness) -> None:
    head = Entitled(agreements.head.id, None, None, None)
    before = await procurement.checksum()
    for changed, code in (
        ({"kind": AgreementKind.CONTRACT, "entitlements": (head,)}, "CONTRACT_WITHOUT_QUANTITY"),
        ({"kind": AgreementKind.FRAMEWORK}, "NOT_CENTRALISED"),
    ):
        with pytest.raises(InvalidArgument) as refusal:
            await agreements.draft(**changed)
        assert refusal.value.violations[0].code == code
    assert await procurement.checksum() == before


async def test_who_sees_it(agreements: Agreements, procurement: Harness) -> None:
    """The supplier from the proposal on, the entitled once it is signed, with their own caps; nobody else ever."""
    other = organisation(Kind.CONTRACTOR)
    caps = tuple(Entitled(one, None, None, Decimal(1)) for one in (agreements.site.contractor.id, other.id))
    draft = await agreements.draft(entitlements=caps)
    proposed = await agreements.proposed(entitlements=caps)
    active = await agreements.active(entitlements=caps)
    ids = (draft.id, proposed.id, active.id)
    supplier, contractor = agreements.site.supplier.as_(Role.SALES), agreements.site.contractor.as_(Role.BUYER)
    stranger = organisation(Kind.CONTRACTOR, Kind.SUPPLIER).as_(*Role)
    assert await visible(procurement, agreements.head.as_(Role.BUYER), ids) == list(ids)
    assert await visible(procurement, supplier, ids) == [proposed.id, active.id]
    assert await visible(procurement, contractor, ids) == [active.id]
    assert await visible(procurement, stranger, ids) == []
    async with procurement.work(contractor) as work:
        seen = await service.get(work, active.id)
        levels = await service.usage(work, active.id)
    assert [one.organisation_id for one in seen.entitlements] == [agreements.site.contractor.id]
    assert str(other.id) not in " ".join(level.cap.scope for level in levels)
    async with procurement.work(supplier) as work:
        assert len((await service.get(work, active.id)).entitlements) == 2


async def visible(harness: Harness, who: Principal, ids: tuple[UUID, ...]) -> list[UUID]:
    """Which of these somebody gets, by id and in the list alike."""
    found = []
    async with harness.work(who) as work:
        listed = {one.id for one in (await service.page(work, AgreementFilter(), PageRequest(500))).items}
        for agreement_id in ids:
            try:
                found.append((await service.get(work, agreement_id)).id)
            except NotFound:
                assert agreement_id not in listed
    assert set(found) <= listed
    return found


async def test_only_the_addressed_supplier_signs(agreements: Agreements, procurement: Harness) -> None:
    """Another supplier is told that there is none; the holder cannot sign for it; a declined one is a draft again."""
    agreement = await agreements.proposed()
    before = await procurement.checksum()
    with pytest.raises(NotFound):
        async with procurement.work(organisation(Kind.SUPPLIER).as_(Role.SALES)) as work:
            await service.sign(work, Verb(agreement.id, None))
    with pytest.raises(PermissionDenied):
        async with procurement.work(agreements.head.as_(*(set(Role) - {Role.SALES}))) as work:
            await service.sign(work, Verb(agreement.id, None))
    assert await procurement.checksum() == before
    async with procurement.work(agreements.site.supplier.as_(Role.SALES)) as work:
        declined = await service.decline(work, Verb(agreement.id, None, "too cheap"))
    assert (declined.state, declined.reason) == (State.DRAFT, "too cheap")
