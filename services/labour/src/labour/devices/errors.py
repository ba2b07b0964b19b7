"""What the devices slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, NotFound


def device_not_found(device_id: UUID) -> NotFound:
    """No such device, or not one that the caller may see or send for."""
    return NotFound(
        "DEVICE_NOT_FOUND",
        zh="未找到该闸机设备。",
        en="There is no such device.",
        metadata={"device_id": str(device_id)},
    )


def project_not_found(project_id: UUID) -> NotFound:
    """The caller is no party of such a project."""
    return NotFound(
        "PROJECT_NOT_FOUND",
        zh="未找到该项目,或本单位不是其参建方。",
        en="There is no such project in which this organisation takes part.",
        metadata={"project_id": str(project_id)},
    )


def not_the_general_contractor(project_id: UUID, roles: frozenset[str]) -> FailedPrecondition:
    """Attendance of a project is run by its general contractor."""
    return FailedPrecondition(
        "NOT_GENERAL_CONTRACTOR",
        zh="只有该项目的总承包单位可以管理考勤设备、围栏、休息规则并确认补卡。",
        en="Only the general contractor of the project runs devices, geofences and breaks, and confirms repairs.",
        metadata={"project_id": str(project_id), "roles": ",".join(sorted(roles)), "needed": "general_contractor"},
    )


def name_taken(name: str) -> AlreadyExists:
    """The project has a device of this name."""
    return AlreadyExists(
        "DEVICE_NAME_TAKEN",
        zh=f"本项目已有名为 {name} 的设备。",
        en=f"The project has a device named {name} already.",
        metadata={"name": name},
    )
