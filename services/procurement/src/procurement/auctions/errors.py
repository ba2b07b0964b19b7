"""What the auctions slice refuses for. A text names a price only when the caller is shown it anyway."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, invalid
from chassis.values import decimal_text


def auction_not_found(auction_id: UUID) -> NotFound:
    """No such auction, or not one that the caller may see: both are told alike."""
    return NotFound(
        "AUCTION_NOT_FOUND",
        zh="未找到该竞价。",
        en="There is no such auction.",
        metadata={"auction_id": str(auction_id)},
    )


def not_running() -> FailedPrecondition:
    """Before the start, at the end or after it by the server's clock, or called off."""
    return FailedPrecondition(
        "AUCTION_NOT_RUNNING",
        zh="竞价尚未开始、已结束或已取消(以服务器时间为准)。",
        en="The auction has not begun, has ended, or was called off, by the server's clock.",
    )


def excluded(reason: str) -> FailedPrecondition:
    """The buyer takes no bid of this supplier any more."""
    return FailedPrecondition(
        "SUPPLIER_EXCLUDED",
        zh=f"采购方已不再接受本单位的报价:{reason}",
        en=f"The buyer takes no offer of this organisation any more: {reason}",
    )


def too_high(ceiling: Decimal) -> FailedPrecondition:
    """The bid does not undercut by the decrement; the ceiling follows from what the bidder is shown."""
    highest = decimal_text(ceiling)
    return FailedPrecondition(
        "BID_TOO_HIGH",
        zh=f"出价须不高于 {highest}。",
        en=f"A bid may be {highest} at most.",
        metadata={"highest": highest},
    )


def unfit_lines(pointers: Sequence[str]) -> InvalidArgument:
    """Every line of the sourcing needs one start price."""
    return invalid(
        *(
            Violation(
                pointer,
                "LINE_UNKNOWN",
                zh="起拍价须逐行给出,每行一次。",
                en="Every line of the sourcing needs a start price, once.",
            )
            for pointer in pointers
        )
    )


def begins_too_late() -> InvalidArgument:
    """It has to begin before its deadline."""
    return invalid(
        Violation(
            "/starts_at",
            "BEGINS_TOO_LATE",
            zh="开始时间须早于截止时间。",
            en="It has to begin before the deadline.",
        )
    )
