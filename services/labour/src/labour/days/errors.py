"""What the days slice refuses for."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.errors import InvalidArgument, NotFound, Violation, invalid


def day_not_found(assignment_id: UUID, day: date) -> NotFound:
    """Nothing was recorded that day, or the caller may not see it."""
    return NotFound(
        "WORKER_DAY_NOT_FOUND",
        zh="该日没有考勤记录。",
        en="There is no attendance on that day.",
        metadata={"assignment_id": str(assignment_id), "day": day.isoformat()},
    )


def span_too_long(most: int, pointer: str = "query:last_day") -> InvalidArgument:
    """The list is worked out from raw swipes, or an answer would be too long."""
    return invalid(Violation(pointer, "SPAN_TOO_LONG", f"区间不能超过{most}天。", f"At most {most} days at once."))
