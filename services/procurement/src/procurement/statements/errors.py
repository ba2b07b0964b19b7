"""What the statements slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Violation, invalid
from chassis.values import decimal_text
from procurement.statements.models import StatementLine


def statement_not_found(statement_id: UUID) -> NotFound:
    """No such statement, or not one of the caller's."""
    return NotFound(
        "STATEMENT_NOT_FOUND",
        zh="未找到该对账单。",
        en="There is no such statement.",
        metadata={"statement_id": str(statement_id)},
    )


def not_a_party() -> InvalidArgument:
    """A statement is drawn up by its buyer or its supplier."""
    return invalid(
        Violation(
            "/buyer_id",
            "NOT_A_PARTY",
            zh="本单位须为对账双方之一。",
            en="The caller's organisation must be the buyer or the supplier.",
        )
    )


def nothing_to_state() -> FailedPrecondition:
    """All that was accepted until the end of the period stands on statements already."""
    return FailedPrecondition(
        "NOTHING_TO_STATE",
        zh="截至该期末没有尚未对账的验收或退货。",
        en="Until the end of the period nothing was accepted or returned that stands on no statement.",
    )


def pieces_taken() -> FailedPrecondition:
    """Somebody else has drawn up a statement over the same pieces in this moment."""
    return FailedPrecondition(
        "PIECES_TAKEN",
        zh="其中的验收数量刚被列入另一份对账单,请重试。",
        en="Some of it has just been put on another statement; try again.",
    )


def period_not_begun() -> InvalidArgument:
    """A month that lies ahead."""
    return invalid(Violation("/period", "PERIOD_NOT_BEGUN", zh="该月份尚未开始。", en="This month has not begun yet."))


def not_yours(action: str) -> PermissionDenied:
    """The caller sees the statement, but this verb belongs to the other side."""
    return PermissionDenied(
        "OTHER_SIDE",
        zh=f"操作 {action} 只能由对账单的另一方执行。",
        en=f"Only the other side of the statement may do {action}.",
        metadata={"action": action},
    )


def unknown_line(pointer: str) -> InvalidArgument:
    """A line that is not one of the statement's."""
    return invalid(
        Violation(pointer, "LINE_UNKNOWN", zh="该行不属于此对账单。", en="This line does not belong to the statement.")
    )


def line_settled(line: StatementLine) -> FailedPrecondition:
    """Both sides have agreed to the line; it stays."""
    return FailedPrecondition(
        "LINE_SETTLED",
        zh=f"第 {line.position} 行双方已确认,不能更改。",
        en=f"Both sides have agreed to line {line.position}; it cannot change any more.",
        metadata={"line_id": str(line.id)},
    )


def beyond_record(pointer: str, line: StatementLine) -> InvalidArgument:
    """More than the site booked, or of the other sign."""
    recorded = decimal_text(line.recorded)
    return invalid(
        Violation(
            pointer,
            "BEYOND_RECORD",
            zh=f"数量须在 0 与现场记录的 {recorded} 之间。",
            en=f"The quantity must lie between 0 and the {recorded} that the site booked.",
        )
    )
