"""What the workers slice refuses for."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, InvalidArgument, NotFound, Violation

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


def photo_unreadable() -> InvalidArgument:
    """The bytes are no JPEG or PNG, whatever they are called, or not all of one."""
    return InvalidArgument(
        "PHOTO_UNREADABLE",
        zh="照片无法读取:须为完整的 JPEG 或 PNG 图像。",
        en="The photo cannot be read: it must be a whole JPEG or PNG image.",
    )


def photo_too_many_pixels(most: int) -> InvalidArgument:
    """More than is unpacked: a mistake, or a bomb."""
    return InvalidArgument(
        "PHOTO_TOO_MANY_PIXELS",
        zh=f"照片像素过多,最多 {most} 像素。",
        en=f"The photo has too many pixels; {most} at most.",
        metadata={"limit": str(most)},
    )


def photo_too_small(shortest: int) -> InvalidArgument:
    """Nobody can be recognised on it."""
    return InvalidArgument(
        "PHOTO_TOO_SMALL",
        zh=f"照片过小或过于狭长:短边至少 {shortest} 像素。",
        en=f"The photo is too small or too narrow; its short side needs {shortest} pixels.",
        metadata={"limit": str(shortest)},
    )


def worker_exists(worker_id: UUID) -> AlreadyExists:
    """The employer has registered this person already."""
    return AlreadyExists(
        "WORKER_EXISTS",
        zh="本单位已登记该人员。",
        en="This organisation has registered this person already.",
        metadata={"worker_id": str(worker_id)},
    )
