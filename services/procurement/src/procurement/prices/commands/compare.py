"""Prices beside each other: month by month, and an order's against what is published and what others paid."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import replica
from chassis.clock import shanghai_day
from chassis.errors import FailedPrecondition
from chassis.work import Work
from procurement import permissions
from procurement.materials import repository as materials
from procurement.orders import service as orders
from procurement.orders.models import Order, OrderLine
from procurement.prices import repository, rules
from procurement.prices.events import CURRENCY
from procurement.prices.models import Statistic
from procurement.prices.repository import Asked
from procurement.prices.rules import Cell, PublishedPrice
from procurement.units import service as units
from procurement.units.rules import Factor


@dataclass(frozen=True, slots=True)
class AskTrend:
    """A material in a region, from month to month, per `unit` (that of the newest price when None)."""

    material_code: str
    region: str
    first: date
    last: date
    unit: str | None


@dataclass(frozen=True, slots=True)
class TrendMonth:
    """What was published for a month (last edition), and what our buyers paid in it; None where there is nothing."""

    month: date
    published: PublishedPrice | None
    paid: Cell | None


@dataclass(frozen=True, slots=True)
class Trend:
    """The months of a question, all of them, in one unit (None when nothing is known at all)."""

    asked: AskTrend
    unit: str | None
    months: Sequence[TrendMonth]


@dataclass(frozen=True, slots=True)
class Paid:
    """The newest frozen statistic of a month before the order's: the order itself is not in it."""

    month: date
    cell: Cell


@dataclass(frozen=True, slots=True)
class CheckedLine:
    """A line beside both references in its own unit; `code` says why one of them cannot be compared."""

    line: OrderLine
    published: PublishedPrice | None
    deviation: Decimal | None
    paid: Paid | None
    paid_deviation: Decimal | None
    code: str


@dataclass(frozen=True, slots=True)
class PriceCheck:
    """An order's prices on its day (of approval; today while it is not approved), as they were known then."""

    order: Order
    region: str
    on: date
    lines: Sequence[CheckedLine]


async def trend(work: Work, asked: AskTrend) -> Trend:
    """Published price and statistic of exactly this region, month by month.

    NotFound MATERIAL_NOT_FOUND; FailedPrecondition UNITS_DO_NOT_CONVERT when a price does not convert into the unit.
    """
    work.require(permissions.PRICES_READ)
    place = (asked.material_code, asked.region, asked.first, asked.last)
    async with work.reading() as session:
        await materials.get(session, work.principal, asked.material_code)
        paid = await repository.statistics_by_month(session, *place)
    async with work.reading_driver() as connection:
        published = await repository.published_by_month(connection, *place)
    factors = (await units.factors(work, [asked.material_code]))[asked.material_code]
    unit = asked.unit or _newest_unit(published, paid)
    found = [
        TrendMonth(
            month,
            rules.in_unit(published[month], unit, factors, month) if unit and month in published else None,
            rules.cell_in_unit(_cell(paid[month]), unit, factors, month) if unit and month in paid else None,
        )
        for month in rules.months(asked.first, asked.last)
    ]
    return Trend(asked, unit, found)


def _newest_unit(published: Mapping[date, PublishedPrice], paid: Mapping[date, Statistic]) -> str | None:
    if published:
        return published[max(published)].unit
    return paid[max(paid)].unit if paid else None


async def price_check(work: Work, order_id: UUID) -> PriceCheck:
    """The unit price of each line of an order beside the published price and the statistic of its project's city.

    Prices published after the order was approved are not looked at, nor months that were not over: the answer for an
    approved order stays the same. NotFound ORDER_NOT_FOUND.
    """
    work.require(permissions.ORDERS_READ)
    order = await orders.get(work, order_id)
    known_by = order.approved_at or work.now
    on = shanghai_day(known_by)
    codes = sorted({line.material_code for line in order.lines})
    async with work.reading() as session:
        project = await replica.project(session, order.project_id)
        region = project.city if project is not None else ""
        paid = await repository.newest_statistics(session, codes, region, rules.first_of(on))
    async with work.reading_driver() as connection:
        found = await repository.published(connection, [Asked(code, region, on, known_by) for code in codes])
    published = dict(zip(codes, found, strict=True))
    factors = await units.factors(work, codes)
    lines = [
        _checked(line, order.currency, published[line.material_code], paid.get(line.material_code), factors, on)
        for line in order.lines
    ]
    return PriceCheck(order, region, on, lines)


def _checked(
    line: OrderLine,
    currency: str,
    published: PublishedPrice | None,
    statistic: Statistic | None,
    factors: Mapping[str, Sequence[Factor]],
    on: date,
) -> CheckedLine:
    if currency != CURRENCY:
        return CheckedLine(line, None, None, None, None, "CURRENCY_MISMATCH")
    price, paid, code = None, None, "" if published else "PRICE_NOT_PUBLISHED"
    own = factors[line.material_code]
    try:
        price = rules.in_unit(published, line.unit, own, on) if published else None
        paid = Paid(statistic.month, rules.cell_in_unit(_cell(statistic), line.unit, own, on)) if statistic else None
    except FailedPrecondition as refusal:
        code = refusal.reason
    return CheckedLine(
        line,
        price,
        rules.deviation(line.unit_price, price.with_tax) if price else None,
        paid,
        rules.deviation(line.unit_price, paid.cell.median) if paid and paid.cell.median else None,
        code,
    )


def _cell(row: Statistic) -> Cell:
    return Cell(row.unit, row.deals, row.lower_quartile, row.median, row.upper_quartile)
