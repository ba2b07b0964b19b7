"""What the geofences slice refuses for, beside what devices say of the general contractor."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import FailedPrecondition, NotFound


def geofence_not_found(geofence_id: UUID) -> NotFound:
    """No such geofence of the caller's."""
    return NotFound(
        "GEOFENCE_NOT_FOUND",
        zh="未找到该电子围栏。",
        en="There is no such geofence.",
        metadata={"geofence_id": str(geofence_id)},
    )


def ended(geofence_id: UUID) -> FailedPrecondition:
    """It ended before."""
    return FailedPrecondition(
        "GEOFENCE_ENDED",
        zh="该电子围栏已停用。",
        en="The geofence has ended already.",
        metadata={"geofence_id": str(geofence_id)},
    )
