"""Reading publications, comparing prices, and statistics that tell nobody apart; pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from chassis.errors import FailedPrecondition, Violation
from chassis.tabular import TableRow, read_table
from chassis.tabular.checking import Check, RefusedRow, split_rows
from chassis.values import PRICE_SCALE
from procurement.materials import exchange
from procurement.materials.rules import is_material_code, is_unit
from procurement.prices import errors
from procurement.units.rules import Factor, convert_price, ratio, rounded

COLUMNS = ("material_code", "unit", "price_with_tax", "price_without_tax")
MOST_ROWS = 5_000
LARGEST_PRICE = Decimal(10) ** 12

MIN_DEALS = 5
MIN_BUYERS = 3
"""k-anonymity of a cell (issue 4): fewer, and somebody who took part could work out what the others paid."""


@dataclass(frozen=True, slots=True)
class PriceRow:
    """A price as a file says it; `row` counts from 0 below the header."""

    row: int
    material_code: str
    unit: str
    with_tax: Decimal
    without_tax: Decimal


@dataclass(frozen=True, slots=True)
class PublishedPrice:
    """What a material costs by the price information of a region, per `unit`, in CNY, and where that is written."""

    material_code: str
    region: str
    unit: str
    with_tax: Decimal
    without_tax: Decimal
    month: date
    valid_from: date
    publication_id: UUID
    edition: int
    source: str


@dataclass(frozen=True, slots=True)
class Deal:
    """What one order paid for one unit of a material, tax included; `quantity` weighs the lines of one order."""

    buyer_id: UUID
    order_id: UUID
    unit: str
    quantity: Decimal
    unit_price: Decimal


@dataclass(frozen=True, slots=True)
class Cell:
    """The statistics of a material in a city in a month; no lowest and no highest price, for each is one deal's."""

    unit: str
    deals: int
    lower_quartile: Decimal
    median: Decimal
    upper_quartile: Decimal


def read_prices(content: bytes, media_type: str, region: str) -> tuple[list[PriceRow], list[RefusedRow]]:
    """A file of prices (CSV, XLSX with the columns COLUMNS, or XML) → good rows, refused rows.

    A material stands once in a publication. Raises what `read_table` and `exchange.read` raise.
    """
    if media_type == exchange.XML:
        records = [_record(item) for item in exchange.read(content, MOST_ROWS)]
    else:
        records = read_table(content, media_type, COLUMNS, MOST_ROWS)
    good, refused = split_rows(records, ("material_code",), (*_CHECKS, _region_check(region)))
    rows = []
    for record in good:
        cells = record.cells
        row = PriceRow(
            record.number,
            cells["material_code"],
            cells["unit"],
            _price(cells["price_with_tax"]),
            _price(cells["price_without_tax"]),
        )
        if row.without_tax > row.with_tax:
            refused.append(RefusedRow(row.row, row.material_code, (errors.TAX_NEGATIVE,)))
        else:
            rows.append(row)
    return rows, refused


def _record(item: exchange.Item) -> TableRow:
    return TableRow(
        item.number,
        {
            "material_code": item.code,
            "unit": "|".join(item.units),
            "price_with_tax": item.price_with_tax,
            "price_without_tax": item.price_without_tax,
            "region": item.region,
        },
    )


def in_unit(price: PublishedPrice, unit: str, factors: Iterable[Factor], on: date) -> PublishedPrice:
    """The same price per another unit, six places, half up; FailedPrecondition UNITS_DO_NOT_CONVERT."""
    if price.unit == unit:
        return price
    factors = list(factors)
    with_tax, without_tax = (
        rounded(convert_price(one, price.unit, unit, factors, on), PRICE_SCALE)
        for one in (price.with_tax, price.without_tax)
    )
    return replace(price, unit=unit, with_tax=with_tax, without_tax=without_tax)


def cell_in_unit(cell: Cell, unit: str, factors: Iterable[Factor], on: date) -> Cell:
    """The same statistics per another unit, six places, half up; FailedPrecondition UNITS_DO_NOT_CONVERT."""
    if cell.unit == unit:
        return cell
    factors = list(factors)
    lower, median, upper = (
        rounded(convert_price(one, cell.unit, unit, factors, on), PRICE_SCALE)
        for one in (cell.lower_quartile, cell.median, cell.upper_quartile)
    )
    return Cell(unit, cell.deals, lower, median, upper)


def deviation(unit_price: Decimal, reference: Decimal) -> Decimal:
    """By how many percent a price is above (below: negative) a reference, two places, half up."""
    return rounded(Fraction(unit_price - reference) / Fraction(reference) * 100, 2)


