"""What the attendance slice refuses for: a fault of each row of a batch; and what it warns of."""

from __future__ import annotations

from collections.abc import Mapping

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
WARNINGS: Mapping[str, tuple[str, str]] = {
    "LATE": ("该记录上传过晚。", "The swipe was sent long after it happened."),
    "PAPERS_LAPSED": ("该工人的证件在该日已失效。", "The worker's papers did not cover that day."),
    "MONTH_LOCKED": ("该月已结算:记录保留但不计工日。", "Payroll has closed the month: kept, but not counted."),
    "CLOCK_SET_BACK": ("时间早于前一序号的记录。", "Its instant lies before that of the number below."),
    "CLEARED_OUT": ("系统清场记录。", "The site was cleared out."),
    "FORCED_OPEN": ("强制开闸。", "The gate was forced open."),
    "EMERGENCY_LANE": ("经应急通道通过。", "He passed by the emergency lane."),
    "OUTSIDE_GEOFENCE": ("位置在电子围栏之外。", "The position lies outside the geofences."),
    "LOCATION_MOCKED": ("手机报告位置为模拟。", "The phone says that its location is mocked."),
    "ACCURACY_POOR": ("定位精度过差。", "The accuracy of the position is poor."),
    "ACCURACY_TOO_ROUND": ("定位精度为可疑的整数。", "The accuracy is as round as forging programs say."),
    "IMPOSSIBLE_SPEED": ("与前一次打卡之间的速度不可能。", "No one travels so fast from the swipe before."),
    "LOCATION_CONSENT_MISSING": (
        "该工人未单独同意采集位置(个人信息保护法第二十九条):打卡已记录,位置未保存、未核验。",
        "The worker's separate consent to his position is missing (PIPL art 29): position not kept, not judged.",
    ),
}
"""What is odd about a swipe that is taken, by its stable code: zh, en. Remarks of ways come from the rules' data."""
