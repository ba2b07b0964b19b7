"""What supplemental agreements are refused for, beside INVALID_STATE."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, Violation, invalid
from chassis.values import decimal_text


def supplement_not_found(supplement_id: UUID) -> NotFound:
    """No such supplement of this agreement, or none that the caller is shown."""
    return NotFound(
        "SUPPLEMENT_NOT_FOUND",
        zh="未找到该补充协议。",
        en="There is no such supplemental agreement.",
        metadata={"supplement_id": str(supplement_id)},
    )


def supplement_open() -> FailedPrecondition:
    """One at a time: what the next one changes is not known before this one is answered."""
    return FailedPrecondition(
        "SUPPLEMENT_OPEN",
        zh="该协议已有未完成的补充协议。",
        en="The agreement has an open supplemental agreement.",
    )


def nothing_changes() -> InvalidArgument:
    """The agreement would stay as it is."""
    return InvalidArgument("NOTHING_CHANGES", zh="补充协议没有任何变更。", en="The supplement changes nothing.")


def unknown_item(index: int) -> InvalidArgument:
    """Not one of the agreement's items, or there twice."""
    return invalid(
        Violation(
            f"/item_caps/{index}/item_id",
            "ITEM_UNKNOWN",
            zh="该项不属于此协议,或重复出现。",
            en="This item does not belong to the agreement, or stands twice.",
        )
    )


def ends_too_early(valid_to: date, earliest: date) -> InvalidArgument:
    """An agreement ends neither in the past nor before it begins."""
    return invalid(
        Violation(
            "/valid_to",
            "VALIDITY_REVERSED",
            zh=f"有效期止 {valid_to} 不得早于 {earliest}。",
            en=f"It cannot end on {valid_to}, before {earliest}.",
        )
    )


def below_ordered(scope: str, cap: Decimal, ordered: Decimal) -> FailedPrecondition:
    """A hard cap below what is ordered already."""
    asked, have = decimal_text(cap), decimal_text(ordered)
    return FailedPrecondition(
        "CAP_BELOW_ORDERED",
        zh=f"{scope} 已下单 {have},上限不得降至 {asked}。",
        en=f"Of {scope} {have} is ordered; the cap cannot be {asked}.",
        metadata={"scope": scope, "ordered": have, "cap": asked},
    )
