"""Weights, tolerances and what is missing, exact to the last decimal."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.deliveries.rules import WeightUnit, deviates, expected_weight, missing
from procurement.deliveries.states import State

QUANTITIES = st.decimals(min_value=Decimal("0.000001"), max_value=Decimal("99999"), places=6)


def test_lines_of_tonnes_and_kilograms_add_up() -> None:
    lines = [(Decimal("1.5"), "t"), (Decimal("250"), "kg")]
    assert expected_weight(lines, WeightUnit.TONNE) == Decimal("1.75")
    assert expected_weight(lines, WeightUnit.KILOGRAM) == Decimal("1750")


@pytest.mark.parametrize("unit", ["m", "个", "T"])
def test_what_is_not_measured_by_mass_has_no_expected_weight(unit: str) -> None:
    assert expected_weight([(Decimal(1), "t"), (Decimal(10), unit)], WeightUnit.TONNE) is None


@pytest.mark.parametrize(
    ("net", "off"),
    [("100.3", False), ("99.7", False), ("100.300001", True), ("99.699999", True), ("100", False)],
)
def test_exactly_the_tolerance_is_within(net: str, off: bool) -> None:
    """100 t at 0.30 %, either way."""
    assert deviates(Decimal(net), Decimal(100), Decimal("0.30")) == off


@given(QUANTITIES)
def test_without_tolerance_only_the_very_weight_is_right(weight: Decimal) -> None:
    assert not deviates(weight, weight, Decimal(0))
    assert deviates(weight + Decimal("0.000001"), weight, Decimal(0))


@given(QUANTITIES, st.decimals(min_value=0, max_value=1, places=3), st.decimals(min_value=0, max_value=1, places=3))
def test_what_is_missing_and_what_stays_are_what_was_sent(sent: Decimal, good: Decimal, back: Decimal) -> None:
    accepted = sent * good
    returned = accepted * back
    lacking = missing(State.ACCEPTED, judged=True, sent=sent, accepted=accepted, returned=returned)
    assert lacking + (accepted - returned) == sent


def test_nothing_is_missing_before_somebody_has_looked() -> None:
    nothing = Decimal(0)
    for state in (State.DISPATCHED, State.ARRIVED, State.PARTLY_ACCEPTED, State.WITHDRAWN):
        assert missing(state, judged=False, sent=Decimal(5), accepted=nothing, returned=nothing) == 0
    assert missing(State.REFUSED, judged=False, sent=Decimal(5), accepted=nothing, returned=nothing) == 5
