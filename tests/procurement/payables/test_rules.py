"""Due dates over month ends and leap years, splits that add up, interest to the cent."""

from __future__ import annotations

import calendar
import itertools
from datetime import date, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from procurement.payables import rules
from procurement.payables.repository import law
from procurement.payables.rules import Agreed, LegalTerm, Rate
from procurement.payables.states import BuyerKind, DueBy, TermsRule, Warned

DAYS = st.dates(min_value=date(2020, 1, 1), max_value=date(2099, 12, 31))
CENTS = st.integers(min_value=1, max_value=10**9).map(lambda cents: Decimal(cents).scaleb(-2))
COSTS = st.lists(CENTS, min_size=1, max_size=8).map(
    lambda amounts: [(f"C-{number}", amount) for number, amount in enumerate(amounts)]
)
PUBLIC = LegalTerm("public", BuyerKind.PUBLIC_BODY, 30, 60, "第九条", date(2025, 6, 1))


def agreed(days: int, rule: TermsRule = TermsRule.AFTER_ACCEPTANCE) -> Agreed:
    """A contract's term."""
    return Agreed(rule, days, "合同第七条")


@pytest.mark.parametrize(
    ("delivered", "rule", "days", "expected"),
    [
        (date(2026, 11, 23), TermsRule.AFTER_ACCEPTANCE, 30, date(2026, 12, 23)),
        (date(2028, 1, 31), TermsRule.AFTER_ACCEPTANCE, 30, date(2028, 3, 1)),  # a leap year's February has 29 days
        (date(2027, 1, 31), TermsRule.AFTER_ACCEPTANCE, 30, date(2027, 3, 2)),
        (date(2028, 2, 1), TermsRule.AFTER_MONTH_END, 0, date(2028, 2, 29)),
        (date(2027, 2, 28), TermsRule.AFTER_MONTH_END, 30, date(2027, 3, 30)),
        (date(2026, 12, 1), TermsRule.AFTER_MONTH_END, 30, date(2027, 1, 30)),
    ],
)
def test_what_a_contract_says(delivered: date, rule: TermsRule, days: int, expected: date) -> None:
    assert rules.by_contract(agreed(days, rule), delivered) == expected


DELIVERED = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("term", "legal", "days", "by"),
    [
        (None, PUBLIC, 30, DueBy.LAW),  # nothing agreed: 30 days
        (agreed(45), PUBLIC, 45, DueBy.CONTRACT),  # a contract may agree on more than 30
        (agreed(60), PUBLIC, 60, DueBy.CONTRACT),  # 60 at most
        (agreed(61), PUBLIC, 60, DueBy.LAW),
        (agreed(90), PUBLIC, 60, DueBy.LAW),
        (agreed(7), PUBLIC, 7, DueBy.CONTRACT),
        (agreed(90), None, 90, DueBy.CONTRACT),  # no small firm: the contract alone
        (None, None, 0, DueBy.LAW),
    ],
)
def test_the_earlier_of_contract_and_law_counts(
    term: Agreed | None, legal: LegalTerm | None, days: int, by: DueBy
) -> None:
    found = rules.due(DELIVERED, term, legal)
    assert (found.on - DELIVERED, found.by) == (timedelta(days=days), by)


@given(DAYS, st.integers(0, 365), st.sampled_from(TermsRule))
def test_nobody_waits_longer_than_either_rule(delivered: date, days: int, rule: TermsRule) -> None:
    found = rules.due(delivered, agreed(days, rule), PUBLIC)
    assert found.by_contract is not None
    assert found.by_law == delivered + timedelta(days=60)
    assert found.on == min(found.by_contract, found.by_law)
    assert found.source == ("合同第七条" if found.by is DueBy.CONTRACT else "第九条")


@given(DAYS)
def test_a_month_ends_on_its_last_day(day: date) -> None:
    end = rules.month_end(day)
    assert (end.year, end.month) == (day.year, day.month)
    assert (end + timedelta(days=1)).day == 1


@given(DAYS, st.integers(0, 120))
def test_months_keep_the_day_or_take_the_last(day: date, months: int) -> None:
    found = rules.add_months(day, months)
    assert (found.year * 12 + found.month) - (day.year * 12 + day.month) == months
    assert found.day == min(day.day, calendar.monthrange(found.year, found.month)[1])


def test_two_years_after_a_leap_day() -> None:
    assert rules.add_months(date(2028, 2, 29), 24) == date(2030, 2, 28)


@given(COSTS, st.data())
def test_parts_add_up_whatever_the_steps(costs: list[tuple[str, Decimal]], data: st.DataObject) -> None:
    """Any number of payments, in any sizes: each adds up to the cent, and together they are the costs themselves."""
    whole = int(rules.total(costs) * 100)
    cuts = sorted(data.draw(st.lists(st.integers(0, whole), max_size=6)))
    marks = [Decimal(cut).scaleb(-2) for cut in [0, *cuts, whole]]
    sums = dict.fromkeys((code for code, _ in costs), Decimal(0))
    for before, after in itertools.pairwise(marks):
        step = rules.step(costs, before, after)
        assert sum(amount for _, amount in step) == after - before
        for code, amount in step:
            assert amount == amount.quantize(rules.CENT)
            sums[code] += amount
    assert sums == dict(costs)


@given(COSTS, st.data())
def test_a_part_is_in_proportion(costs: list[tuple[str, Decimal]], data: st.DataObject) -> None:
    """No cost code is off by more than half a cent, the last one by half a cent for each of the others."""
    whole = rules.total(costs)
    part = Decimal(data.draw(st.integers(0, int(whole * 100)))).scaleb(-2)
    exact = [amount * part / whole for _, amount in costs]
    found = [amount for _, amount in rules.parts(costs, part)]
    half = Decimal("0.005")
    assert all(abs(one - other) <= half for one, other in zip(found[:-1], exact[:-1], strict=True))
    assert abs(found[-1] - exact[-1]) <= half * len(costs)


