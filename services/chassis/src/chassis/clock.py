"""Time as a dependency (design rule 18). Instants are UTC; days and months are those of Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")


class Clock(Protocol):
    """What tells the time."""

    def now(self) -> datetime:
        """The instant, timezone-aware, UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The instant in UTC."""
        return datetime.now(UTC)


class FrozenClock:
    """A clock that stands still until told otherwise; for tests."""

    def __init__(self, instant: datetime) -> None:
        self._instant = instant

    def now(self) -> datetime:
        """The frozen instant."""
        return self._instant

    def advance(self, by: timedelta) -> None:
        """Move the hands forward."""
        self._instant += by


def today(clock: Clock) -> date:
    """The calendar day in Asia/Shanghai, in which days and deadlines are counted."""
    return shanghai_day(clock.now())


def shanghai_day(instant: datetime) -> date:
    """The calendar day in Asia/Shanghai of an instant."""
    return instant.astimezone(SHANGHAI).date()


def day_begins(day: date) -> datetime:
    """The first instant of a day in Asia/Shanghai, in UTC."""
    return datetime.combine(day, time(), SHANGHAI).astimezone(UTC)
