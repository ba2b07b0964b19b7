"""Wages over plain values: what a contract gives for a month, the rounding, the minimum, and what is signed. Pure.

`repository.FILL` computes the same in one statement for thousands; a test compares the two.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from hashlib import sha256
from uuid import UUID

import orjson

from chassis.values import decimal_text
from labour.contracts.rules import Terms
from labour.contracts.states import WageKind
from labour.payrolls.states import Direction

FEN = Decimal("0.01")
CHUNK = 2_500
"""Workers whose lines are drafted in one transaction: what a crash can lose."""


@dataclass(frozen=True, slots=True)
class ItemKind:
    """A kind of allowance or deduction."""

    code: str
    zh: str
    en: str
    direction: Direction


@dataclass(frozen=True, slots=True)
class MinimumWage:
    """What a city's worker has to be left with in a month, CNY; the source says who asks for it."""

    city: str
    monthly: Decimal
    source: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a line as it is signed; `amount` is positive, the direction says which way it goes."""

    kind: str
    direction: Direction
    quantity: Decimal
    rate: Decimal
    amount: Decimal
    note: str


@dataclass(frozen=True, slots=True)
class Sums:
    """A line's money in CNY."""

    gross: Decimal
    deductions: Decimal

    @property
    def net(self) -> Decimal:
        """What goes to the worker."""
        return self.gross - self.deductions


def month_of(day: date) -> tuple[date, date]:
    """First and last day of the month."""
    return day.replace(day=1), day.replace(day=calendar.monthrange(day.year, day.month)[1])


def wage(terms: Terms, quantity: Decimal, month: date) -> Decimal:
    """What terms give for their quantity in a month, rounded half up to the fen (分), once for the month.

    `quantity` is worker days, pieces, or for a month's wage the calendar days of the month that it covers.
    """
    if terms.wage_kind is WageKind.MONTH:
        _, last = month_of(month)
        return (terms.wage_rate * quantity / last.day).quantize(FEN, ROUND_HALF_UP)
    return (terms.wage_rate * quantity).quantize(FEN, ROUND_HALF_UP)


def sums(items: Iterable[tuple[Direction, Decimal]]) -> Sums:
    """(direction, amount) of all items → the money of a line."""
    gross = deductions = Decimal("0.00")
    for direction, amount in items:
        if direction is Direction.DEDUCTION:
            deductions += amount
        else:
            gross += amount
    return Sums(gross, deductions)


def below_minimum(line: Sums, minimum: Decimal | None) -> bool:
    """Whether it is the deductions that leave less than the local minimum wage."""
    return minimum is not None and line.deductions > 0 and line.net < minimum <= line.gross


def content_hash(payroll_id: UUID, worker_id: UUID, edition: int, items: Sequence[Item]) -> str:
    """SHA-256 in hex of what a worker signs: his line with every item, in this edition of the sheet."""
    told = [
        (one.kind, one.direction.value, _plain(one.quantity), _plain(one.rate), _plain(one.amount), one.note)
        for one in items
    ]
    return sha256(orjson.dumps([str(payroll_id), str(worker_id), edition, sorted(told)])).hexdigest()


def sheet_hash(payroll_id: UUID, edition: int, line_hashes: Iterable[str]) -> str:
    """SHA-256 in hex of a sheet: its edition and the `content_hash` of each of its lines, sorted."""
    return sha256(orjson.dumps([str(payroll_id), edition, sorted(line_hashes)])).hexdigest()


def _plain(value: Decimal) -> str:
    return decimal_text(value.normalize())
