"""What the attendance slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, NotFound
from labour.attendance.rules import RowFault


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
    """Gates belong to the general contractor."""
    return FailedPrecondition(
        "NOT_GENERAL_CONTRACTOR",
        zh="只有该项目的总承包单位可以登记闸机设备。",
        en="Only the general contractor of the project registers gate devices.",
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


NOT_ASSIGNED = RowFault(
    "worker_id",
    "WORKER_NOT_ASSIGNED",
    "该工人不存在或未安排到本项目。",
    "There is no such worker, or he is not assigned to this project.",
)
NOT_ENTERED = RowFault(
    "worker_id",
    "WORKER_NOT_ENTERED",
    "该工人在该日未进场或已退场。",
    "On that day the worker had not entered the project, or had left it.",
)
FUTURE = RowFault("at", "IN_FUTURE", "考勤时间不能晚于现在。", "The swipe lies in the future.")
TOO_OLD = RowFault("at", "TOO_OLD", "考勤时间过早,超出可补传的期限。", "The swipe is older than what is still taken.")
SEQUENCE_REUSED = RowFault(
    "sequence",
    "SEQUENCE_REUSED",
    "该设备序号已用于内容不同的考勤记录。",
    "The device has used this sequence number for another swipe.",
)
