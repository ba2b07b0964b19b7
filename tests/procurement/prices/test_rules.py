"""Comparing prices, and statistics that tell nobody apart."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chassis.errors import FailedPrecondition
from chassis.ids import new_id
from chassis.tabular import CSV
from procurement.prices.rules import (
    COLUMNS,
    Deal,
    PublishedPrice,
    cell,
    deviation,
    in_unit,
    months,
    next_month,
    quantile,
    read_prices,
    regions,
)
from procurement.units.rules import Factor

NOVEMBER = date(2026, 11, 1)
FACTORS = [
    Factor("t", "kg", Fraction(1000), date(2018, 9, 1)),
    Factor("m", "kg", Fraction(395, 1000), date(2018, 9, 1)),
]
A, B, C, D = (new_id() for _ in range(4))


def deals(*paid: tuple[UUID, str], unit: str = "t") -> list[Deal]:
    """An order each, of one tonne."""
    return [Deal(buyer, new_id(), unit, Decimal(1), Decimal(price)) for buyer, price in paid]


FIVE = ((A, "10"), (A, "20"), (B, "30"), (B, "40"), (C, "50"))


def test_five_deals_of_three_buyers_are_a_cell() -> None:
    found = cell(deals(*FIVE), FACTORS, NOVEMBER)
    assert found is not None
    assert (found.unit, found.deals) == ("t", 5)
    assert (found.lower_quartile, found.median, found.upper_quartile) == (Decimal(20), Decimal(30), Decimal(40))
    assert not {"lowest", "highest", "minimum", "maximum", "buyers"} & set(found.__slots__)


@pytest.mark.parametrize(
    "paid",
    [
        (),
        FIVE[:4],  # 4 deals
        ((A, "1"), (A, "2"), (B, "3"), (C, "4")),  # 4 of 3 buyers
        ((A, "1"), (A, "2"), (A, "3"), (B, "4"), (B, "5")),  # 5 of 2 buyers
        tuple((A, str(price)) for price in range(1, 100)),  # many of one
    ],
)
def test_a_cell_that_tells_somebody_apart_is_none(paid: Sequence[tuple[UUID, str]]) -> None:
    assert cell(deals(*paid), FACTORS, NOVEMBER) is None


def test_lines_of_one_order_are_one_deal() -> None:
    """Whoever parts an order into five lines makes no cell; its price is weighed by quantity."""
    order = new_id()
    parts = [Deal(A, order, "t", Decimal(1), Decimal(10)) for _ in range(5)]
    assert cell([*parts, *deals((B, "1"), (C, "1"))], FACTORS, NOVEMBER) is None
    two = [Deal(A, order, "t", Decimal(3), Decimal(10)), Deal(A, order, "t", Decimal(1), Decimal(50))]
    found = cell([*two, *deals((A, "1"), (B, "2"), (B, "30"), (C, "40"))], FACTORS, NOVEMBER)
    assert found is not None
    assert found.median == Decimal(20)


def test_units_are_made_alike() -> None:
    """0.395 kg/m: 1.58 a metre is 4,000 a tonne."""
    found = cell(
        [*deals(*[(A, "4000")] * 2, (B, "4000")), *deals((C, "1.58"), (D, "1.58"), unit="m")], FACTORS, NOVEMBER
    )
    assert found is not None
    assert (found.unit, found.median, found.upper_quartile) == ("t", Decimal(4000), Decimal(4000))


def test_what_does_not_convert_is_left_out_and_does_not_count() -> None:
    """Five deals, one of them by the piece: four."""
    assert cell([*deals(*FIVE[:4]), *deals((C, "9"), unit="根")], FACTORS, NOVEMBER) is None


@given(st.lists(st.fractions(0, 10**6), min_size=1, max_size=30))
def test_quantiles_are_ordered_and_inside(values: list[Fraction]) -> None:
    ordered = sorted(values)
    lower, median, upper = (quantile(ordered, Fraction(part, 4)) for part in (1, 2, 3))
    assert ordered[0] <= lower <= median <= upper <= ordered[-1]


def test_quantiles_are_those_of_everybody() -> None:
    """As numpy's default and Excel's QUARTILE.INC."""
    assert quantile([Fraction(one) for one in (1, 2, 4, 8)], Fraction(1, 4)) == Fraction(7, 4)
    assert quantile([Fraction(one) for one in (1, 2, 4, 8)], Fraction(1, 2)) == 3


def price(unit: str = "t") -> PublishedPrice:
    return PublishedPrice(
        "01090001", "440300", unit, Decimal("3950"), Decimal("3495.575221"), NOVEMBER, NOVEMBER, new_id(), 1, "sample"
    )


def test_a_price_in_another_unit() -> None:
    found = in_unit(price(), "m", FACTORS, NOVEMBER)
    assert (found.unit, found.with_tax, found.without_tax) == ("m", Decimal("1.560250"), Decimal("1.380752"))
    assert in_unit(price("m3"), "m3", [], NOVEMBER).with_tax == Decimal("3950")
    with pytest.raises(FailedPrecondition) as refusal:
        in_unit(price(), "m3", FACTORS, NOVEMBER)
    assert refusal.value.reason == "UNITS_DO_NOT_CONVERT"


@pytest.mark.parametrize(
    ("paid", "percent"),
    [("3950", "0.00"), ("3949.802500", "-0.01"), ("3949.802501", "0.00"), ("4345", "10.00"), ("0", "-100.00")],
)
def test_deviation_is_half_up(paid: str, percent: str) -> None:
    """Half a hundredth of a percent counts as a whole one, on both sides."""
    assert deviation(Decimal(paid), Decimal("3950")) == Decimal(percent)


def test_months() -> None:
    assert months(date(2026, 11, 23), date(2027, 1, 1)) == [NOVEMBER, date(2026, 12, 1), date(2027, 1, 1)]
    assert next_month(date(2026, 12, 1)) == date(2027, 1, 1)


def test_regions_widen() -> None:
    assert regions("440305") == ("440305", "440300", "440000")
    assert regions("440300") == ("440300", "440000")
    assert regions("440000") == ("440000",)


def test_bad_rows_come_back_with_column_and_reason() -> None:
    rows = [
        "01090001,t,3950.00,3495.58",
        "0109,t,1,1",
        "01090002,t|kg,1,1",
        "01090003,t,0,-1",
        "01090004,t,1e3000,NaN",
        "01090005,t,1.0000001,1",
        "01090006,t,1,2",
        "01090001,kg,1,1",
        "01090007,t,1",
    ]
    good, refused = read_prices("\n".join([",".join(COLUMNS), *rows]).encode(), CSV, "440300")
    assert [(row.material_code, row.with_tax) for row in good] == [("01090001", Decimal("3950"))]
    shown = {row.row: [(fault.pointer, fault.code) for fault in row.violations] for row in refused}
    assert shown == {
        1: [("material_code", "CODE_INVALID")],
        2: [("unit", "UNIT_INVALID")],
        3: [("price_with_tax", "PRICE_INVALID"), ("price_without_tax", "PRICE_INVALID")],
        4: [("price_with_tax", "PRICE_INVALID"), ("price_without_tax", "PRICE_INVALID")],
        5: [("price_with_tax", "PRICE_INVALID")],
        6: [("price_without_tax", "PRICE_WITHOUT_TAX_HIGHER")],
        7: [("material_code", "CODE_TWICE")],
        8: [("row", "WRONG_NUMBER_OF_CELLS")],
    }