def is_anonymous(deals: Iterable[Deal]) -> bool:
    """Whether enough orders of enough buyers are among the deals."""
    buyers = {deal.order_id: deal.buyer_id for deal in deals}
    return len(buyers) >= MIN_DEALS and len(set(buyers.values())) >= MIN_BUYERS


def cell(deals: Sequence[Deal], factors: Sequence[Factor], on: date) -> Cell | None:
    """The statistics of the deals of one material, city and month; None when they would tell anybody apart.

    A deal is an order: its lines of the material count together, weighed by quantity. All deals are compared in the
    unit that most of them use; those that do not convert into it are left out.
    """
    if not is_anonymous(deals):
        return None
    used = Counter(deal.unit for deal in deals)
    unit = min(used, key=lambda name: (-used[name], name))
    alike = [(deal, factor) for deal in deals if (factor := _ratio(deal.unit, unit, factors, on)) is not None]
    if not is_anonymous(deal for deal, _ in alike):
        return None
    amounts: dict[UUID, Fraction] = {}
    quantities: dict[UUID, Fraction] = {}
    for deal, factor in alike:
        quantity, order = Fraction(deal.quantity), deal.order_id
        amounts[order] = amounts.get(order, Fraction()) + quantity * Fraction(deal.unit_price)
        quantities[order] = quantities.get(order, Fraction()) + quantity * factor
    prices = sorted(amount / quantities[order] for order, amount in amounts.items())
    lower, median, upper = (rounded(quantile(prices, Fraction(part, 4)), PRICE_SCALE) for part in (1, 2, 3))
    return Cell(unit, len(prices), lower, median, upper)


def _ratio(from_unit: str, to_unit: str, factors: Sequence[Factor], on: date) -> Fraction | None:
    try:
        return ratio(from_unit, to_unit, factors, on)
    except FailedPrecondition:
        return None


def quantile(ordered: Sequence[Fraction], part: Fraction) -> Fraction:
    """The value below which `part` of the ordered values lie, interpolated between neighbours (Hyndman–Fan, type 7)."""
    place = part * (len(ordered) - 1)
    below = place.numerator // place.denominator
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (ordered[above] - ordered[below]) * (place - below)


def first_of(day: date) -> date:
    """The month of a day, as its first day."""
    return day.replace(day=1)


def months(first: date, last: date) -> list[date]:
    """Every month from one to another, both included, as first days."""
    found, month = [], first_of(first)
    while month <= last:
        found.append(month)
        month = next_month(month)
    return found


def next_month(month: date) -> date:
    """The first day of the month after."""
    return date(month.year + month.month // 12, month.month % 12 + 1, 1)


def regions(region: str) -> tuple[str, ...]:
    """A division code and what contains it, nearest first: district, city, province (GB/T 2260)."""
    return tuple(dict.fromkeys((region, f"{region[:4]}00", f"{region[:2]}0000")))


def _price(cell: str) -> Decimal:
    return Decimal(cell).quantize(Decimal(1).scaleb(-PRICE_SCALE))


def _is_price(cell: str) -> bool:
    try:
        price = Decimal(cell) if len(cell) <= 40 else Decimal("NaN")
    except ArithmeticError:
        return False
    if not price.is_finite() or not 0 < price < LARGEST_PRICE:
        return False
    return price == price.quantize(Decimal(1).scaleb(-PRICE_SCALE))


_PRICE = ("PRICE_INVALID", "价格须为正数,最多 6 位小数", "the price must be positive, with at most 6 decimal places")
_CHECKS = (
    Check("material_code", "CODE_INVALID", "编码须为 8 位数字", "the code must be 8 digits", is_material_code),
    Check("unit", "UNIT_INVALID", "须有一个计量单位", "one unit is needed", is_unit),
    Check("price_with_tax", *_PRICE, _is_price),
    Check("price_without_tax", *_PRICE, _is_price),
)


def _region_check(region: str) -> Check:
    """An XML item names its region; it must be the publication's."""
    return Check(
        "region",
        "REGION_DIFFERS",
        f"区域须为 {region} 或留空",
        f"the region must be {region} or empty",
        lambda cell: cell in ("", region),
    )


def unknown_units(rows: Iterable[PriceRow], known: Mapping[str, set[str]]) -> dict[int, Violation]:
    """Row number → why its material or unit is none of the catalogue's."""
    found = {}
    for row in rows:
        if row.material_code not in known:
            found[row.row] = errors.UNKNOWN_MATERIAL
        elif row.unit not in known[row.material_code]:
            found[row.row] = errors.UNKNOWN_UNIT
    return found
