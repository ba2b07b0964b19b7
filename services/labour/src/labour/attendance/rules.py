"""From swipes to worker days (工日). Pure.

Of each work day only four instants are kept: first and last swipe in, first and last swipe out. They are least and
greatest of what came in, so any order, any split into batches and any repetition of swipes gives the same marks,
and the figure of a day is a function of its own marks and of the next day's first swipes: nothing else has to be
read again when a late swipe arrives.

A work day runs from the rule's `day_starts_at`, so that a night shift stays on the day on which it began: its
swipe out, on the next work day and before any swipe in there, closes it, if no longer than `longest_shift` lies
between. The time on site is from the first in to the last out, less the break of the rule in force that day. A day
whose last in has no out counts what lies before that in; a day without any out counts nothing until the missing swipe
arrives.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from labour.codes.models import WorkerDayRule

IN = "01"  # code table attendance_direction: 入场
OUT = "02"  # 出场
NOTHING = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class RowFault:
    """Why a swipe is refused: the member at fault, a stable code, both texts."""

    field: str
    code: str
    zh: str
    en: str


class Standing(NamedTuple):
    """A worker's place on the project: how long his papers hold, (entered, left) of each stay; ids as texts."""

    assignment_id: str
    worker_id: str
    employer_id: str
    cleared_until: date | None
    stays: tuple[tuple[datetime, datetime | None], ...]


class Location(NamedTuple):
    """Where a phone says that it is (WGS 84, degrees), how sure it is in metres, whether its location is mocked."""

    lng: Decimal
    lat: Decimal
    accuracy_m: Decimal
    mocked: bool


class Place(StrEnum):
    """How a phone swipe lies to the geofences of its project; not judged without a consent, or without an area."""

    INSIDE = "inside"
    OUTSIDE = "outside"
    NOT_JUDGED = "not_judged"


class Break(NamedTuple):
    """From `first` to `last` (None: open), `off` is taken from a time on site longer than `beyond`."""

    first: date
    last: date | None
    beyond: timedelta
    off: timedelta


class NewSwipe(NamedTuple):
    """A swipe that is to be written, and its place in the batch; `at` in UTC. `counted`: its month is open."""

    place: int
    sequence: int
    standing: Standing
    at: datetime
    direction: str
    attend_type: str
    papers_lapsed: bool
    counted: bool = True
    location: Location | None = None

    @property
    def what(self) -> tuple[str, datetime, str]:
        """(worker, instant, direction): what makes another swipe of the same number the same swipe."""
        return self.standing.worker_id, self.at, self.direction


class Marks(NamedTuple):
    """What is kept of one worker's work day."""

    first_in: datetime | None = None
    last_in: datetime | None = None
    first_out: datetime | None = None
    last_out: datetime | None = None

    def merged(self, other: Marks) -> Marks:
        """The marks of both; commutative, associative, and merging twice changes nothing."""
        return Marks(
            _least(self.first_in, other.first_in),
            _greatest(self.last_in, other.last_in),
            _least(self.first_out, other.first_out),
            _greatest(self.last_out, other.last_out),
        )


NO_MARKS = Marks()


def _least(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return min(one, other)


def _greatest(one: datetime | None, other: datetime | None) -> datetime | None:
    if one is None or other is None:
        return one or other
    return max(one, other)


def day_shift(rule: WorkerDayRule) -> timedelta:
    """What is added to an instant in UTC to have its work day as a calendar day."""
    start = timedelta(hours=rule.day_starts_at.hour, minutes=rule.day_starts_at.minute)
    return rule.zone.utcoffset(None) - start


def work_day(at: datetime, rule: WorkerDayRule) -> date:
    """The work day on which an instant lies."""
    return (at.astimezone(UTC) + day_shift(rule)).date()


def day_begins(day: date, rule: WorkerDayRule) -> datetime:
    """The instant, in UTC, at which a work day begins."""
    return datetime.combine(day, time(), UTC) - day_shift(rule)


def mark(direction: str, at: datetime) -> Marks:
    """The marks of one swipe."""
    return Marks(first_in=at, last_in=at) if direction == IN else Marks(first_out=at, last_out=at)


def marks_of_days(swipes: Iterable[tuple[str, datetime]], rule: WorkerDayRule) -> dict[date, Marks]:
    """The marks of every work day that these swipes (direction, instant) of one worker touch."""
    days: dict[date, Marks] = {}
    for direction, at in swipes:
        day = work_day(at, rule)
        days[day] = days.get(day, NO_MARKS).merged(mark(direction, at))
    return days


def time_on_site(day: Marks, following: Marks, rule: WorkerDayRule) -> timedelta:
    """How long the worker was on site, counted to this day; `following` are the marks of the next work day."""
    if day.first_in is None or day.last_in is None:
        return timedelta(0)
    end = day.last_out
    carried = following.first_out
    still_inside = end is None or day.last_in > end
    before_next_in = carried is not None and (following.first_in is None or carried < following.first_in)
    if still_inside and carried is not None and before_next_in and carried - day.last_in <= rule.longest_shift:
        end = carried
    if end is None or end <= day.first_in:
        return timedelta(0)
    return end - day.first_in


def less_break(on_site: timedelta, day: date, breaks: Iterable[Break]) -> timedelta:
    """A time on site less its break: the first rule that covers the day decides, be it to take nothing off."""
    for one in breaks:
        if one.first <= day and (one.last is None or day <= one.last):
            return on_site - one.off if on_site > one.beyond else on_site
    return on_site


def worker_days(on_site: timedelta, rule: WorkerDayRule) -> Decimal:
    """The worker days that a time on site, breaks taken off, counts, e.g. `Decimal("0.50")`."""
    if on_site <= timedelta(0):
        return NOTHING
    for least, days in rule.steps:
        if on_site >= least:
            return days
    return NOTHING


def is_inside(last_in: datetime | None, last_out: datetime | None, now: datetime, rule: WorkerDayRule) -> bool:
    """On site now: the last swipe was an in, not longer ago than the longest shift (a forgotten out lapses)."""
    if last_in is None or (last_out is not None and last_out >= last_in):
        return False
    return now - last_in <= rule.longest_shift
