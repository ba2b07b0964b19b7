"""Published prices on a real PostgreSQL: versions, regions, days, and what we knew when."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID

import pytest

from chassis.errors import FailedPrecondition, NotFound
from chassis.identity import Kind, Role, service_principal
from chassis.ids import new_id
from procurement.orders.states import State
from procurement.prices import service
from procurement.prices.commands import compare, freeze
from procurement.prices.commands.compare import PriceCheck
from procurement.prices.events import PUBLISHED
from procurement.prices.repository import Asked
from tests.harness import NOON, Harness, Organisation, organisation
from tests.procurement.catalogue import bar, fresh_code
from tests.procurement.prices.deals import SHENZHEN, deal, later, project_in, publish
from zhulian.procurement.v1.prices_events_pb2 import PricesPublished

ANYBODY = organisation(Kind.CONTRACTOR).as_(Role.BUYER)
TODAY = date(2026, 11, 23)


async def price(harness: Harness, code: str, region: str, on: date) -> Decimal | None:
    async with harness.work(ANYBODY) as work:
        found = await service.published(work, code, region, on)
    return None if found is None else found.with_tax


async def test_the_newest_price_that_counts_on_the_day(procurement: Harness) -> None:
    """Of several months the last one that has begun; before the first there is none."""
    code = await bar(procurement)
    await publish(procurement, f"{code},t,3800,3400", month=date(2026, 9, 1))
    await publish(procurement, f"{code},t,3900,3500", month=date(2026, 11, 1), valid_from=date(2026, 11, 15))
    days = (date(2026, 8, 31), date(2026, 9, 1), date(2026, 11, 14), date(2026, 11, 15), TODAY)
    assert [await price(procurement, code, SHENZHEN, on) for on in days] == [None, 3800, 3800, 3900, 3900]


async def test_the_nearest_division_that_published(procurement: Harness) -> None:
    """District before city before province; another city's price is none."""
    code, region = await bar(procurement), date(2026, 11, 1)
    await publish(procurement, f"{code},t,1,1", region="440000", month=region)
    assert await price(procurement, code, "440305", TODAY) == 1
    await publish(procurement, f"{code},t,2,2", region="440300", month=region)
    assert await price(procurement, code, "440305", TODAY) == 2
    await publish(procurement, f"{code},t,3,3", region="440305", month=region)
    assert await price(procurement, code, "440305", TODAY) == 3
    assert await price(procurement, code, "440300", TODAY) == 2
    assert await price(procurement, code, "440100", TODAY) == 1
    assert await price(procurement, code, "110100", TODAY) is None


async def test_a_correction_is_an_edition_and_the_first_stays(procurement: Harness) -> None:
    """What it does not name is as it was; who asks as of an instant before is told what was known then."""
    code, other = await bar(procurement), await bar(procurement)
    region = "450300"
    first = await publish(procurement, f"{code},t,3900,3500", f"{other},t,10,9", region=region)
    with later(procurement, timedelta(hours=1)):
        second = await publish(procurement, f"{code},t,3950,3550", region=region)
        assert [await price(procurement, one, region, TODAY) for one in (code, other)] == [3950, 10]
        async with procurement.work(ANYBODY) as work:
            asked = [Asked(code, region, TODAY, NOON + timedelta(minutes=more)) for more in (0, 59, 60)]
            known = await service.published_many(work, asked)
    assert first.publication is not None
    assert second.publication is not None
    assert (first.publication.edition, second.publication.edition) == (1, 2)
    assert [(one.with_tax, one.edition) for one in known if one] == [
        (Decimal(3900), 1),
        (Decimal(3900), 1),
        (Decimal(3950), 2),
    ]
    [fact] = await procurement.events(PUBLISHED, second.publication.id, PricesPublished)
    assert (fact.region, fact.month.date, fact.edition, fact.source) == (region, "2026-11-01", 2, "sample")
    [told] = fact.prices
    assert (told.material_code, told.unit, told.with_tax.amount) == (code, "t", "3950.000000")
    assert await procurement.audited(second.publication.id) == ["prices.publish"]


async def test_a_correction_may_move_the_day(procurement: Harness) -> None:
    """What the first edition said of its month counts no more, not even for the days that the second leaves open."""
    code, region = await bar(procurement), "450350"
    await publish(procurement, f"{code},t,3800,3400", region=region, month=date(2026, 10, 1))
    await publish(procurement, f"{code},t,3900,3500", region=region)
    await publish(procurement, f"{code},t,3950,3550", region=region, valid_from=date(2026, 11, 15))
    days = (date(2026, 11, 14), date(2026, 11, 15))
    assert [await price(procurement, code, region, on) for on in days] == [3800, 3950]


async def test_two_editions_at_once_get_two_numbers(procurement: Harness) -> None:
    code = await bar(procurement)
    reports = await asyncio.gather(*(publish(procurement, f"{code},t,1,1", region="450400") for _ in range(4)))
    assert sorted(one.publication.edition for one in reports if one.publication) == [1, 2, 3, 4]


