"""What the indicators slice refuses for."""

from __future__ import annotations

from chassis.errors import InvalidArgument, Violation, invalid


def span_too_long(most: int) -> InvalidArgument:
    """More days at once than another service answers for."""
    return invalid(
        Violation("query:day_from", "SPAN_TOO_LONG", f"区间不能超过{most}天。", f"At most {most} days at once.")
    )
