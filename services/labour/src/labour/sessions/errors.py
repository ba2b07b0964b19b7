"""What the sessions slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, invalid

NOT_ENROLLED = Violation("worker_id", "WORKER_NOT_ENROLLED", zh="未报名该班次。", en="Not enrolled in this session.")
WORKER_TWICE = Violation("worker_id", "DUPLICATE_IN_BATCH", zh="在本批中重复。", en="It stands in the batch twice.")
WORKER_NOT_FOUND = Violation("worker_id", "WORKER_NOT_FOUND", zh="未找到该工人。", en="There is no such worker.")
NOT_ASSIGNED = Violation(
    "worker_id", "WORKER_NOT_ASSIGNED", zh="该工人未安排到本项目。", en="Not assigned to the session's project."
)


def session_not_found(session_id: UUID) -> NotFound:
    """No such session, or not one that the caller may see."""
    return NotFound(
        "SESSION_NOT_FOUND",
        zh="未找到该培训班次。",
        en="There is no such training session.",
        metadata={"session_id": str(session_id)},
    )


def not_open_to(session_id: UUID) -> FailedPrecondition:
    """The session is for the organiser's own workers."""
    return FailedPrecondition(
        "SESSION_NOT_OPEN",
        zh="该班次仅限主办单位自己的工人。",
        en="This session is for the organiser's own workers.",
        metadata={"session_id": str(session_id)},
    )


def too_many_hours(most: Decimal) -> InvalidArgument:
    """A session has more hours than its course or than it lasts."""
    return invalid(
        Violation(
            "/hours", "HOURS_TOO_MANY", zh=f"学时不能超过 {most}。", en=f"At most {most} hours fit: course and length."
        )
    )


def too_early(what: str, at: datetime) -> FailedPrecondition:
    """A session cannot be held before it begins, nor closed before it ends."""
    return FailedPrecondition(
        "SESSION_TOO_EARLY",
        zh=f"须在 {at.isoformat()} 之后执行 {what}。",
        en=f"{what} is possible from {at.isoformat()} on.",
        metadata={"action": what, "from": at.isoformat()},
    )


def attendance_open(found: Sequence[tuple[UUID, str]]) -> FailedPrecondition:
    """Somebody who came has no check-out or no score; closing would have to guess."""
    return FailedPrecondition(
        "ATTENDANCE_INCOMPLETE",
        zh=f"{len(found)} 名到场人员缺少签退或成绩,不能结班。",
        en=f"{len(found)} of those who came have no check-out or no score; the session cannot be closed.",
        metadata={"workers": ",".join(f"{worker_id} {why}" for worker_id, why in found[:20])},
    )


def overlaps(other: UUID) -> Violation:
    """The worker is in another session at that time."""
    return Violation(
        "worker_id",
        "SESSION_OVERLAPS",
        zh=f"与该工人已报名的班次 {other} 时间重叠。",
        en=f"It overlaps with session {other}, in which this worker is enrolled.",
    )


def told_otherwise(field: str) -> Violation:
    """A value that stands is not overwritten without a reason."""
    return Violation(
        field,
        "ATTENDANCE_RECORDED",
        zh="已登记为其他值;如需更正,请填写 correction。",
        en="Another value stands; say in `correction` why it is to be changed.",
    )
