"""Converting a quantity or a price from one unit into another, exactly; pure.

Factors are fractions and stay fractions: there and back again is the same number, whatever the way. Only who shows or
stores a number rounds it, once (`rounded`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from chassis.tabular import CSV, read_table
from chassis.tabular.checking import TEXT, Check, RefusedRow, is_text, split_rows
from procurement.materials.rules import is_material_code, is_unit
from procurement.units import errors

COLUMNS = ("material_code", "from_unit", "to_unit", "numerator", "denominator", "source", "valid_from")
MOST_ROWS = 5_000
_WHOLE = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class Factor:
    """1 `from_unit` = `ratio` `to_unit`, from a day on."""

    from_unit: str
    to_unit: str
    ratio: Fraction
    valid_from: date

    @property
    def pair(self) -> frozenset[str]:
        """The two units, whichever way."""
        return frozenset({self.from_unit, self.to_unit})


@dataclass(frozen=True, slots=True)
class ConversionRow:
    """A conversion as a file says it; `row` counts from 0 below the header."""

    row: int
    material_code: str
    numerator: int
    denominator: int
    source: str
    factor: Factor


def ratio(from_unit: str, to_unit: str, factors: Iterable[Factor], on: date) -> Fraction:
    """How many `to_unit` one `from_unit` is on a day, over as many steps as it takes.

    FailedPrecondition UNITS_DO_NOT_CONVERT when no chain of factors in force leads from one to the other.
    """
    found = _ratio(from_unit, to_unit, in_force(factors, on))
    if found is None:
        raise errors.do_not_convert(from_unit, to_unit)
    return found


def convert(quantity: Decimal, from_unit: str, to_unit: str, factors: Iterable[Factor], on: date) -> Fraction:
    """A quantity in another unit, exactly; UNITS_DO_NOT_CONVERT as `ratio`."""
    return Fraction(quantity) * ratio(from_unit, to_unit, factors, on)


def convert_price(price: Decimal, from_unit: str, to_unit: str, factors: Iterable[Factor], on: date) -> Fraction:
    """The price of one `from_unit` as the price of one `to_unit`, exactly; UNITS_DO_NOT_CONVERT as `ratio`."""
    return Fraction(price) / ratio(from_unit, to_unit, factors, on)


def whole(from_unit: str, to_unit: str, factors: Iterable[Factor], on: date) -> int | None:
    """How many `to_unit` one `from_unit` is on a day, when that is a whole number; None when it is not, or unknown.

    Any quantity in the one unit is then exactly one in the other, to the same places.
    """
    found = _ratio(from_unit, to_unit, in_force(factors, on))
    return found.numerator if found is not None and found.denominator == 1 else None


def rounded(exact: Fraction, places: int) -> Decimal:
    """Half up to so many places (四舍五入), away from zero for what is negative."""
    scaled = abs(exact) * 10**places
    whole = (2 * scaled.numerator + scaled.denominator) // (2 * scaled.denominator)
    return Decimal(whole if exact >= 0 else -whole).scaleb(-places)


def in_force(factors: Iterable[Factor], on: date) -> list[Factor]:
    """Of each pair of units the newest factor that has begun."""
    newest: dict[frozenset[str], Factor] = {}
    for factor in factors:
        before = newest.get(factor.pair)
        if factor.valid_from <= on and (before is None or before.valid_from <= factor.valid_from):
            newest[factor.pair] = factor
    return list(newest.values())


def adds_nothing(new: Factor, factors: Iterable[Factor]) -> bool:
    """Whether other factors lead from one unit of a new factor to the other already: two ways could differ.

    A factor of the same two units is no other way: from its day on the new one takes its place.
    """
    others = [factor for factor in in_force(factors, new.valid_from) if factor.pair != new.pair]
    return _ratio(new.from_unit, new.to_unit, others) is not None


def _ratio(from_unit: str, to_unit: str, factors: Sequence[Factor]) -> Fraction | None:
    reached = {from_unit: Fraction(1)}
    frontier = [from_unit]
    while frontier and to_unit not in reached:
        here = frontier.pop(0)
        for factor in factors:
            for unit, other, step in (
                (factor.from_unit, factor.to_unit, factor.ratio),
                (factor.to_unit, factor.from_unit, 1 / factor.ratio),
            ):
                if unit == here and other not in reached:
                    reached[other] = reached[here] * step
                    frontier.append(other)
    return reached.get(to_unit)


def read_conversions(content: bytes, media_type: str = CSV) -> tuple[list[ConversionRow], list[RefusedRow]]:
    """A file (CSV, XLSX) of conversions with the columns COLUMNS → good rows, refused rows."""
    keys = ("material_code", "from_unit", "to_unit", "valid_from")
    good, refused = split_rows(read_table(content, media_type, COLUMNS, MOST_ROWS), keys, _CHECKS)
    rows = []
    for row in good:
        cells = row.cells
        numerator, denominator = int(cells["numerator"]), int(cells["denominator"])
        factor = Factor(
            cells["from_unit"],
            cells["to_unit"],
            Fraction(numerator, denominator),
            date.fromisoformat(cells["valid_from"]),
        )
        rows.append(
            ConversionRow(row.number, cells["material_code"], numerator, denominator, cells["source"].strip(), factor)
        )
    return rows, refused


def is_day(cell: str) -> bool:
    """Whether a cell is a calendar day, ISO 8601."""
    try:
        date.fromisoformat(cell)
    except ValueError:
        return False
    return len(cell) == len("2026-11-01")


_UNIT = ("UNIT_INVALID", "计量单位无效", "no valid unit")
_NUMBER = ("WHOLE_NUMBER_NEEDED", "须为正整数", "a positive whole number is needed")
_CHECKS = (
    Check("material_code", "CODE_INVALID", "编码须为 8 位数字", "the code must be 8 digits", is_material_code),
    Check("from_unit", *_UNIT, is_unit),
    Check("to_unit", *_UNIT, is_unit),
    Check("numerator", *_NUMBER, lambda cell: _WHOLE.fullmatch(cell) is not None),
    Check("denominator", *_NUMBER, lambda cell: _WHOLE.fullmatch(cell) is not None),
    Check("source", *TEXT, lambda cell: is_text(cell) and bool(cell.strip())),
    Check("valid_from", "DATE_INVALID", "须为日期 YYYY-MM-DD", "must be a day YYYY-MM-DD", is_day),
)
