"""When a guarantee is warned about: pure."""

from __future__ import annotations

from datetime import date, timedelta

ALERTS = (30, 7, 1)
"""Days before the last day of validity on which its beneficiary is warned."""


def looks(valid_until: date) -> list[date]:
    """The days on which the clock looks at it: each alert, and the day after the last one."""
    return [*(valid_until - timedelta(days=days) for days in ALERTS), valid_until + timedelta(days=1)]


def alert(valid_until: date, today: date) -> int | None:
    """The narrowest alert that has begun (30, 7 or 1); None when it is earlier than all, or over."""
    left = (valid_until - today).days
    return min((days for days in ALERTS if 0 <= left <= days), default=None)


def is_over(valid_until: date, today: date) -> bool:
    """Valid up to and including its last day."""
    return today > valid_until
