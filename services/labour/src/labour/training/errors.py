"""What the training slice refuses for."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from chassis.errors import AlreadyExists, NotFound


def project_not_found(project_id: UUID) -> NotFound:
    """No such project, or not one in which the caller takes part."""
    return NotFound(
        "PROJECT_NOT_FOUND",
        zh="未找到该项目,或本单位不是其参建方。",
        en="There is no such project in which this organisation takes part.",
        metadata={"project_id": str(project_id)},
    )


def duty_told(since: date) -> AlreadyExists:
    """A duty of this day is on record."""
    return AlreadyExists(
        "DUTY_EXISTS",
        zh=f"已登记自 {since} 起的岗位职责。",
        en=f"A duty from {since} on is on record already.",
        metadata={"since": since.isoformat()},
    )
