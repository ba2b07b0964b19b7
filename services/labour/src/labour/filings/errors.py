"""What filings are refused for, beside INVALID_STATE."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import NotFound


def filing_not_found(filing_id: UUID) -> NotFound:
    """No such filing, or one that the caller may not see or repeat."""
    return NotFound(
        "FILING_NOT_FOUND",
        zh="未找到该上报记录。",
        en="There is no such filing.",
        metadata={"filing_id": str(filing_id)},
    )
