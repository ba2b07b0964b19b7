"""What the codes slice refuses for."""

from __future__ import annotations

from chassis.errors import NotFound


def table_not_found(name: str) -> NotFound:
    """No such code table."""
    return NotFound(
        "CODE_TABLE_NOT_FOUND",
        zh="没有该代码表。",
        en="There is no such code table.",
        metadata={"table": name},
    )
