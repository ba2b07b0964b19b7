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


def more_than_came(index: int, field: str = "quantity") -> InvalidArgument:
    """More is received, accepted or returned than was sent, received or accepted."""
    return invalid(
        Violation(
            f"/lines/{index}/{field}",
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


def line_judged(index: int) -> FailedPrecondition:
    """The line was accepted or rejected before; what is wrong with it now is a return."""
    return FailedPrecondition(
        "LINE_JUDGED",
        zh=f"第 {index + 1} 行已验收,不能重复验收。",
        en=f"Line {index + 1} was judged already.",
        violations=(
            Violation(f"/lines/{index}/line_id", "LINE_JUDGED", zh="该行已验收。", en="This line was judged already."),
        ),
    )


def sample_failed(index: int, number: str) -> FailedPrecondition:
    """Nothing of a line is accepted whose sample failed in the laboratory."""
    return FailedPrecondition(
        "SAMPLE_FAILED",
        zh=f"第 {index + 1} 行的见证取样 {number} 不合格,不能验收。",
        en=f"Sample {number} of line {index + 1} has failed: nothing of the line can be accepted.",
        metadata={"number": number},
    )


def sample_not_found(sample_id: UUID) -> NotFound:
    """The delivery has no such sample."""
    return NotFound(
        "SAMPLE_NOT_FOUND",
        zh="该送货单没有此取样记录。",
        en="The delivery has no such sample.",
        metadata={"sample_id": str(sample_id)},
    )


def sample_taken(number: str) -> AlreadyExists:
    """The delivery has a sample with this number."""
    return AlreadyExists(
        "SAMPLE_NUMBER_TAKEN",
        zh=f"取样编号 {number} 已存在。",
        en=f"There is a sample with the number {number} already.",
        metadata={"number": number},
    )


def certificate_missing() -> InvalidArgument:
    """Goods without a product certificate: neither a number with a hash nor a file on a line."""
    return invalid(
        Violation(
            "/certificate_number",
            "CERTIFICATE_MISSING",
            zh="须提供产品合格证:编号与文件哈希,或在明细行上附合格证文件。",
            en="A product certificate is needed: its number and hash, or a file on a line.",
        )
    )


def replaces_unknown(index: int) -> InvalidArgument:
    """What is to be made good is no line of an earlier delivery for the same line of the order."""
    return invalid(
        Violation(
            f"/lines/{index}/replaces",
            "REPLACED_LINE_UNKNOWN",
            zh="被补货的行不属于同一订单行的既往送货单。",
            en="This is no line of an earlier delivery for the same line of the order.",
        )
    )


def replaces_too_much(index: int, most: str) -> FailedPrecondition:
    """More is made good than was short, rejected or returned and not yet sent again."""
    return FailedPrecondition(
        "REPLACES_TOO_MUCH",
        zh=f"第 {index + 1} 行补货数量超过尚缺数量 {most}。",
        en=f"Line {index + 1} makes good more than the {most} that are missing.",
        metadata={"most": most},
    )


def not_supervisor(state: str) -> FailedPrecondition:
    """The caller's organisation does not supervise the project now, or no work goes on there."""
    return FailedPrecondition(
        "NOT_SUPERVISOR",
        zh=f"本单位当前不是该项目的监理单位,或项目状态为 {state},不能见证。",
        en=f"This organisation does not supervise the project now, or the project is {state}.",
        metadata={"project_state": state},
    )
