"""What the records slice refuses for."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import NotFound


def record_not_found(record_id: UUID) -> NotFound:
    """No such record, or not one that the caller may see."""
    return NotFound(
        "RECORD_NOT_FOUND",
        zh="未找到该记录。",
        en="There is no such record.",
        metadata={"record_id": str(record_id)},
    )


def entry_not_found(entry_id: UUID) -> NotFound:
    """No such entry, or one that is published no longer."""
    return NotFound(
        "BLACKLIST_ENTRY_NOT_FOUND",
        zh="未找到该黑名单条目。",
        en="There is no such blacklist entry.",
        metadata={"entry_id": str(entry_id)},
    )
