"""What the files slice refuses for."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def file_not_found(file_id: UUID) -> NotFound:
    """No such file, or none that was shown to the caller."""
    return NotFound(
        "FILE_NOT_FOUND",
        zh="未找到该文件。",
        en="There is no such file.",
        metadata={"file_id": str(file_id)},
    )


def wrong_content(media_type: str) -> InvalidArgument:
    """The bytes are not what the content type says, e.g. a program that is called .pdf."""
    return InvalidArgument(
        "FILE_TYPE_MISMATCH",
        zh=f"文件内容不是 {media_type}。",
        en=f"The content of the file is not {media_type}.",
        metadata={"media_type": media_type},
    )


def wrong_extension(media_type: str, extensions: Iterable[str]) -> InvalidArgument:
    """The name does not end as files of the content type do."""
    wanted = "、".join(extensions)
    return InvalidArgument(
        "FILE_EXTENSION_MISMATCH",
        zh=f"{media_type} 文件名须以 {wanted} 结尾。",
        en=f"The name of a {media_type} file must end with {wanted.replace('、', ' or ')}.",
        metadata={"media_type": media_type},
        violations=(
            Violation("query:name", "FILE_EXTENSION_MISMATCH", zh="扩展名与类型不符。", en="The extension is wrong."),
        ),
    )


def infected() -> InvalidArgument:
    """The scanner found something; nothing was kept."""
    return InvalidArgument("FILE_INFECTED", zh="文件含有病毒,已拒收。", en="The file is infected and was not taken.")


def quarantined(file_id: UUID) -> FailedPrecondition:
    """The scanner found something after the file was taken: nobody gets it, nothing is built on it."""
    return FailedPrecondition(
        "FILE_INFECTED",
        zh="文件含有病毒,已被隔离。",
        en="The file is infected and is kept in quarantine.",
        metadata={"file_id": str(file_id)},
    )


def file_unknown(pointer: str) -> Violation:
    """An id under which the caller's organisation has uploaded nothing."""
    return Violation(pointer, "FILE_UNKNOWN", zh="本单位没有上传过该文件。", en="This organisation has no such file.")


def unknown_files(pointers: Iterable[str]) -> InvalidArgument:
    """Ids under which the caller's organisation has uploaded nothing."""
    return invalid(*(file_unknown(pointer) for pointer in pointers))
