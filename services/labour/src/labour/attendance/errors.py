"""What the attendance slice refuses for: a fault of each row of a batch."""

from __future__ import annotations

from labour.attendance.rules import RowFault

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
WAY_NOT_OFFERED = RowFault(
    "attend_type",
    "WAY_NOT_OFFERED",
    "此类设备不支持该考勤方式。",
    "A device of this kind does not offer this way of attendance.",
)
WRONG_WAY_ROUND = RowFault(
    "direction",
    "DIRECTION_NOT_OF_WAY",
    "该考勤方式只用于另一方向。",
    "This way of attendance is for the other direction only.",
)
LOCATION_MISSING = RowFault(
    "location",
    "LOCATION_MISSING",
    "手机考勤须附定位。",
    "A swipe of a phone says where it was made.",
)
