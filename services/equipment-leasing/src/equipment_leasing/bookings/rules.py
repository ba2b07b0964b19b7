"""Days of bookings: what a window may be, what overlaps, and what a late return does to the bookings behind it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import UUID

from chassis.errors import Violation, invalid

HOLD = timedelta(hours=48)
"""How long a machine is kept for who has asked for it, until the lessor confirms."""

BACKDATED = timedelta(days=90)
"""How late a booking may be entered: machines arrive before the paper does, a settlement period at most."""

LONGEST = timedelta(days=5 * 366)


@dataclass(frozen=True, slots=True, order=True)
class Window:
    """Days in Asia/Shanghai, both ends inclusive."""

    first: date
    last: date

    def overlaps(self, other: Window) -> bool:
        """Whether the two share a day."""
        return self.first <= other.last and other.first <= self.last

    def holds(self, day: date) -> bool:
        """Whether the day lies in it."""
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Push:
    """What a late return does to a booking behind it: its new days, None when none are left."""

    booking_id: UUID
    window: Window | None


def check_window(window: Window, today: date) -> None:
    """InvalidArgument when the days run backwards, lie too far back or are too many."""
    faults = []
    if window.last < window.first:
        faults.append(
            Violation("/last_day", "BEFORE_FIRST_DAY", "结束日期早于开始日期。", "The last day is before the first.")
        )
    elif window.last - window.first > LONGEST:
        faults.append(Violation("/last_day", "TOO_LONG", "租期最长五年。", "A booking lasts at most five years."))
    if window.first < today - BACKDATED:
        faults.append(
            Violation(
                "/first_day",
                "TOO_LATE",
                f"开始日期最多可早于今天 {BACKDATED.days} 天。",
                f"The first day may lie at most {BACKDATED.days} days back.",
            )
        )
    if faults:
        raise invalid(*faults)


def pushes(returned_on: date, behind: Iterable[tuple[UUID, Window]]) -> list[Push]:
    """Which bookings a return on that day pushes: they begin on the next day, or fall away when none is left.

    Their last days stay: to move those might collide with a third booking, which nobody has agreed to.
    """
    found = []
    for booking_id, window in sorted(behind, key=lambda one: one[1]):
        if window.first > returned_on:
            continue
        start = returned_on + timedelta(days=1)
        found.append(Push(booking_id, Window(start, window.last) if start <= window.last else None))
    return found
