"""What the health slice refuses for."""

from __future__ import annotations

from chassis.errors import InvalidArgument, Violation, invalid


def in_future() -> InvalidArgument:
    """What has not happened cannot be recorded."""
    return invalid(
        Violation("/examined_on", "IN_FUTURE", "体检日期不能晚于今天。", "The examination lies in the future.")
    )
