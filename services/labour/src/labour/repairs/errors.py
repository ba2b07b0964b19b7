"""What the repairs slice refuses for, beside INVALID_STATE: whole calls, and faults of rows."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import FailedPrecondition, NotFound, Violation
from labour.attendance.rules import RowFault


def repair_not_found(repair_id: UUID) -> NotFound:
    """No such repair, or not one that the caller may see."""
    return NotFound(
        "REPAIR_NOT_FOUND",
        zh="未找到该补卡申请。",
        en="There is no such repair.",
        metadata={"repair_id": str(repair_id)},
    )


def not_the_proposer(repair_id: UUID) -> FailedPrecondition:
    """Only the organisation that proposed it takes it back."""
    return FailedPrecondition(
        "NOT_THE_PROPOSER",
        zh="只有提出申请的单位可以撤回。",
        en="Only the organisation that proposed the repair withdraws it.",
        metadata={"repair_id": str(repair_id)},
    )


UNKNOWN = RowFault("", "REPAIR_NOT_FOUND", "未找到该补卡申请。", "There is no such repair on this project.")
SAME_PERSON = RowFault(
    "", "SAME_PERSON", "补卡须由申请人以外的人确认。", "A repair is approved by another person than who proposed it."
)
DECIDED = RowFault("", "INVALID_STATE", "该补卡申请已处理。", "The repair has been decided or withdrawn.")
MONTH_LOCKED = RowFault("at", "MONTH_LOCKED", "该月考勤已锁定(工资已批准)。", "Payroll has closed the month.")
ALREADY_PROPOSED = RowFault("at", "REPAIR_STANDS", "同一补卡已提出或已确认。", "The same repair stands already.")
NO_TIME = Violation("came_at", "TIME_MISSING", "须填写进场或出场时间。", "A time of coming or of going is needed.")
TIME_INVALID = ("TIME_PARSING", "应为时间,例如 08:30", "a time is needed, e.g. 08:30")
NAME_DIFFERS = Violation(
    "worker_name", "WORKER_NAME_DIFFERS", "与登记的工人姓名不一致。", "The worker is registered under another name."
)
DAY_TWICE = Violation(
    "day", "DUPLICATE_IN_BATCH", "与文件中前面的一行重复。", "An earlier row of the file says the same."
)
