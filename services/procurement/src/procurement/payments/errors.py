"""What payments refuse for, beside INVALID_STATE and the refusals of payables."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def payment_not_found(payment_id: UUID) -> NotFound:
    """No such payment order, or not one of the caller's."""
    return NotFound(
        "PAYMENT_NOT_FOUND",
        zh="未找到该付款单。",
        en="There is no such payment order.",
        metadata={"payment_id": str(payment_id)},
    )


def number_taken(number: str) -> AlreadyExists:
    """The buyer has a payment order with this number."""
    return AlreadyExists(
        "PAYMENT_NUMBER_TAKEN",
        zh=f"付款单编号 {number} 已存在。",
        en=f"There is a payment order with the number {number} already.",
        metadata={"number": number},
    )


def several_currencies() -> InvalidArgument:
    """One order, one currency."""
    return invalid(
        Violation(
            "/items",
            "SEVERAL_CURRENCIES",
            zh="一张付款单只能有一种币种。",
            en="A payment order is in one currency.",
        )
    )


def execute_in_the_past() -> InvalidArgument:
    """The bank cannot pay yesterday."""
    return invalid(
        Violation(
            "/execute_on", "EXECUTE_IN_THE_PAST", zh="付款日不得早于今天。", en="The day of payment is before today."
        )
    )


def paid_in_the_future(pointer: str, today: date) -> InvalidArgument:
    """A proof of what has not happened yet."""
    return invalid(
        Violation(
            pointer,
            "PAID_IN_THE_FUTURE",
            zh=f"付款日不得晚于今天({today.isoformat()})。",
            en=f"The day of payment is after today ({today.isoformat()}).",
        )
    )


def account_missing(suppliers: Iterable[UUID]) -> FailedPrecondition:
    """No bank account is on record for these suppliers."""
    ids = ",".join(sorted(map(str, suppliers)))
    return FailedPrecondition(
        "SUPPLIER_ACCOUNT_MISSING",
        zh="部分供应商未登记收款账户。",
        en="There is no bank account on record for some of the suppliers.",
        metadata={"supplier_ids": ids},
    )


def unknown_item(index: int) -> InvalidArgument:
    """An item that is not one of the order's."""
    return invalid(
        Violation(
            f"/results/{index}/item_id",
            "ITEM_UNKNOWN",
            zh="该项不属于此付款单。",
            en="This item does not belong to the payment order.",
        )
    )
