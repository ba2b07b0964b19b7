"""What the geofences slice refuses for, beside what devices say of the general contractor."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


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


def no_circle() -> InvalidArgument:
    """A radius with other than one point."""
    return invalid(
        Violation("/points", "CIRCLE_POINTS", "圆形围栏只有一个圆心。", "A circle has one point, its centre.")
    )


def no_polygon() -> InvalidArgument:
    """Neither a radius nor enough points."""
    return invalid(
        Violation("/points", "POLYGON_POINTS", "多边形围栏至少有三个顶点。", "A polygon has at least three points.")
    )
