"""Operating hours per day from cumulative counters: pure functions of the set of readings and stays.

Between two counted readings a counter is taken to grow evenly, so the hours of a day (Asia/Shanghai) are the counter at
its end minus the counter at its beginning; days add up exactly to the difference of the readings, and a late reading
between two others only moves hours between days. Hours belong to the project on which the machine stood, from hand-over
to return.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from itertools import pairwise
from uuid import UUID

from chassis.clock import SHANGHAI, shanghai_day
from equipment_leasing.telematics.rules import Reading, series_of

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
BEGINNING = datetime(1970, 1, 1, tzinfo=UTC)
LAST = datetime(9998, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Stay:
    """A machine on a project: from hand-over to return (open while it stands there)."""

    project_id: UUID
    since: datetime
    until: datetime | None


@dataclass(frozen=True, slots=True, order=True)
class Cell:
    """What hours are counted by: one project, one day."""

    project_id: UUID
    day: date


@dataclass(frozen=True, slots=True, order=True)
class HoursChange:
    """By how many hours a machine's day on a project changes, and what it is then."""

    project_id: UUID
    machine_id: UUID
    day: date
    delta: Decimal
    hours: Decimal


@dataclass(frozen=True, slots=True)
class Span:
    """Whole days of a machine whose hours may have changed, and the instants at which they begin and end."""

    machine_id: UUID
    first_day: date
    last_day: date
    start: datetime
    stop: datetime


def span(machine_id: UUID, since: datetime = BEGINNING, until: datetime = LAST) -> Span:
    """The whole days from one instant to another; everything when none is given."""
    first, last = shanghai_day(since), shanghai_day(until)
    return Span(machine_id, first, last, day_start(first), day_start(last + timedelta(days=1)))


def counter_at(before: Reading, after: Reading, instant: datetime) -> Decimal:
    """The counter between two readings, growing evenly, to a hundredth of an hour."""
    if instant <= before.at:
        return before.hours
    if instant >= after.at:
        return after.hours
    share = Decimal(_microseconds(instant - before.at)) / Decimal(_microseconds(after.at - before.at))
    return (before.hours + (after.hours - before.hours) * share).quantize(CENT)


def hours_by_day(
    readings: Iterable[Reading], replacements: Sequence[datetime], stays: Sequence[Stay]
) -> dict[Cell, Decimal]:
    """Hours per project and day from the counted readings of one machine; cells without hours are left out.

    Nothing is known between the last reading of a control unit and the first of its successor, so nothing counts.
    """
    cells: dict[Cell, Decimal] = {}
    for before, after in pairwise(sorted(readings)):
        if series_of(before.at, replacements) != series_of(after.at, replacements):
            continue
        for stay in stays:
            for cell, hours in _within(before, after, stay):
                cells[cell] = cells.get(cell, ZERO) + hours
    return {cell: hours for cell, hours in cells.items() if hours}


def day_start(day: date) -> datetime:
    """Midnight in Asia/Shanghai at which the day begins, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)


def differences(new: dict[Cell, Decimal], published: dict[Cell, Decimal]) -> dict[Cell, Decimal]:
    """What must be added to the published hours so that they become the new ones."""
    cells = sorted({*new, *published})
    changes = {cell: new.get(cell, ZERO) - published.get(cell, ZERO) for cell in cells}
    return {cell: change for cell, change in changes.items() if change}


def _within(before: Reading, after: Reading, stay: Stay) -> Iterator[tuple[Cell, Decimal]]:
    start = max(before.at, stay.since)
    end = after.at if stay.until is None else min(after.at, stay.until)
    while start < end:
        day = shanghai_day(start)
        stop = min(end, day_start(day + timedelta(days=1)))
        yield Cell(stay.project_id, day), counter_at(before, after, stop) - counter_at(before, after, start)
        start = stop


def _microseconds(span: timedelta) -> int:
    return span // timedelta(microseconds=1)
