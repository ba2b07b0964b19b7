"""What changes are refused for, beside INVALID_STATE."""

from __future__ import annotations

from decimal import Decimal
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Violation, invalid
from chassis.values import decimal_text


def change_not_found(change_id: UUID) -> NotFound:
    """No such change of this order, or none that the caller is shown."""
    return NotFound(
        "ORDER_CHANGE_NOT_FOUND",
        zh="未找到该订单变更。",
        en="There is no such change of this order.",
        metadata={"change_id": str(change_id)},
    )


def not_yours(action: str) -> PermissionDenied:
    """This verb belongs to the other side."""
    return PermissionDenied(
        "OTHER_SIDE",
        zh=f"操作 {action} 只能由订单的另一方执行。",
        en=f"Only the other side of the order may do {action}.",
        metadata={"action": action},
    )


def unknown_line(index: int) -> InvalidArgument:
    """Not one of the order's lines, or edited twice."""
    return invalid(
        Violation(
            f"/edits/{index}/line_id",
            "LINE_UNKNOWN",
            zh="该行不属于此订单,或重复出现。",
            en="This line does not belong to the order, or stands twice.",
        )
    )


def nothing_changes(index: int) -> InvalidArgument:
    """The line would stay as it is."""
    return invalid(
        Violation(f"/edits/{index}", "NOTHING_CHANGES", zh="该行没有任何变更。", en="Nothing changes in this line.")
    )


def unknown_material(index: int, code: str, unit: str) -> InvalidArgument:
    """The catalogue does not have it in this unit."""
    return invalid(
        Violation(
            f"/added/{index}/material_code",
            "MATERIAL_UNIT_UNKNOWN",
            zh=f"材料目录中没有以 {unit} 计量的材料 {code}。",
            en=f"The catalogue has no material {code} measured in {unit}.",
        )
    )


def line_closed(position: int) -> FailedPrecondition:
    """Nothing changes any more in a line that is closed."""
    return FailedPrecondition(
        "LINE_CLOSED",
        zh=f"第 {position} 行已关闭。",
        en=f"Line {position} is closed.",
        metadata={"position": str(position)},
    )


def below_delivered(position: int, quantity: Decimal, delivered: Decimal) -> FailedPrecondition:
    """Less than has come already."""
    asked, come = decimal_text(quantity), decimal_text(delivered)
    return FailedPrecondition(
        "CHANGE_BELOW_DELIVERED",
        zh=f"第 {position} 行已送货 {come},变更后的数量 {asked} 不得少于已送数量。",
        en=f"Of line {position} {come} is delivered; the quantity cannot be {asked}.",
        metadata={"position": str(position), "delivered": come, "asked": asked},
    )


def price_after_delivery(position: int) -> FailedPrecondition:
    """What has come has come at the price that was agreed."""
    return FailedPrecondition(
        "PRICE_AFTER_DELIVERY",
        zh=f"第 {position} 行已有送货,单价不可变更;请关闭剩余数量并另加一行。",
        en=f"Line {position} has deliveries, so its price stays; close the rest of it and add a line.",
        metadata={"position": str(position)},
    )


def priced_by_agreement() -> FailedPrecondition:
    """Price and items of a call-off are the agreement's."""
    return FailedPrecondition(
        "PRICED_BY_AGREEMENT",
        zh="协议下单的单价由协议确定,不可变更,也不可加行;请另行下单。",
        en="An agreement sets the prices of this order, so they stay and no line is added; call off another order.",
    )
