"""What the catalogue refuses for."""

from __future__ import annotations

from chassis.errors import MalformedRequest, NotFound, PayloadTooLarge


def material_not_found(code: str) -> NotFound:
    """No material has this code."""
    return NotFound(
        "MATERIAL_NOT_FOUND", zh=f"材料目录中没有编码 {code}。", en=f"The catalogue has no material {code}."
    )


def unreadable(why: str) -> MalformedRequest:
    """Not a catalogue file at all."""
    return MalformedRequest(
        "CSV_UNREADABLE", zh=f"无法读取该 CSV 文件:{why}", en=f"This is not a catalogue file: {why}"
    )


def too_many(limit: int) -> PayloadTooLarge:
    """More rows than are taken at once."""
    return PayloadTooLarge(
        "TOO_MANY_ROWS",
        zh=f"一次最多导入 {limit} 行。",
        en=f"At most {limit} rows are taken at once.",
        metadata={"limit": str(limit)},
    )