async def test_bad_rows_leave_the_good_ones_and_nothing_good_makes_no_publication(procurement: Harness) -> None:
    code = await bar(procurement)
    report = await publish(procurement, f"{fresh_code()},t,1,1", f"{code},m3,1,1", region="450500")
    assert report.publication is None
    assert [(one.row, one.violations[0].code) for one in report.refused] == [
        (0, "MATERIAL_NOT_FOUND"),
        (1, "UNIT_UNKNOWN"),
    ]
    report = await publish(procurement, f"{fresh_code()},t,1,1", f"{code},t,1,1", region="450500")
    assert report.publication is not None
    assert ([one.row for one in report.taken], [one.row for one in report.refused]) == ([1], [0])


async def test_a_price_in_a_unit(procurement: Harness) -> None:
    """Refusals say which of the three it is: no such material, no price, no conversion."""
    code, unpriced = await bar(procurement), await bar(procurement)
    await publish(procurement, f"{code},t,3950,3495.58")
    async with procurement.work(ANYBODY) as work:
        found = await service.price_in_unit(work, code, SHENZHEN, TODAY, "m")
        assert (found.with_tax, found.unit) == (Decimal("1.560250"), "m")
        for wrong, unit, kind, reason in (
            (code, "m3", FailedPrecondition, "UNITS_DO_NOT_CONVERT"),
            (unpriced, "t", NotFound, "PRICE_NOT_PUBLISHED"),
            (fresh_code(), "t", NotFound, "MATERIAL_NOT_FOUND"),
        ):
            with pytest.raises(kind) as refusal:
                await service.price_in_unit(work, wrong, SHENZHEN, TODAY, unit)
            assert refusal.value.reason == reason


async def check(harness: Harness, buyer_id: UUID, order_id: UUID) -> PriceCheck:
    buyer = Organisation(frozenset({Kind.CONTRACTOR}), buyer_id)
    async with harness.work(buyer.as_(Role.BUYER)) as work:
        return await compare.price_check(work, order_id)


async def test_an_orders_prices_beside_the_published_ones(procurement: Harness) -> None:
    """Per the line's unit, on the day of approval, in the city of the project; a later correction changes nothing."""
    code, unpriced = await bar(procurement), await bar(procurement)
    with later(procurement, timedelta(days=-22)):
        await publish(procurement, f"{code},t,4000,3540", region="450600")
    project_id, buyer_id = await project_in(procurement, "450600"), new_id()
    lines = (
        (code, "t", "1", "4400"),
        (code, "kg", "1000", "3.9"),
        (code, "m", "10", "1.58"),
        (unpriced, "t", "1", "1"),
    )
    order_id = await deal(procurement, buyer_id, project_id, date(2026, 11, 20), *lines)
    first = await check(procurement, buyer_id, order_id)
    assert (first.region, first.on) == ("450600", date(2026, 11, 20))
    assert [line.deviation for line in first.lines] == [Decimal("10.00"), Decimal("-2.50"), Decimal("0.00"), None]
    assert [line.code for line in first.lines] == ["", "", "", "PRICE_NOT_PUBLISHED"]
    assert [line.published and line.published.with_tax for line in first.lines] == [4000, 4, Decimal("1.58"), None]
    await publish(procurement, f"{code},t,5000,4500", region="450600")
    again = await check(procurement, buyer_id, order_id)
    assert [line.deviation for line in again.lines] == [line.deviation for line in first.lines]
    draft = await deal(procurement, buyer_id, project_id, TODAY, lines[0], state=State.DRAFT)
    assert (await check(procurement, buyer_id, draft)).lines[0].deviation == Decimal("-12.00")


async def test_an_orders_prices_beside_what_others_paid(procurement: Harness) -> None:
    """The last closed month before the order's, in the line's unit; a month in which it takes part itself is none."""
    code, buyer_id = await bar(procurement), new_id()
    project_id = await project_in(procurement, "450800")
    for month in (date(2021, 11, 10), date(2021, 12, 10)):
        for _ in range(5):
            await deal(procurement, new_id(), project_id, month, (code, "t", "1", "4000"))
    order_id = await deal(procurement, buyer_id, project_id, date(2021, 12, 20), (code, "kg", "10", "4.4"))
    async with procurement.work(service_principal("procurement")) as work:
        await freeze.freeze_months(work, {})
    [line] = (await check(procurement, buyer_id, order_id)).lines
    assert line.paid is not None
    assert (line.paid.month, line.paid.cell.unit, line.paid.cell.median) == (date(2021, 11, 1), "kg", Decimal(4))
    assert line.paid_deviation == Decimal("10.00")


async def test_an_order_that_cannot_be_compared_says_why(procurement: Harness) -> None:
    code = await bar(procurement, "t", "kg", "m", "根")
    with later(procurement, timedelta(days=-22)):
        await publish(procurement, f"{code},t,4000,3540", region="450700")
    project_id, buyer_id = await project_in(procurement, "450700"), new_id()
    piece = await deal(procurement, buyer_id, project_id, date(2026, 11, 20), (code, "根", "1", "1"))
    dollars = await deal(procurement, buyer_id, project_id, date(2026, 11, 20), (code, "t", "1", "1"), currency="USD")
    codes = [(await check(procurement, buyer_id, one)).lines[0].code for one in (piece, dollars)]
    assert codes == ["UNITS_DO_NOT_CONVERT", "CURRENCY_MISMATCH"]
