"""Names, due days and rates, and the clocks as the data give them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as some

from labour.codes.models import Moves, Term, Unit
from labour.codes.repository import calendar
from labour.codes.rules import due
from labour.wage_accounts.repository import rules as wage_rules
from labour.wage_accounts.rules import (
    GuaranteeBasis,
    account_name,
    guarantee_amount,
    may_be_exempt,
    next_due,
    percent_range,
)
from labour.wage_accounts.states import ClockKind

D = Decimal
GIVEN = wage_rules()
CALENDAR = calendar()


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
    found = next_due(after, day, CALENDAR, GIVEN.share_moves)
    assert found.day == day
    assert timedelta(0) < found - after <= timedelta(31)


def test_a_share_stays_on_a_holiday() -> None:
    """It is no wage that a worker waits for, and a later day would be more than a month on (art 24)."""
    assert next_due(date(2026, 9, 5), 5, CALENDAR, GIVEN.share_moves) == date(2026, 10, 5)
    assert next_due(date(2026, 1, 20), 20, CALENDAR, GIVEN.share_moves) == date(2026, 2, 20)


@pytest.mark.parametrize("moves", Moves)
@pytest.mark.parametrize("day", [1, 5, 15, 20, 28])
def test_wherever_shares_move_each_month_has_one(moves: Moves, day: int) -> None:
    """A share that was brought forward is not due once more, and one that was put off costs no month."""
    falls, found = date(2024, 12, 31), []
    for _ in range(36):
        falls = next_due(falls, day, CALENDAR, moves)
        found.append(falls)
    assert found == sorted(set(found))
    assert timedelta(days=35 * 30) <= found[-1] - found[0] <= timedelta(days=35 * 31)


@pytest.mark.parametrize(
    ("kind", "over_national_day", "over_spring_festival", "over_worked_saturday", "unknown"),
    [
        # thirty calendar days, also when they end on a holiday or a Saturday
        (ClockKind.OPEN_ACCOUNT, ("2026-09-05", "2026-10-05"), ("2026-01-18", "2026-02-17"),
         ("2026-09-10", "2026-10-10"), ("2027-12-02", "2028-01-01")),
        (ClockKind.LODGE_GUARANTEE, ("2026-09-23", "2026-10-28"), ("2026-02-02", "2026-03-06"),
         ("2026-01-28", "2026-03-03"), ("2027-12-17", "2028-01-14")),
        (ClockKind.PAY_OUT_GUARANTEE, ("2026-09-29", "2026-10-12"), ("2026-02-12", "2026-02-26"),
         ("2026-02-24", "2026-03-02"), ("2027-12-31", "2028-01-07")),
        (ClockKind.TOP_UP_GUARANTEE, ("2026-09-29", "2026-10-19"), ("2026-02-12", "2026-03-04"),
         ("2026-02-27", "2026-03-12"), ("2027-12-31", "2028-01-14")),
    ],
)  # fmt: skip
def test_each_clock_counts_as_its_source_says(
    kind: ClockKind,
    over_national_day: tuple[str, str],
    over_spring_festival: tuple[str, str],
    over_worked_saturday: tuple[str, str],
    unknown: tuple[str, str],
) -> None:
    """(day of the event, due). Of 2028 only the weekends are known."""
    for event, ends in (over_national_day, over_spring_festival, over_worked_saturday, unknown):
        assert due(CALENDAR, date.fromisoformat(event), GIVEN.clocks[kind]).on == date.fromisoformat(ends)


def test_no_clock_of_an_account_moves_and_every_kind_has_its_term() -> None:
    """What is counted in working days ends on one; what is counted in days is not moved by any source."""
    assert set(GIVEN.clocks) == set(ClockKind)
    assert {term.moves for term in GIVEN.clocks.values()} == {Moves.NONE}
    assert [kind for kind, term in GIVEN.clocks.items() if term.unit is Unit.CALENDAR_DAYS] == [ClockKind.OPEN_ACCOUNT]
    assert GIVEN.notice == Term(30, Unit.CALENDAR_DAYS, Moves.NONE)


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
