"""What the payrolls slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Violation


def payroll_not_found(payroll_id: UUID) -> NotFound:
    """No such payroll, or not one that the caller may see."""
    return NotFound(
        "PAYROLL_NOT_FOUND",
        zh="未找到该工资表。",
        en="There is no such payroll.",
        metadata={"payroll_id": str(payroll_id)},
    )


def line_not_found(line_id: UUID) -> NotFound:
    """No such line, or not one that the caller may see."""
    return NotFound(
        "PAYROLL_LINE_NOT_FOUND",
        zh="未找到该工资明细。",
        en="There is no such payroll line.",
        metadata={"line_id": str(line_id)},
    )


def payroll_exists(month: date) -> AlreadyExists:
    """The month has its sheet."""
    return AlreadyExists(
        "PAYROLL_EXISTS",
        zh=f"{month:%Y-%m} 的工资表已存在;更正或补发请另立。",
        en=f"There is a payroll of {month:%Y-%m} already; a correction or arrears is a run of its own.",
        metadata={"month": month.isoformat()},
    )


def project_not_found(project_id: UUID) -> NotFound:
    """The caller brings no workers to such a project, or it has no general contractor who pays."""
    return NotFound(
        "PROJECT_NOT_FOUND",
        zh="未找到该项目,或本单位不是其用工单位。",
        en="There is no such project to which this organisation brings workers.",
        metadata={"project_id": str(project_id)},
    )


def no_payer(project_id: UUID) -> FailedPrecondition:
    """Nobody is there to pay on behalf (总包代发)."""
    return FailedPrecondition(
        "GENERAL_CONTRACTOR_MISSING",
        zh="该项目没有总承包单位,无法代发工资。",
        en="The project has no general contractor who could pay.",
        metadata={"project_id": str(project_id)},
    )


def month_ahead() -> InvalidArgument:
    """The month has not begun."""
    return InvalidArgument(
        "MONTH_AHEAD",
        zh="该月份尚未开始。",
        en="The month has not begun.",
        violations=(Violation("/month", "MONTH_AHEAD", zh="该月份尚未开始。", en="The month has not begun."),),
    )


def month_locked(month: date) -> FailedPrecondition:
    """The month's payroll is approved."""
    return FailedPrecondition(
        "MONTH_LOCKED",
        zh=f"{month:%Y-%m} 的工资表已批准,该月已锁定;请使用更正或补发。",
        en=f"The payroll of {month:%Y-%m} is approved and the month locked: use a correction or arrears.",
        metadata={"month": month.isoformat()},
    )


def not_locked(payroll_id: UUID) -> FailedPrecondition:
    """Only what is approved is corrected by a run of its own."""
    return FailedPrecondition(
        "PAYROLL_NOT_APPROVED",
        zh="原工资表尚未批准,请直接修改,无需更正。",
        en="That payroll is not approved; change it instead of correcting it.",
        metadata={"payroll_id": str(payroll_id)},
    )


def nothing_to_pay() -> FailedPrecondition:
    """A sheet without lines, or without a signed one."""
    return FailedPrecondition("NOTHING_TO_PAY", zh="工资表中没有可处理的明细。", en="The payroll has no such lines.")


def lines_at_fault(lines: int) -> FailedPrecondition:
    """Lines that no contract covers."""
    return FailedPrecondition(
        "LINES_AT_FAULT",
        zh=f"有 {lines} 条明细缺少有效合同或计件单位不符 (fault),请补全后重新编制。",
        en=f"{lines} lines have days or pieces that no contract covers (fault); mend that and draft the sheet anew.",
        metadata={"lines": str(lines)},
    )


def days_changed(lines: int) -> FailedPrecondition:
    """Attendance has moved on since the sheet was drafted."""
    return FailedPrecondition(
        "DAYS_CHANGED",
        zh=f"有 {lines} 条明细的工日与考勤不一致,请取消后重新编制。",
        en=f"The worker days of {lines} lines are not those of attendance any more; cancel and draft the sheet anew.",
        metadata={"lines": str(lines)},
    )


def below_zero(pointers: Iterable[str]) -> InvalidArgument:
    """More is taken off than there is."""
    return InvalidArgument(
        "INVALID_ARGUMENT",
        zh="扣款超过应发工资。",
        en="More is deducted than the wage has.",
        violations=tuple(
            Violation(one, "BELOW_ZERO", zh="扣款超过应发工资。", en="More is deducted than the wage has.")
            for one in pointers
        ),
    )


def four_eyes() -> PermissionDenied:
    """Who has checked or prepared it does not approve it."""
    return PermissionDenied(
        "FOUR_EYES", zh="审核人与批准人不得为同一人。", en="Who has checked it may not approve it, too."
    )


def not_yours(action: str) -> PermissionDenied:
    """The caller sees the sheet, but this verb belongs to the other side."""
    return PermissionDenied(
        "OTHER_SIDE",
        zh=f"操作 {action} 只能由另一方执行。",
        en=f"Only the other side of the payroll may do {action}.",
        metadata={"action": action},
    )


def changed() -> FailedPrecondition:
    """The line is not what the worker has read."""
    return FailedPrecondition(
        "DOCUMENT_CHANGED",
        zh="工资明细已变更,请重新阅读后签字。",
        en="The line has changed since it was read; read it again and sign that.",
    )


def adjustment_too_late() -> FailedPrecondition:
    """The sheet has been checked: what is right to add is a correction of its own."""
    return FailedPrecondition(
        "ADJUSTMENT_TOO_LATE",
        zh="工资表已审核,不能再改;请另立更正或补发。",
        en="The sheet has been checked and does not change any more: add a correction or arrears of its own.",
    )


def no_slip(line_id: UUID) -> FailedPrecondition:
    """Slips come after approval."""
    return FailedPrecondition(
        "SLIP_NOT_READY",
        zh="工资表批准后方可查看工资条。",
        en="The slip is there once the payroll is approved.",
        metadata={"line_id": str(line_id)},
    )


def still_drafting(payroll_id: UUID) -> FailedPrecondition:
    """Some lines are not there yet."""
    return FailedPrecondition(
        "PAYROLL_DRAFTING",
        zh="工资表正在编制,请稍后再打印。",
        en="The payroll is still being drafted; print it when all its lines are there.",
        metadata={"payroll_id": str(payroll_id)},
    )
