"""Arithmetic of scorecards."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from procurement.scorecards import rules
from procurement.scorecards.rules import Period


@pytest.mark.parametrize(
    ("numerator", "denominator", "expected"),
    [
        ("0.00", "0.00", None),
        ("0.00", "5.00", "0.00"),
        ("5.00", "5.00", "100.00"),
        ("1.00", "3.00", "33.33"),
        ("2.00", "3.00", "66.67"),
        ("1.00", "16000.00", "0.01"),
        ("1.00", "20000.00", "0.01"),
        ("1.00", "20001.00", "0.00"),
    ],
)
def test_percent_is_rounded_half_up(numerator: str, denominator: str, expected: str | None) -> None:
    found = rules.percent(Decimal(numerator), Decimal(denominator))
    assert found == (None if expected is None else Decimal(expected))


def test_a_year_ends_with_its_last_day() -> None:
    assert Period.until(date(2026, 11, 23)) == Period(date(2025, 11, 24), date(2026, 11, 23))
