"""What the workers slice refuses for."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, NotFound, Violation

EARLIER_ROW = Violation(
    "",
    "DUPLICATE_IN_BATCH",
    zh="与文件中前面的一行重复。",
    en="An earlier row of the file has the same.",
)


def worker_not_found(worker_id: UUID) -> NotFound:
    """No such worker, or not one of the caller's."""
    return NotFound(
        "WORKER_NOT_FOUND",
        zh="未找到该工人。",
        en="There is no such worker.",
        metadata={"worker_id": str(worker_id)},
    )


def photo_not_found(worker_id: UUID) -> NotFound:
    """There is no head image of this worker."""
    return NotFound(
        "PHOTO_NOT_FOUND",
        zh="该工人没有照片。",
        en="There is no photo of this worker.",
        metadata={"worker_id": str(worker_id)},
    )


def worker_exists(worker_id: UUID) -> AlreadyExists:
    """The employer has registered this person already."""
    return AlreadyExists(
        "WORKER_EXISTS",
        zh="本单位已登记该人员。",
        en="This organisation has registered this person already.",
        metadata={"worker_id": str(worker_id)},
    )
