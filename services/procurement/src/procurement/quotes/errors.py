"""What the quotes slice refuses for. No text holds a price: texts go to logs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def quote_not_found(quote_id: UUID) -> NotFound:
    """No such quote, or not one of the caller's."""
    return NotFound(
        "QUOTE_NOT_FOUND", zh="未找到该报价。", en="There is no such quote.", metadata={"quote_id": str(quote_id)}
    )


def too_late() -> FailedPrecondition:
    """At the deadline or after it, by the server's clock."""
    return FailedPrecondition(
        "QUOTE_TOO_LATE",
        zh="报价截止时间已过(以服务器时间为准)。",
        en="The deadline for quotes has passed by the server's clock.",
    )


def excluded(reason: str) -> FailedPrecondition:
    """The buyer takes no offer of this supplier any more."""
    return FailedPrecondition(
        "SUPPLIER_EXCLUDED",
        zh=f"采购方已不再接受本单位的报价:{reason}",
        en=f"The buyer takes no offer of this organisation any more: {reason}",
    )


def not_quoted_for() -> FailedPrecondition:
    """An auction takes bids, not quotes."""
    return FailedPrecondition(
        "TAKES_BIDS", zh="竞价不接受密封报价。", en="This is an auction: it takes bids, not sealed quotes."
    )


def superseded() -> FailedPrecondition:
    """Only the newest version can be withdrawn, and once."""
    return FailedPrecondition(
        "QUOTE_SUPERSEDED",
        zh="该报价已被新版本取代或已撤回。",
        en="A newer version has replaced this quote, or it is withdrawn.",
    )


def unknown_lines(pointers: Sequence[str]) -> InvalidArgument:
    """Lines that are not the sourcing's, or quoted twice."""
    return invalid(
        *(
            Violation(
                pointer,
                "LINE_UNKNOWN",
                zh="该行不属于此寻源单或重复。",
                en="This line does not belong to the sourcing, or comes twice.",
            )
            for pointer in pointers
        )
    )


def unfit_alternatives(pointers: Sequence[str]) -> InvalidArgument:
    """Alternatives that the catalogue does not have in the unit of the line."""
    return invalid(
        *(
            Violation(
                pointer,
                "ALTERNATIVE_UNFIT",
                zh="目录中没有以该行单位计量的此替代材料。",
                en="The catalogue has no such other material in the unit of this line.",
            )
            for pointer in pointers
        )
    )


def expired(day: str) -> InvalidArgument:
    """A quote has to hold at least until the day of the deadline."""
    return invalid(
        Violation(
            "/valid_until",
            "EXPIRES_TOO_EARLY",
            zh=f"报价有效期须不早于截止日 {day}。",
            en=f"The quote must hold until the day of the deadline, {day}, at least.",
        )
    )
