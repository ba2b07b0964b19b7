"""What scorecards refuse for."""

from __future__ import annotations

from chassis.errors import InvalidArgument, Violation, invalid


def period_backwards() -> InvalidArgument:
    """The last day of the period is before the first."""
    return invalid(
        Violation(
            "query:last_day", "DATES_BACKWARDS", zh="截止日期早于起始日期。", en="The last day is before the first."
        )
    )
