"""Names, due days, working days and rates."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as some

from labour.wage_accounts.repository import rules as wage_rules
from labour.wage_accounts.rules import (
    GuaranteeBasis,
    account_name,
    guarantee_amount,
    may_be_exempt,
    next_due,
    percent_range,
    working_days_after,
)

D = Decimal
GIVEN = wage_rules()


def basis(
    amount: str = "10000000.00", *, percent: str = "2.00", years: int = 0, several: bool = False
) -> GuaranteeBasis:
    return GuaranteeBasis(D(amount), D(percent), years, several)


def test_the_account_is_called_contractor_project_suffix() -> None:
    name = account_name("广东建工集团", "前海中心", GIVEN.name_suffix)
    assert name == "广东建工集团前海中心农民工工资专用账户"


@given(some.dates(date(2020, 1, 1), date(2040, 1, 1)), some.integers(1, 28))
def test_a_share_falls_due_within_a_month(after: date, day: int) -> None:
    """Art 24: never more than a month after the one before, and always on its day."""
    due = next_due(after, day)
    assert due.day == day
    assert timedelta(0) < due - after <= timedelta(31)


def test_working_days_pass_over_the_weekend() -> None:
    friday = date(2026, 11, 20)
    assert working_days_after(friday, 1) == date(2026, 11, 23)
    assert working_days_after(friday, 10) == date(2026, 12, 4)


def test_the_rate_has_a_floor_and_a_ceiling() -> None:
    assert percent_range(basis(), GIVEN) == (D("1.00"), D("3.00"))
    assert percent_range(basis(several=True), GIVEN) == (D("0.50"), D("3.00"))
    assert percent_range(basis(years=2), GIVEN) == (D("0.01"), D("3.00"))


def test_who_may_be_exempt() -> None:
    assert not may_be_exempt(basis("3000000.00", years=2), GIVEN)
    assert may_be_exempt(basis("2999999.99"), GIVEN)
    assert may_be_exempt(basis(years=3), GIVEN)


def test_the_amount_is_rounded_half_up_to_the_fen() -> None:
    assert guarantee_amount(basis("333333.25", percent="2.00")) == D("6666.67")
