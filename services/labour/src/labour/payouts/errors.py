"""What the payouts slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, PermissionDenied, Violation


def payout_not_found(payout_id: UUID) -> NotFound:
    """No such payout, or not one of the caller's."""
    return NotFound(
        "PAYOUT_NOT_FOUND",
        zh="未找到该代发批次。",
        en="There is no such payout.",
        metadata={"payout_id": str(payout_id)},
    )


def payee_not_found(payee_id: UUID) -> NotFound:
    """No such payee change, or not one that the caller may see."""
    return NotFound(
        "PAYEE_NOT_FOUND",
        zh="未找到该收款人变更。",
        en="There is no such payee change.",
        metadata={"payee_id": str(payee_id)},
    )


def nothing_to_pay() -> FailedPrecondition:
    """No approved line is open: all are paid, on their way, or without a card."""
    return FailedPrecondition(
        "NOTHING_TO_PAY",
        zh="没有可代发的工资:均已支付、正在支付或缺少银行卡。",
        en="No approved line is open: they are paid, on their way to the bank, or have no card.",
    )


def paid_twice() -> AlreadyExists:
    """Another payout has taken one of the lines."""
    return AlreadyExists(
        "LINE_IN_PAYOUT", zh="其中的工资已在另一批次中。", en="Another payout has one of these lines already."
    )


def consent_withdrawn(line_ids: Sequence[UUID]) -> FailedPrecondition:
    """Every transfer goes to a card to which its worker has withdrawn the consent (PIPL arts 15, 29)."""
    return FailedPrecondition(
        "CONSENT_WITHDRAWN",
        zh="本批次工人均已撤回银行卡使用同意,请作废本批次;工资仍须支付:请取得新的同意,或登记经本人确认的收款账户。",
        en="Every worker of this payout has withdrawn his consent to the use of his card: cancel it. The wages are "
        "owed all the same: ask for a new consent, or register the account that he has confirmed as payee.",
        metadata={"line_ids": ",".join(str(one) for one in line_ids)},
    )


def number_taken(number: str) -> AlreadyExists:
    """The contractor has a payout with this number."""
    return AlreadyExists(
        "PAYOUT_NUMBER_TAKEN",
        zh=f"批次编号 {number} 已存在。",
        en=f"There is a payout with the number {number} already.",
        metadata={"number": number},
    )


def payee_in_force() -> AlreadyExists:
    """The worker's wages go to another payee by an earlier change."""
    return AlreadyExists(
        "PAYEE_IN_FORCE",
        zh="该工人已有生效的收款人变更,请先撤销。",
        en="A payee change of this worker is in force; revoke it first.",
    )


def four_eyes() -> PermissionDenied:
    """Who has prepared it does not approve it."""
    return PermissionDenied(
        "FOUR_EYES", zh="制单人与批准人不得为同一人。", en="Who has prepared it may not approve it, too."
    )


def result_refused(faults: Sequence[Violation]) -> InvalidArgument:
    """The bank's answer does not fit; nothing of it was booked."""
    return InvalidArgument(
        "BANK_RESULT_REFUSED",
        zh="银行结果与付款文件不符,未入账;详见 errors。",
        en="The bank's answer does not fit what it was told, and nothing was booked; see errors.",
        violations=tuple(faults),
    )
