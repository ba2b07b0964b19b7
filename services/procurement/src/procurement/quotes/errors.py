"""What the quotes slice refuses for. No text holds a price: texts go to logs."""

from __future__ import annotations

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


def unknown_line(pointer: str) -> Violation:
    """A line that is not the sourcing's, or is quoted twice."""
    return Violation(
        pointer,
        "LINE_UNKNOWN",
        zh="该行不属于此寻源单或重复。",
        en="This line does not belong to the sourcing, or comes twice.",
    )


NO_SUCH_LINE = unknown_line("position")


def line_changed(column: str) -> Violation:
    """A cell of a workbook that says what is asked for, and was changed."""
    return Violation(column, "LINE_CHANGED", zh="询价内容不得修改", en="what is asked for is not to be changed")


def terms_differ(column: str) -> Violation:
    """Rows of a workbook that say different things of the whole quote."""
    return Violation(column, "TERMS_DIFFER", zh="整单只能填写一个值", en="it is said once, for the whole quote")


def nothing_quoted() -> InvalidArgument:
    """A workbook without an offer."""
    return invalid(Violation("/rows", "TOO_SHORT", zh="文件中没有报价行。", en="No row of the file makes an offer."))


def unfit_alternative(pointer: str) -> Violation:
    """An alternative that the catalogue does not have in the unit of the line."""
    return Violation(
        pointer,
        "ALTERNATIVE_UNFIT",
        zh="目录中没有以该行单位计量的此替代材料。",
        en="The catalogue has no such other material in the unit of this line.",
    )


def expires_too_early(day: str) -> Violation:
    """A quote has to hold at least until the day of the deadline."""
    return Violation(
        "/valid_until",
        "EXPIRES_TOO_EARLY",
        zh=f"报价有效期须不早于截止日 {day}。",
        en=f"The quote must hold until the day of the deadline, {day}, at least.",
    )
