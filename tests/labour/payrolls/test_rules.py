"""Wages, rounding, minimum and hash over plain values."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from chassis.ids import new_id
from labour.contracts.rules import Terms
from labour.contracts.states import WageKind
from labour.payrolls import rulebook
from labour.payrolls.rules import Item, Sums, below_minimum, content_hash, month_of, sums, wage
from labour.payrolls.states import Direction

D = Decimal
NOVEMBER = date(2026, 11, 1)


def terms(kind: WageKind, rate: str) -> Terms:
    return Terms(new_id(), new_id(), date(2026, 1, 1), None, kind, D(rate), "")


@pytest.mark.parametrize(
    ("kind", "rate", "quantity", "amount"),
    [
        (WageKind.DAY, "333.33", "0.50", "166.67"),  # 166.665: half a fen goes up
        (WageKind.DAY, "333.33", "1.50", "500.00"),  # 499.995, once for the month: by day it were 333.33 + 166.67
        (WageKind.DAY, "333.33", "21.50", "7166.60"),
        (WageKind.MONTH, "10000.00", "10", "3333.33"),
        (WageKind.MONTH, "10000.00", "30", "10000.00"),
        (WageKind.PIECE, "0.35", "12.343", "4.32"),
        (WageKind.DAY, "320.00", "0", "0.00"),
    ],
)
def test_rounding_of_rates(kind: WageKind, rate: str, quantity: str, amount: str) -> None:
    """Half up to the fen, once for a contract's month."""
    assert wage(terms(kind, rate), D(quantity), NOVEMBER) == D(amount)


def test_a_month_has_its_days() -> None:
    assert month_of(date(2028, 2, 29)) == (date(2028, 2, 1), date(2028, 2, 29))
    assert month_of(date(2026, 12, 31)) == (date(2026, 12, 1), date(2026, 12, 31))


def test_deductions_are_taken_off_what_was_earned() -> None:
    counted = sums([(Direction.WAGE, D(10)), (Direction.ALLOWANCE, D(2)), (Direction.DEDUCTION, D(3))])
    assert (counted, counted.net) == (Sums(D(12), D(3)), D(9))


def test_the_minimum_warns_only_of_what_deductions_do() -> None:
    """Who has earned less than the minimum in a few days is not below it because of a deduction."""
    assert below_minimum(Sums(D(3000), D(700)), D(2360))
    assert not below_minimum(Sums(D(3000), D(640)), D(2360))
    assert not below_minimum(Sums(D(900), D(100)), D(2360))
    assert not below_minimum(Sums(D(3000), D(700)), None)


def test_what_is_signed_is_every_item_and_the_edition() -> None:
    payroll, worker = new_id(), new_id()
    one = Item("day_wage", Direction.WAGE, D("10.000"), D("320.00"), D("3200.00"), "")
    two = Item("bonus", Direction.ALLOWANCE, D(1), D("200.00"), D("200.00"), "")
    signed = content_hash(payroll, worker, 1, [one, two])
    assert content_hash(payroll, worker, 1, [two, one]) == signed
    others = [
        content_hash(payroll, worker, 2, [one, two]),
        content_hash(payroll, worker, 1, [one]),
        content_hash(payroll, new_id(), 1, [one, two]),
        content_hash(payroll, worker, 1, [one, Item("bonus", Direction.DEDUCTION, D(1), D(200), D(200), "")]),
    ]
    assert signed not in others
    assert len(set(others)) == len(others)


def test_every_kind_of_item_says_which_way_it_goes() -> None:
    kinds = rulebook.rules().kinds.values()
    assert {one.direction for one in kinds} == {Direction.ALLOWANCE, Direction.DEDUCTION}
    assert rulebook.rules().ledger_years == 3
