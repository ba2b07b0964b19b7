"""Conversion is exact: there and back again is the same number, whatever the way."""

from __future__ import annotations

from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import FailedPrecondition, ServiceError
from procurement.units.rules import (
    COLUMNS,
    Factor,
    adds_nothing,
    convert,
    convert_price,
    in_force,
    ratio,
    read_conversions,
    rounded,
)

LONG_AGO, TODAY = date(2018, 9, 1), date(2026, 11, 23)
TONNES = Factor("t", "kg", Fraction(1000), LONG_AGO)
BAR_8 = Factor("m", "kg", Fraction(395, 1000), LONG_AGO)
PIECES = Factor("根", "m", Fraction(9), LONG_AGO)
FACTORS = [TONNES, BAR_8, PIECES]

quantities = st.decimals(min_value="0.000001", max_value="999999999999", places=6)
fractions = st.fractions(min_value=Fraction(1, 10**6), max_value=10**6)


def test_metres_of_a_bar_in_tonnes() -> None:
    """φ8 weighs 0.395 kg/m: 1,000 m are 0.395 t, exactly; a piece of 9 m takes one step more."""
    assert convert(Decimal(1000), "m", "t", FACTORS, TODAY) == Fraction(395, 1000)
    assert convert(Decimal(100), "根", "t", FACTORS, TODAY) == Fraction("0.3555")
    assert convert_price(Decimal("3950"), "t", "m", FACTORS, TODAY) == Fraction("1.56025")


@given(quantities, st.permutations(["t", "kg", "m", "根"]), st.lists(fractions, min_size=3, max_size=3))
def test_there_and_back_again(quantity: Decimal, units: list[str], ratios: list[Fraction]) -> None:
    """Over any chain of factors, in any direction."""
    chain = [Factor(units[i], units[i + 1], ratios[i], LONG_AGO) for i in range(3)]
    there = ratio(units[0], units[3], chain, TODAY)
    assert Fraction(quantity) * there * ratio(units[3], units[0], chain, TODAY) == Fraction(quantity)
    amount = Fraction(quantity) * 7
    assert convert(quantity, units[0], units[3], chain, TODAY) * (7 / there) == amount


def test_the_same_unit_needs_no_factor() -> None:
    assert convert(Decimal("1.5"), "m3", "m3", [], TODAY) == Fraction(3, 2)


@pytest.mark.parametrize(("from_unit", "to_unit"), [("m", "m3"), ("m3", "t"), ("m", "")])
def test_units_that_do_not_convert(from_unit: str, to_unit: str) -> None:
    with pytest.raises(FailedPrecondition) as refusal:
        convert(Decimal(1), from_unit, to_unit, FACTORS, TODAY)
    assert refusal.value.reason == "UNITS_DO_NOT_CONVERT"
    assert dict(refusal.value.metadata) == {"from": from_unit, "to": to_unit}


def test_a_new_factor_counts_from_its_day() -> None:
    """Before, the old one does: what was computed then is the same now. The pair may be written the other way."""
    newer = Factor("kg", "m", Fraction(1000, 400), date(2026, 6, 1))
    factors = [*FACTORS, newer]
    assert convert(Decimal(1), "m", "kg", factors, date(2026, 5, 31)) == Fraction(395, 1000)
    assert convert(Decimal(1), "m", "kg", factors, date(2026, 6, 1)) == Fraction(2, 5)
    assert len(in_force(factors, TODAY)) == 3
    with pytest.raises(FailedPrecondition):
        convert(Decimal(1), "m", "kg", FACTORS, date(2018, 8, 31))


def test_a_second_way_between_two_units_is_found() -> None:
    """t and m are joined over kg; a new factor of m and kg itself is no second way."""
    assert adds_nothing(Factor("t", "m", Fraction(2532), TODAY), FACTORS)
    assert not adds_nothing(Factor("m", "kg", Fraction(2, 5), TODAY), FACTORS)
    assert not adds_nothing(Factor("m3", "t", Fraction(785, 100), TODAY), FACTORS)


@given(st.decimals(min_value=-(10**9), max_value=10**9, places=9), st.integers(0, 6))
def test_rounding_is_half_up_as_decimal_does_it(value: Decimal, places: int) -> None:
    assert rounded(Fraction(value), places) == value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def test_a_third_has_no_end() -> None:
    assert rounded(Fraction(2, 3), 6) == Decimal("0.666667")


def test_bad_rows_come_back() -> None:
    rows = [
        "01090001,m,kg,395,1000,GB/T 1499.1,2018-09-01",
        "01090001,m,kg,0,1000,GB/T 1499.1,2019-09-01",
        "0109,,kg|t,-1,1.5,,01.09.2018",
        "01090001,m,kg,395,1000,GB/T 1499.1,2018-09-01",
    ]
    good, refused = read_conversions(("\n".join([",".join(COLUMNS), *rows])).encode())
    assert [row.factor for row in good] == [BAR_8]
    assert [(row.row, [fault.code for fault in row.violations]) for row in refused] == [
        (1, ["WHOLE_NUMBER_NEEDED"]),
        (
            2,
            [
                "CODE_INVALID",
                "UNIT_INVALID",
                "UNIT_INVALID",
                *["WHOLE_NUMBER_NEEDED"] * 2,
                "TEXT_INVALID",
                "DATE_INVALID",
            ],
        ),
        (3, ["CODE_TWICE"]),
    ]


@given(st.text(max_size=60))
def test_any_cells_are_read_or_refused(text: str) -> None:
    try:
        read_conversions((",".join(COLUMNS) + "\n" + text).encode())
    except ServiceError:
        return
