"""Due dates, splitting over cost codes, interest: pure, exact decimals, days of Asia/Shanghai."""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal
from typing import Protocol, TypeVar

from procurement.payables.states import BuyerKind, DueBy, TermsRule, Warned

CENT = Decimal("0.01")
YEAR = 365
SOON_DAYS = 7

Costs = Sequence[tuple[str, Decimal]]
"""Amounts by cost code, in an order that does not change."""


class Dated(Protocol):
    """A rule that counts from a day on."""

    @property
    def valid_from(self) -> date:
        """The first day on which it counts."""
        ...


D = TypeVar("D", bound=Dated)


@dataclass(frozen=True, slots=True)
class LegalTerm:
    """Within how many days of delivery a small firm is paid, and how many a contract may agree."""

    id: str
    buyer_kind: BuyerKind
    days: int
    longest_days: int
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Rate:
    """`percent` for `days` days (1: a daily rate, 365: a yearly one)."""

    percent: Decimal
    days: int
    source: str
    valid_from: date


@dataclass(frozen=True, slots=True)
class Agreed:
    """The term of a contract."""

    rule: TermsRule
    days: int
    source: str


@dataclass(frozen=True, slots=True)
class Due:
    """The due date, which rule gave it, and what each of the two said (None: it said nothing)."""

    on: date
    by: DueBy
    source: str
    by_contract: date | None
    by_law: date | None


def in_force(rules: Iterable[D], on: date) -> D | None:
    """The latest rule that counts on a day."""
    return max((rule for rule in rules if rule.valid_from <= on), key=lambda rule: rule.valid_from, default=None)


def month_end(day: date) -> date:
    """The last day of the month."""
    return day.replace(day=calendar.monthrange(day.year, day.month)[1])


def add_months(day: date, months: int) -> date:
    """The same day of a later month, or its last one when it has no such day (31 January + 1 → 28 or 29 February)."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def by_contract(agreed: Agreed, delivered_on: date) -> date:
    """The due date that the contract gives."""
    start = delivered_on if agreed.rule is TermsRule.AFTER_ACCEPTANCE else month_end(delivered_on)
    return start + timedelta(days=agreed.days)


def by_law(term: LegalTerm, delivered_on: date, *, agreed: bool) -> date:
    """The last day that the law leaves: `days` after delivery, `longest_days` where the contract agrees on a term."""
    return delivered_on + timedelta(days=term.longest_days if agreed else term.days)


def due(delivered_on: date, agreed: Agreed | None, term: LegalTerm | None) -> Due:
    """The earlier of contract and law; on the same day the contract is named.

    With neither the money is due on the day of delivery (民法典第六百二十八条).
    """
    contract = by_contract(agreed, delivered_on) if agreed else None
    law = by_law(term, delivered_on, agreed=agreed is not None) if term else None
    if agreed and contract and (law is None or contract <= law):
        return Due(contract, DueBy.CONTRACT, agreed.source, contract, law)
    if term and law:
        return Due(law, DueBy.LAW, term.source, contract, law)
    return Due(delivered_on, DueBy.LAW, "民法典第六百二十八条:未约定支付时间的,收到标的物的同时支付", None, None)


def overdue_rate(
    agreed: Decimal | None, prime: Rate | None, statutory: Rate | None, *, protected: bool, source: str
) -> Rate | None:
    """What a day of delay costs.

    `agreed`: yearly percent of the contract. For a protected (small) supplier it is no less than the prime rate, and
    without it the statutory rate counts; for others there is no interest without an agreement.
    """
    if agreed is not None:
        if protected and prime is not None and prime.percent > agreed:
            return Rate(prime.percent, YEAR, prime.source, prime.valid_from)
        return Rate(agreed, YEAR, source, date.min)
    return statutory if protected else None


def interest(amount_days: Decimal, percent: Decimal, per_days: int) -> Decimal:
    """Interest on so many yuan-days (amount × days late), rounded half up to the cent once."""
    return (amount_days * percent / (100 * per_days)).quantize(CENT, ROUND_HALF_UP)


def days_late(due_on: date, on: date) -> int:
    """Days after the due date, 0 on it and before."""
    return max((on - due_on).days, 0)


def total(costs: Costs) -> Decimal:
    """Their sum."""
    return sum((amount for _, amount in costs), Decimal("0.00"))


def parts(costs: Costs, part: Decimal) -> list[tuple[str, Decimal]]:
    """`part` of the whole over its cost codes in proportion, to the cent; the last one takes what rounding leaves.

    The whole gives the costs themselves. ValueError when the whole is nothing.
    """
    whole = total(costs)
    if not whole:
        raise ValueError("nothing to split")
    found = [(code, (amount * part / whole).quantize(CENT, ROUND_HALF_UP)) for code, amount in costs[:-1]]
    last = part - sum((amount for _, amount in found), Decimal("0.00"))
    return [*found, (costs[-1][0], last)]


def step(costs: Costs, before: Decimal, after: Decimal) -> list[tuple[str, Decimal]]:
    """What a step from `before` paid to `after` paid adds per cost code: steps add up to the whole, whatever they are.

    The difference of two splits of totals, not a split of a difference.
    """
    pairs = zip(parts(costs, after), parts(costs, before), strict=True)
    return [(code, later - earlier) for (code, later), (_, earlier) in pairs]


def less(costs: Costs, taken: Costs) -> list[tuple[str, Decimal]]:
    """Costs minus costs of the same codes."""
    return [(code, amount - out) for (code, amount), (_, out) in zip(costs, taken, strict=True)]


def retained(amount: Decimal, percent: Decimal) -> Decimal:
    """Retention money, rounded down to the cent so that the percent is never exceeded."""
    return (amount * percent / 100).quantize(CENT, "ROUND_DOWN")


def retained_of(withheld: Decimal, whole: Decimal, credited: Decimal) -> Decimal:
    """What of the retention money of an invoice goes with so much of it credited: in proportion, rounded down to the
    cent, all of it with the whole and never more. `withheld` and `whole` are as the invoice was approved.
    """
    return min((withheld * credited / whole).quantize(CENT, "ROUND_DOWN"), withheld)


def warning_days(due_on: date) -> list[date]:
    """The days on which the clock looks at a payable: a week before, the day before, the day after."""
    return [due_on - timedelta(days=SOON_DAYS), due_on - timedelta(days=1), due_on + timedelta(days=1)]


def warned(due_on: date, today: date) -> Warned | None:
    """What is to be said about a payable that is still open today."""
    left = (due_on - today).days
    if left < 0:
        return Warned.OVERDUE
    if left <= 1:
        return Warned.TOMORROW
    return Warned.SOON if left <= SOON_DAYS else None
