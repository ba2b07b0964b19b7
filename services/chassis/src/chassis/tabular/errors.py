"""Why a file is not taken at all; what is wrong with one row is the aggregate's to say."""

from __future__ import annotations

from chassis.errors import MalformedRequest, PayloadTooLarge, Unavailable


def unreadable(kind: str, why: str) -> MalformedRequest:
    """Not a table of this kind (CSV, XLSX): CSV_UNREADABLE, XLSX_UNREADABLE."""
    return MalformedRequest(
        f"{kind}_UNREADABLE", zh=f"无法读取该 {kind} 文件:{why}", en=f"This {kind} file cannot be read: {why}"
    )


def too_many(limit: int) -> PayloadTooLarge:
    """More rows than are taken at once."""
    return PayloadTooLarge(
        "TOO_MANY_ROWS",
        zh=f"一次最多导入 {limit} 行。",
        en=f"At most {limit} rows are taken at once.",
        metadata={"limit": str(limit)},
    )


def inflates_too_much() -> PayloadTooLarge:
    """An archive that grows beyond what any honest workbook does (a zip bomb)."""
    return PayloadTooLarge(
        "FILE_INFLATES_TOO_MUCH",
        zh="文件解压后过大,已拒绝读取。",
        en="The file inflates beyond what is read.",
    )


def too_many_to_write(limit: int) -> PayloadTooLarge:
    """A list that is too long for a workbook."""
    return PayloadTooLarge(
        "TOO_MANY_ROWS",
        zh=f"XLSX 一次最多导出 {limit} 行,请缩小筛选范围或改用 CSV。",
        en=f"An XLSX file takes {limit} rows; narrow the list, or take CSV.",
        metadata={"limit": str(limit)},
    )


def broken_off() -> Unavailable:
    """A page of the list could not be read any more (a token has run out, the database is away)."""
    return Unavailable(
        "EXPORT_BROKEN_OFF",
        zh="导出中断,请重试。",
        en="The export broke off; try again.",
        retry_after=2.0,
    )