def test_three_thirds_of_a_hundred() -> None:
    costs = [("A", Decimal("33.33")), ("B", Decimal("33.33")), ("C", Decimal("33.34"))]
    halves = [
        rules.step(costs, Decimal("0.00"), Decimal("50.00")),
        rules.step(costs, Decimal("50.00"), Decimal("100.00")),
    ]
    assert [[str(amount) for _, amount in half] for half in halves] == [
        ["16.67", "16.67", "16.66"],
        ["16.66", "16.66", "16.68"],
    ]


def test_nothing_cannot_be_split() -> None:
    with pytest.raises(ValueError, match="nothing"):
        rules.parts([("A", Decimal("1.00")), ("B", Decimal("-1.00"))], Decimal("0.00"))


@given(CENTS, st.integers(0, 300).map(lambda percent: Decimal(percent).scaleb(-2)))
def test_retention_is_never_above_its_percent(amount: Decimal, percent: Decimal) -> None:
    kept = rules.retained(amount, percent)
    assert 0 <= amount * percent / 100 - kept < rules.CENT


@pytest.mark.parametrize(
    ("amount_days", "percent", "per", "expected"),
    [
        ("1000000.00", "0.05", 1, "500.00"),  # 100,000 yuan, ten days, 0.05 % a day
        ("36500.00", "3.00", 365, "3.00"),
        ("100.00", "0.05", 1, "0.05"),
        ("9.99", "0.05", 1, "0.00"),
        ("10.00", "0.05", 1, "0.01"),  # half a cent up
        ("0.00", "0.05", 1, "0.00"),
    ],
)
def test_interest_to_the_cent(amount_days: str, percent: str, per: int, expected: str) -> None:
    assert str(rules.interest(Decimal(amount_days), Decimal(percent), per)) == expected


@given(CENTS, st.integers(0, 1000), st.integers(0, 1000))
def test_interest_is_rounded_once_not_daily(amount: Decimal, days: int, more: int) -> None:
    """So it never falls, and is off by half a cent at most however long it runs."""
    rate = Decimal("0.05")
    sooner, later = [rules.interest(amount * count, rate, 1) for count in (days, days + more)]
    assert sooner <= later
    assert abs(later - amount * (days + more) * rate / 100) <= Decimal("0.005")


LPR = Rate(Decimal("3.00"), 365, "LPR", date(2025, 5, 20))
STATUTORY = Rate(Decimal("0.05"), 1, "第十七条", date(2025, 6, 1))


@pytest.mark.parametrize(
    ("rate", "protected", "expected"),
    [
        (None, True, (Decimal("0.05"), 1)),
        ("2.00", True, (Decimal("3.00"), 365)),  # not below the prime rate
        ("3.00", True, (Decimal("3.00"), 365)),
        ("5.40", True, (Decimal("5.40"), 365)),
        ("2.00", False, (Decimal("2.00"), 365)),
        (None, False, None),
    ],
)
def test_which_rate_counts(rate: str | None, protected: bool, expected: tuple[Decimal, int] | None) -> None:
    found = rules.overdue_rate(Decimal(rate) if rate else None, LPR, STATUTORY, protected=protected, source="合同")
    assert (None if found is None else (found.percent, found.days)) == expected


@pytest.mark.parametrize(
    ("left", "stage"),
    [(8, None), (7, Warned.SOON), (2, Warned.SOON), (1, Warned.TOMORROW), (0, Warned.TOMORROW), (-1, Warned.OVERDUE)],
)
def test_what_the_clock_says(left: int, stage: Warned | None) -> None:
    due_on = date(2026, 12, 23)
    assert rules.warned(due_on, due_on - timedelta(days=left)) is stage


@given(DAYS)
def test_each_look_of_the_clock_finds_another_stage(due_on: date) -> None:
    assert [rules.warned(due_on, day) for day in rules.warning_days(due_on)] == list(Warned)


def test_no_interest_on_the_due_date_itself() -> None:
    due_on = date(2026, 12, 23)
    assert [rules.days_late(due_on, due_on + timedelta(days=more)) for more in (-1, 0, 1, 31)] == [0, 0, 1, 31]


def test_the_law_of_a_day() -> None:
    """Decree 802 counts from 1 June 2025; before it nothing is on file."""
    assert rules.in_force(law().terms, date(2025, 5, 31)) is None
    public = [one for one in law().terms if one.buyer_kind is BuyerKind.PUBLIC_BODY]
    found = rules.in_force(public, date(2025, 6, 1))
    assert found is not None
    assert (found.days, found.longest_days) == (30, 60)
    prime = [rules.in_force(law().prime, day) for day in (date(2025, 5, 19), date(2025, 5, 20))]
    assert [str(one.percent) for one in prime if one] == ["3.10", "3.00"]


@given(st.integers(1, 10_000_000), st.integers(0, 10_000_000), st.integers(0, 10_000_000), st.integers(0, 300))
def test_what_is_withheld_goes_in_proportion(whole: int, one: int, two: int, permille: int) -> None:
    """Between nothing and all, more with more credited, all of it with the whole, never above its proportion."""
    gross, less, more = (Decimal(cents).scaleb(-2) for cents in (whole, *sorted((one, two))))
    withheld = rules.retained(gross, Decimal(permille).scaleb(-1))
    taken = [rules.retained_of(withheld, gross, credited) for credited in (less, more)]
    assert 0 <= taken[0] <= taken[1] <= withheld
    assert rules.retained_of(withheld, gross, gross) == withheld
    assert taken[0] * gross <= withheld * less
