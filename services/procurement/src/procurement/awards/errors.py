"""What the awards slice refuses for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, invalid
from chassis.values import decimal_text


def award_not_found(award_id: UUID) -> NotFound:
    """No such award, or not one of the caller's."""
    return NotFound(
        "AWARD_NOT_FOUND", zh="未找到该定标结果。", en="There is no such award.", metadata={"award_id": str(award_id)}
    )


def not_awardable(pointers: Sequence[str]) -> InvalidArgument:
    """Offer lines that are not this sourcing's, or do not count (excluded supplier, expired)."""
    return invalid(
        *(
            Violation(
                pointer,
                "OFFER_NOT_AWARDABLE",
                zh="该报价不属于此寻源单、已失效,或其供应商已被排除。",
                en="This offer does not belong to the sourcing, has expired, or its supplier is excluded.",
            )
            for pointer in pointers
        )
    )


def reason_missing(pointers: Sequence[str]) -> InvalidArgument:
    """What is not the lowest landed price needs a reason."""
    return invalid(
        *(
            Violation(
                pointer,
                "REASON_MISSING",
                zh="未选择最低到场价(或选择了替代品),须说明理由。",
                en="This is not the lowest landed price, or another material: say why.",
            )
            for pointer in pointers
        )
    )


def exhausted(left: Mapping[str, Decimal]) -> FailedPrecondition:
    """More than is left to award; `left`: pointer of the line that is too much → what was left for it."""
    return FailedPrecondition(
        "LINE_EXHAUSTED",
        zh="定标数量超出该行剩余数量,可能已被他人定标。",
        en="More than is left of the line; somebody may have awarded it meanwhile.",
        metadata={"left": ",".join(decimal_text(value) for value in left.values())},
        violations=tuple(
            Violation(
                pointer,
                "LINE_EXHAUSTED",
                zh=f"剩余数量为 {decimal_text(value)}。",
                en=f"{decimal_text(value)} is left.",
            )
            for pointer, value in left.items()
        ),
    )


def not_decided() -> FailedPrecondition:
    """Suppliers are told their outcome when the award is final, not before."""
    return FailedPrecondition("NOT_DECIDED", zh="尚未定标。", en="It is not decided yet.")
