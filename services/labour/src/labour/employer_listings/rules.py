"""How long a listing counts and when its employer may leave early, over plain values. Pure."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from labour.codes.rules import in_force_on

MONTHS_OF_A_YEAR = 12


@dataclass(frozen=True, slots=True)
class Reason:
    """Why an authority may list an employer."""

    code: str
    zh: str
    en: str
    source: str
    status: str


@dataclass(frozen=True, slots=True)
class ListingRules:
    """What the law says of the list from a day on.

    `years` after a decision, `early_exit_months` after the repayment; `extends`: another decision lets the listing
    count as long as itself; `bars_early_exit`: arrears that come again do. `refuses`: what a listed employer does not
    get here. `sources` and `statuses` say of each figure whence it is and how sure.
    """

    valid_from: date
    valid_to: date | None
    source: str
    status: str
    years: int
    early_exit_months: int
    pledge: bool
    extends: bool
    bars_early_exit: bool
    reasons: Mapping[str, Reason]
    refuses: frozenset[str]
    sources: Mapping[str, str]
    statuses: Mapping[str, str]


def in_force(rules: Iterable[ListingRules], on: date) -> ListingRules:
    """The rules of a day; the first ones for a day before there were any."""
    known = sorted(rules, key=lambda one: one.valid_from)
    return next((one for one in reversed(known) if in_force_on(one.valid_from, one.valid_to, on)), known[0])


def months_later(day: date, months: int) -> date:
    """The corresponding day so many months on, or the last of its month (民法典 第二百零二条); it is the last day of
    the term, because the first day of a term is not counted (第二百零一条)."""
    years, month = divmod(day.month - 1 + months, MONTHS_OF_A_YEAR)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day(decided_on: date, rules: ListingRules) -> date:
    """The last day on which a decision counts."""
    return months_later(decided_on, rules.years * MONTHS_OF_A_YEAR)


def early_exit_from(repaid_on: date, listed_from: date, rules: ListingRules) -> date:
    """The first day on which an employer may leave early: he has been listed for the months since he repaid."""
    return months_later(max(repaid_on, listed_from), rules.early_exit_months) + timedelta(days=1)


def counts_on(listed_from: date, ends_on: date, over_on: date | None, day: date) -> bool:
    """From the first decision to the last day, and not from the day on which it was over."""
    return listed_from <= day <= ends_on and (over_on is None or day < over_on)
