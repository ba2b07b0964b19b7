"""What evidence refuses for."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import NotFound


def evidence_not_found(of: UUID) -> NotFound:
    """No chain of this worker or employer in the month on the project, or none that the caller may see."""
    return NotFound(
        "EVIDENCE_NOT_FOUND",
        zh="未找到当月的证据链。",
        en="There is no chain of evidence in the month.",
        metadata={"of": str(of)},
    )
