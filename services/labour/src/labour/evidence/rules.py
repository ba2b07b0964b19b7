"""Which gaps a worker's month has, over plain values. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from labour.codes.models import Calendar, Due, Moves, Term, Unit
from labour.codes.rules import due
from labour.evidence.models import Link, Responsible, Status

NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class Key:
    """A worker on a project in a month (its first day)."""

    project_id: UUID
    worker_id: UUID
    month: date


@dataclass(frozen=True, slots=True)
class Sheet:
    """What the month's sheet says of him: days, what is owed net, and how far it has come."""

    days: Decimal
    by_day: bool
    net: Decimal
    signed: bool
    voided: bool
    objected: bool
    sent: bool
    failed: bool
    received: bool


@dataclass(frozen=True, slots=True)
class Facts:
    """All that is known of a worker's month.

    `unbound` and `outside` are days of work that no signed contract and no stay covers, with the first of each; `open`
    are days with a swipe that count nothing.
    """

    key: Key
    employer_id: UUID
    assignment_id: UUID | None
    city: str
    registered: bool
    contracts: int
    days: Decimal
    worked: int
    first_worked: date | None
    unbound: int
    unbound_from: date | None
    outside: int
    outside_from: date | None
    open: int
    sheet: Sheet | None
    paid: Decimal

    @property
    def is_nothing(self) -> bool:
        """Neither a gate nor a sheet knows of the month, e.g. because its sheet was cancelled."""
        return not self.worked and not self.open and self.sheet is None


@dataclass(frozen=True, slots=True)
class Deadline:
    """Whose a gap is, and how many days after the month it must be closed; None: before the first day concerned.

    `moves`: where that day goes when no work is done on it.
    """

    link: Link
    responsible: Responsible
    days: int | None
    moves: Moves


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The deadlines of a city (or `*`), in force from a day on."""

    city: str
    valid_from: date
    valid_to: date | None
    gaps: Mapping[str, Deadline]


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing, and what is known of it: counts, days and sums, never a name or number of a person.

    `calendar` stands in the detail where the day depends on a calendar that is not announced.
    """

    code: str
    link: Link
    responsible: Responsible
    due_on: date
    detail: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Chain:
    """A worker's month as it stands."""

    facts: Facts
    status: Status
    gaps: tuple[Gap, ...]

    @property
    def due_on(self) -> date | None:
        """When the first gap must be closed."""
        return min((gap.due_on for gap in self.gaps), default=None)


def last_day(month: date) -> date:
    """The last day of a month."""
    return (month.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


def judge(facts: Facts, deadlines: Deadlines, calendar: Calendar) -> Chain:
    """The chain contract ↔ registration ↔ entry ↔ attendance ↔ sheet ↔ signature ↔ payment ↔ receipt of a month."""
    gaps = tuple(
        _gap(code, detail, deadlines.gaps[code], due_on(facts.key.month, first, deadlines.gaps[code], calendar))
        for found in (_before_work, _at_the_gate, _on_the_sheet, _in_the_hand)
        for code, first, detail in found(facts)
    )
    return Chain(facts, Status.GAPS if gaps else Status.COMPLETE, gaps)


_Found = tuple[str, date | None, dict[str, Any]]


def _before_work(facts: Facts) -> Iterator[_Found]:
    if facts.unbound and not facts.contracts:
        yield "CONTRACT_MISSING", facts.unbound_from, {"days": facts.unbound}
    elif facts.unbound:
        yield "CONTRACT_NOT_COVERING", facts.unbound_from, _days(facts.unbound, facts.unbound_from)
    if not facts.registered:
        yield "REGISTRATION_INCOMPLETE", facts.first_worked, {}
    if facts.outside:
        yield "ENTRY_MISSING", facts.outside_from, _days(facts.outside, facts.outside_from)


def _at_the_gate(facts: Facts) -> Iterator[_Found]:
    if facts.open:
        yield "ATTENDANCE_OPEN", None, {"days": facts.open}
    # Pieces are paid by what was made; days on a sheet that no gate has seen are what inspections look for.
    if facts.sheet is not None and facts.sheet.by_day and facts.sheet.days and not facts.worked:
        yield "ATTENDANCE_MISSING", None, {"sheet_days": str(facts.sheet.days)}


def _on_the_sheet(facts: Facts) -> Iterator[_Found]:
    sheet = facts.sheet
    if sheet is None:
        if facts.worked:
            yield "SHEET_MISSING", None, {"days": str(facts.days)}
        return
    if sheet.by_day and facts.worked and sheet.days != facts.days:
        yield "SHEET_DIFFERS", None, {"days": str(facts.days), "sheet_days": str(sheet.days)}
    if sheet.objected:
        yield "OBJECTION_OPEN", None, {}
    elif not sheet.signed:
        yield ("SIGNATURE_VOID" if sheet.voided else "SIGNATURE_MISSING"), None, {}


def _in_the_hand(facts: Facts) -> Iterator[_Found]:
    sheet = facts.sheet
    if sheet is None or not sheet.net or sheet.received:
        return
    if sheet.sent:
        yield "RECEIPT_MISSING", None, {"net": str(sheet.net)}
    else:
        yield ("PAYMENT_FAILED" if sheet.failed else "PAYMENT_MISSING"), None, {"net": str(sheet.net)}


def _days(count: int, first: date | None) -> dict[str, Any]:
    return {"days": count, "first_day": None if first is None else first.isoformat()}


def due_on(month: date, first: date | None, deadline: Deadline, calendar: Calendar) -> Due:
    """By when a gap of a month has to be closed; `first` is the first day that it concerns, if one is known."""
    if deadline.days is None:
        return Due(first or month, None)
    return due(calendar, last_day(month), Term(deadline.days, Unit.CALENDAR_DAYS, deadline.moves))


def _gap(code: str, detail: Mapping[str, Any], deadline: Deadline, ends: Due) -> Gap:
    return Gap(code, deadline.link, deadline.responsible, ends.on, {**detail, **ends.doubt})
