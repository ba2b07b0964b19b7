"""What evidence refuses for."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import NotFound


def evidence_not_found(worker_id: UUID) -> NotFound:
    """No chain of this worker in the month on the project, or none that the caller may see."""
    return NotFound(
        "EVIDENCE_NOT_FOUND",
        zh="未找到该工人当月的证据链。",
        en="There is no chain of evidence of this worker in the month.",
        metadata={"worker_id": str(worker_id)},
    )
