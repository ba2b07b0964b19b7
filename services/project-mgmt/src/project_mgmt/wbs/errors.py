"""Why a schedule file is refused."""

from __future__ import annotations

from collections.abc import Sequence

from chassis.errors import InvalidArgument, PayloadTooLarge, Violation, invalid


def not_well_formed(line: int, column: int) -> InvalidArgument:
    """The bytes are no XML."""
    return InvalidArgument(
        "MSPDI_NOT_WELL_FORMED",
        zh=f"文件不是格式正确的 XML,第 {line} 行第 {column} 列有误。",
        en=f"The file is not well-formed XML; the fault is in line {line}, column {column}.",
        metadata={"line": str(line), "column": str(column)},
    )


def truncated(line: int) -> InvalidArgument:
    """The file ends in the middle."""
    return InvalidArgument(
        "MSPDI_TRUNCATED",
        zh=f"文件不完整,在第 {line} 行中断;请重新导出后上传。",
        en=f"The file is cut off in line {line}; export it again and send all of it.",
        metadata={"line": str(line)},
    )


def forbidden(what: str) -> InvalidArgument:
    """A DTD or an entity: the way to XML bombs and to reading the server's files."""
    return InvalidArgument(
        "XML_FORBIDDEN",
        zh=f"出于安全原因,文件中不允许出现 {what}。",
        en=f"For safety's sake the file may not hold a {what}.",
        metadata={"what": what},
    )


def wrong_encoding() -> InvalidArgument:
    """The XML declaration names an encoding that the reader does not know."""
    return InvalidArgument(
        "XML_ENCODING",
        zh="文件编码无法识别,请使用 UTF-8。",
        en="The file's encoding is unknown; use UTF-8.",
    )


def wrong_root(found: str) -> InvalidArgument:
    """XML, but no MSPDI."""
    return InvalidArgument(
        "MSPDI_WRONG_NAMESPACE",
        zh=f"这不是 Microsoft Project XML(MSPDI)文件:根元素为 {found}。",
        en=f"This is no Microsoft Project XML (MSPDI) file: its root element is {found}.",
        metadata={"root": found},
    )


def no_tasks() -> InvalidArgument:
    """A project file without any task."""
    return InvalidArgument("MSPDI_EMPTY", zh="文件中没有任何任务。", en="The file holds no task.")


def too_large(what: str, limit: int) -> PayloadTooLarge:
    """More tasks, elements or depth than the reader takes."""
    return PayloadTooLarge(
        "MSPDI_TOO_LARGE",
        zh=f"文件过大:{what} 超过上限 {limit}。",
        en=f"The file is too large: more {what} than {limit}.",
        metadata={"what": what, "limit": str(limit)},
    )


def faulty(violations: Sequence[Violation]) -> InvalidArgument:
    """Tasks with faults; every fault is named by its place in the file."""
    return InvalidArgument(
        "MSPDI_INVALID",
        zh="文件中的任务有误,详见 errors。",
        en="Some tasks of the file are wrong; see errors.",
        violations=violations,
    )


def too_many_tasks(limit: int) -> InvalidArgument:
    """More tasks asked for at once than are answered."""
    zh, en = f"一次最多查询 {limit} 个任务。", f"At most {limit} tasks are asked for at once."
    return invalid(Violation("/uids", "TOO_MANY_TASKS", zh=zh, en=en))
