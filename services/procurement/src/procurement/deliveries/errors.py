"""What the deliveries slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

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


def delivery_not_found(delivery_id: UUID) -> NotFound:
    """No such delivery, or not one of the caller's."""
    return NotFound(
        "DELIVERY_NOT_FOUND",
        zh="未找到该送货单。",
        en="There is no such delivery.",
        metadata={"delivery_id": str(delivery_id)},
    )


def note_taken(number: str) -> AlreadyExists:
    """The supplier has a delivery note with this number."""
    return AlreadyExists(
        "DELIVERY_NOTE_TAKEN",
        zh=f"送货单编号 {number} 已存在。",
        en=f"There is a delivery note with the number {number} already.",
        metadata={"note_number": number},
    )


def unknown_lines(pointers: list[str]) -> InvalidArgument:
    """Lines that do not belong to the order or delivery."""
    return invalid(
        *(
            Violation(pointer, "LINE_UNKNOWN", zh="该行不属于此单据。", en="This line does not belong to the document.")
            for pointer in pointers
        )
    )


def more_than_came(index: int) -> InvalidArgument:
    """More is accepted or returned than was delivered or accepted."""
    return invalid(
        Violation(
            f"/lines/{index}/quantity",
            "MORE_THAN_CAME",
            zh="数量超过送达或已验收数量。",
            en="More than came or was accepted.",
        )
    )


def reason_missing(index: int) -> InvalidArgument:
    """Less than all is accepted without a reason."""
    return invalid(
        Violation(
            f"/lines/{index}/reason", "REASON_MISSING", zh="未全部验收时须说明原因。", en="Say why not all is accepted."
        )
    )


def lines_missing() -> InvalidArgument:
    """An acceptance that does not judge every line of the delivery."""
    return invalid(
        Violation(
            "/lines",
            "LINES_MISSING",
            zh="须对送货单的每一行作出验收。",
            en="Every line of the delivery must be judged.",
        )
    )


def not_on_site(state: str) -> FailedPrecondition:
    """The buyer is no party of the project any more, or no work goes on there."""
    return FailedPrecondition(
        "PROJECT_NOT_OPEN",
        zh=f"项目当前状态为 {state},或本单位已不是参建方,不能验收。",
        en=f"The project is {state} or this organisation takes no part in it any more; nothing can be accepted.",
        metadata={"project_state": state},
    )


def not_yours(action: str) -> PermissionDenied:
    """The caller sees the delivery, but this verb belongs to the other side."""
    return PermissionDenied(
        "OTHER_SIDE",
        zh=f"操作 {action} 只能由另一方执行。",
        en=f"Only the other side may do {action}.",
        metadata={"action": action},
    )
