"""What the orders slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Sequence
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
from procurement.orders.rules import DirectLimit


def order_not_found(order_id: UUID) -> NotFound:
    """No such order, or not one of the caller's."""
    return NotFound(
        "ORDER_NOT_FOUND",
        zh="未找到该订单。",
        en="There is no such order.",
        metadata={"order_id": str(order_id)},
    )


def project_not_found(project_id: UUID) -> NotFound:
    """The buyer is no party of such a project."""
    return NotFound(
        "PROJECT_NOT_FOUND",
        zh="未找到该项目,或本单位不是其参建方。",
        en="There is no such project in which this organisation takes part.",
        metadata={"project_id": str(project_id)},
    )


def number_taken(number: str) -> AlreadyExists:
    """The buyer has an order with this number."""
    return AlreadyExists(
        "ORDER_NUMBER_TAKEN",
        zh=f"订单编号 {number} 已存在。",
        en=f"There is an order with the number {number} already.",
        metadata={"number": number},
    )


def unknown_materials(lines: Sequence[tuple[int, str, str]]) -> InvalidArgument:
    """Lines (index, code, unit) whose material is not in the catalogue or is not measured in the unit."""
    return invalid(
        *(
            Violation(
                f"/lines/{index}/material_code",
                "MATERIAL_UNIT_UNKNOWN",
                zh=f"材料目录中没有以 {unit} 计量的材料 {code}。",
                en=f"The catalogue has no material {code} measured in {unit}.",
            )
            for index, code, unit in lines
        )
    )


def total_too_large() -> InvalidArgument:
    """With these lines the order's total is more than can be kept."""
    return invalid(Violation("/lines", "TOTAL_TOO_LARGE", zh="订单总额过大。", en="The order's total is too large."))


def own_supplier() -> InvalidArgument:
    """An organisation cannot buy from itself."""
    return invalid(
        Violation(
            "/supplier_id",
            "SUPPLIER_IS_BUYER",
            zh="供应商不能是采购方本身。",
            en="The supplier cannot be the buyer.",
        )
    )


def not_yours(action: str) -> PermissionDenied:
    """The caller sees the order, but this verb belongs to the other side."""
    return PermissionDenied(
        "OTHER_SIDE",
        zh=f"操作 {action} 只能由订单的另一方执行。",
        en=f"Only the other side of the order may do {action}.",
        metadata={"action": action},
    )


def over_quantity(index: int, asked: Decimal, most: Decimal) -> FailedPrecondition:
    """More than the order line still takes, tolerance included."""
    values = {"asked": decimal_text(asked), "most": decimal_text(most)}
    return FailedPrecondition(
        "OVER_QUANTITY",
        zh=f"第 {index + 1} 行送货数量 {values['asked']} 超出订单允许的剩余数量 {values['most']}。",
        en=f"Line {index + 1} delivers {values['asked']}; the order still takes {values['most']}.",
        metadata=values,
        violations=(
            Violation(
                f"/lines/{index}/quantity", "OVER_QUANTITY", zh="超出可送数量。", en="More than may be delivered."
            ),
        ),
    )


def origin_fixed(origin: str) -> FailedPrecondition:
    """What an award or agreement made is not the buyer's to rewrite."""
    return FailedPrecondition(
        "ORIGIN_FIXED",
        zh="该订单由定标或协议生成,内容不可修改;请取消后重新生成。",
        en="An award or agreement made this order; cancel it and make another one instead of revising it.",
        metadata={"origin": origin},
    )


def direct_reason_missing() -> FailedPrecondition:
    """Bought without competition, and nobody says why."""
    return FailedPrecondition(
        "DIRECT_REASON_MISSING",
        zh="直接采购须说明理由 (direct_reason)。",
        en="A direct purchase needs its reason (direct_reason).",
        violations=(
            Violation(
                "/direct_reason", "DIRECT_REASON_MISSING", zh="请说明直接采购的理由。", en="Say why it is direct."
            ),
        ),
    )


def direct_limit_exceeded(total: Decimal, limit: DirectLimit) -> FailedPrecondition:
    """More than may be bought without competition."""
    asked, most = decimal_text(total), decimal_text(limit.amount)
    return FailedPrecondition(
        "DIRECT_LIMIT_EXCEEDED",
        zh=f"订单金额 {asked} 超过直接采购限额 {most} {limit.currency}。依据:{limit.source}。",
        en=f"The order's total {asked} is over the direct limit of {most} {limit.currency}. By: {limit.source}.",
        metadata={
            "total": asked,
            "limit": most,
            "currency": limit.currency,
            "source": limit.source,
            "valid_from": limit.valid_from.isoformat(),
        },
    )


def change_open(change_id: UUID) -> FailedPrecondition:
    """A change of the order waits for an answer; it must be answered or withdrawn first."""
    return FailedPrecondition(
        "ORDER_CHANGE_OPEN",
        zh="该订单有待处理的变更,请先处理或撤回。",
        en="A change of this order is open; it must be answered or withdrawn first.",
        metadata={"change_id": str(change_id)},
    )


def nothing_left() -> FailedPrecondition:
    """Every line is closed or delivered."""
    return FailedPrecondition(
        "NOTHING_LEFT", zh="订单各行均已送齐或已关闭。", en="Every line is delivered in full or closed already."
    )


def line_closed(position: int) -> FailedPrecondition:
    """The line takes no more deliveries and no changes."""
    return FailedPrecondition(
        "LINE_CLOSED",
        zh=f"第 {position} 行已关闭。",
        en=f"Line {position} is closed.",
        metadata={"position": str(position)},
    )


def unknown_line_id(index: int) -> InvalidArgument:
    """A line that is not one of the order's."""
    return invalid(
        Violation(
            f"/line_ids/{index}",
            "LINE_UNKNOWN",
            zh="该行不属于此订单。",
            en="This line does not belong to the order.",
        )
    )


def unknown_line(index: int) -> InvalidArgument:
    """A line that is not one of the order's."""
    return invalid(
        Violation(
            f"/lines/{index}/line_id",
            "LINE_UNKNOWN",
            zh="该行不属于此订单。",
            en="This line does not belong to the order.",
        )
    )
