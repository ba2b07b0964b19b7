"""What the privacy slice refuses for."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, NotFound


def erasure_not_found(erasure_id: UUID) -> NotFound:
    """No such request, or not of one of the caller's workers."""
    return NotFound(
        "ERASURE_NOT_FOUND",
        zh="未找到该删除请求。",
        en="There is no such request for erasure.",
        metadata={"erasure_id": str(erasure_id)},
    )


def erasure_waits(erasure_id: UUID) -> AlreadyExists:
    """The worker has asked already, and the law still keeps something."""
    return AlreadyExists(
        "ERASURE_REQUESTED",
        zh="该工人的删除请求已在处理中。",
        en="Erasure of this worker has been requested already.",
        metadata={"erasure_id": str(erasure_id)},
    )
