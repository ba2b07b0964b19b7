"""What the invoices slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from uuid import UUID

from chassis.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    Violation,
    invalid,
)
from chassis.values import decimal_text

FAULTS = {
    "LINE_REFERENCE": (
        "蓝字发票行须引用一个订单行或对账行,红字发票行须引用一个蓝字发票行。",
        "A blue line names either an order's or a statement's line, a red one a line of the blue invoice.",
    ),
    "NUMBER_YEAR": ("发票号码前两位与开票年份不符。", "The number's first two digits are not the year of issue."),
    "LINE_SIGN": (
        "蓝字发票数量须为正,红字发票数量与金额须为负。",
        "Lines are positive on a blue invoice, negative on a red one.",
    ),
    "NET_DIFFERS": ("金额与数量乘以单价不符。", "The net amount is not quantity × unit price."),
    "TAX_DIFFERS": ("税额与金额乘以税率不符。", "The tax is not net amount × rate."),
    "GROSS_DIFFERS": ("价税合计不等于金额加税额。", "The gross amount is not net + tax."),
    "NOTHING_BILLED": ("价税合计不得为零。", "An invoice over nothing is none."),
    "TOTAL_DIFFERS": ("合计与各行之和不符。", "The total is not the sum of the lines."),
}


def misprinted(faults: Iterable[tuple[str, str]]) -> InvalidArgument:
    """All (pointer, code) faults of an invoice at once."""
    return invalid(*(Violation(pointer, code, *FAULTS[code]) for pointer, code in faults))


def invoice_not_found(invoice_id: UUID) -> NotFound:
    """No such invoice, or not one of the caller's."""
    return NotFound(
        "INVOICE_NOT_FOUND",
        zh="未找到该发票。",
        en="There is no such invoice.",
        metadata={"invoice_id": str(invoice_id)},
    )


def number_taken(number: str) -> AlreadyExists:
    """The seller has entered this number already; other sellers' invoices are never looked at."""
    return AlreadyExists(
        "INVOICE_NUMBER_TAKEN",
        zh=f"发票号码 {number} 已登记。",
        en=f"The invoice {number} has been entered already.",
        metadata={"number": number},
    )


def issue_date() -> InvalidArgument:
    """In the future, or before there were invoices of this kind."""
    return invalid(
        Violation(
            "/issue_date",
            "ISSUE_DATE_OUT_OF_RANGE",
            zh="开票日期不得晚于今天,也不得早于数电发票启用之日。",
            en="The day of issue must not lie ahead, nor before these invoices were introduced.",
        )
    )


def unknown_line(index: int, field: str) -> InvalidArgument:
    """A line that does not exist, or that is not of an order which the caller supplies."""
    return invalid(
        Violation(
            f"/lines/{index}/{field}",
            "LINE_UNKNOWN",
            zh="没有该行,或其订单的供应商不是本单位。",
            en="There is no such line of an order that this organisation supplies.",
        )
    )


def mixed(index: int) -> InvalidArgument:
    """An invoice is for one buyer, project and currency."""
    return invalid(
        Violation(
            f"/lines/{index}",
            "LINES_MIXED",
            zh="一张发票的各行须属于同一采购方、项目和币种。",
            en="All lines of an invoice are for one buyer, one project and one currency.",
        )
    )


def more_than_accepted(index: int, asked: Decimal, left: Decimal) -> FailedPrecondition:
    """Accepted and not yet billed is less than what the invoice bills."""
    values = {"asked": decimal_text(asked), "left": decimal_text(left)}
    return FailedPrecondition(
        "MORE_THAN_ACCEPTED",
        zh=f"第 {index + 1} 行开票数量 {values['asked']} 超过可开票数量 {values['left']};已列入对账单的按对账行开票。",
        en=f"Line {index + 1} bills {values['asked']}; {values['left']} are accepted and not billed yet. "
        "What stands on a statement is billed by the statement's line.",
        metadata=values,
        violations=(
            Violation(
                f"/lines/{index}/quantity", "MORE_THAN_ACCEPTED", zh="超过可开票数量。", en="More than may be billed."
            ),
        ),
    )


def accepted_meanwhile_less() -> FailedPrecondition:
    """Goods went back after the invoice was entered, so that it bills more than was accepted."""
    return FailedPrecondition(
        "MORE_THAN_ACCEPTED",
        zh="发票开具数量已超过现有验收数量(可能已退货),不能批准。",
        en="The invoice bills more than is accepted by now (goods may have gone back); it cannot be approved.",
    )


def not_agreed(index: int) -> FailedPrecondition:
    """A statement's line that not both sides have agreed to."""
    return FailedPrecondition(
        "LINE_NOT_AGREED",
        zh=f"第 {index + 1} 行所引用的对账行未经双方确认。",
        en=f"Line {index + 1} bills a statement line that is not agreed by both sides.",
        violations=(
            Violation(f"/lines/{index}/statement_line_id", "LINE_NOT_AGREED", zh="未经双方确认。", en="Not agreed."),
        ),
    )


def not_correctable() -> FailedPrecondition:
    """Only an approved blue invoice is corrected; one that is not approved yet can be cancelled."""
    return FailedPrecondition(
        "INVOICE_NOT_CORRECTABLE",
        zh="只能对已批准的蓝字发票开具红字发票。",
        en="Only an approved blue invoice can be corrected by a red one.",
    )


def below_zero(index: int) -> FailedPrecondition:
    """The red invoices of a line would take back more than it billed."""
    return FailedPrecondition(
        "CREDIT_EXCEEDS_INVOICE",
        zh=f"第 {index + 1} 行红字冲销累计超过蓝字发票。",
        en=f"With line {index + 1} more would be taken back than the invoice billed.",
        violations=(Violation(f"/lines/{index}/quantity", "CREDIT_EXCEEDS_INVOICE", zh="冲销过多。", en="Too much."),),
    )


def other_side(action: str) -> PermissionDenied:
    """The caller sees the invoice, but this verb belongs to the other side."""
    return PermissionDenied(
        "OTHER_SIDE",
        zh=f"操作 {action} 只能由发票的另一方执行。",
        en=f"Only the other side of the invoice may do {action}.",
        metadata={"action": action},
    )


def same_eyes() -> PermissionDenied:
    """Whoever entered an invoice does not approve it (四眼原则)."""
    return PermissionDenied(
        "FOUR_EYES", zh="录入人不得批准同一张发票。", en="Whoever entered an invoice may not approve it."
    )


def reason_missing() -> FailedPrecondition:
    """An invoice that does not match is approved with a reason only."""
    return FailedPrecondition(
        "MISMATCH_NEEDS_REASON",
        zh="三单不匹配的发票须说明理由方可批准。",
        en="An invoice that does not match can be approved with a reason only.",
    )
