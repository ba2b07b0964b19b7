"""What papers are refused for."""

from __future__ import annotations

from chassis.errors import FailedPrecondition


def too_long(lines: int, most: int) -> FailedPrecondition:
    """More lines than are typeset at once."""
    return FailedPrecondition(
        "DOCUMENT_TOO_LONG",
        zh=f"该单据有 {lines} 行,最多可生成 {most} 行的 PDF;请改用导出。",
        en=f"The document has {lines} lines; a PDF takes {most}. Export the list instead.",
        metadata={"lines": str(lines), "limit": str(most)},
    )
