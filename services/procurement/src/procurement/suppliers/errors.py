"""What the suppliers slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation, invalid


def file_not_found(file_id: UUID) -> NotFound:
    """No such file, or not one of the caller's."""
    return NotFound(
        "SUPPLIER_FILE_NOT_FOUND",
        zh="未找到该供应商档案。",
        en="There is no such supplier file.",
        metadata={"supplier_file_id": str(file_id)},
    )


def uscc_taken(uscc: str) -> AlreadyExists:
    """The buyer has a file about this firm."""
    return AlreadyExists(
        "SUPPLIER_FILE_EXISTS",
        zh=f"统一社会信用代码 {uscc} 的供应商档案已存在。",
        en=f"There is a file about the firm {uscc} already.",
        metadata={"uscc": uscc},
    )


def policy_day_taken(day: date) -> AlreadyExists:
    """The buyer has set a policy that counts from this day."""
    return AlreadyExists(
        "SUPPLIER_POLICY_EXISTS",
        zh=f"自 {day} 起生效的供应商管理制度已存在。",
        en=f"There is a policy that counts from {day} already.",
        metadata={"valid_from": day.isoformat()},
    )


def in_the_past(pointer: str) -> InvalidArgument:
    """A day before today, where only what is to come can be decided."""
    return invalid(Violation(pointer, "IN_PAST", zh="日期不能早于今天。", en="The day lies in the past."))


def own_organisation() -> InvalidArgument:
    """A buyer does not keep a file about itself."""
    return invalid(
        Violation(
            "/uscc", "SUPPLIER_IS_BUYER", zh="供应商不能是本单位。", en="The supplier cannot be the buyer itself."
        )
    )


def invitation_not_found() -> NotFound:
    """No invitation has this token, or a newer one has replaced it."""
    return NotFound(
        "INVITATION_NOT_FOUND",
        zh="邀请链接无效,或已被新的邀请取代。",
        en="There is no such invitation, or a newer one has replaced it.",
    )


def invitation_used() -> FailedPrecondition:
    """The link has worked once."""
    return FailedPrecondition("INVITATION_USED", zh="该邀请链接已被使用。", en="This invitation has been used.")


def invitation_expired() -> FailedPrecondition:
    """The link came too late."""
    return FailedPrecondition(
        "INVITATION_EXPIRED",
        zh="该邀请链接已过期,请联系采购方重新邀请。",
        en="This invitation has expired; ask the buyer for a new one.",
    )


def invitation_for_another() -> FailedPrecondition:
    """The invited firm is another one than the caller's."""
    return FailedPrecondition(
        "INVITATION_FOR_ANOTHER",
        zh="该邀请的统一社会信用代码与本单位不一致。",
        en="This invitation is for a firm with another unified social credit code.",
    )


def barred(state: str, until: date) -> FailedPrecondition:
    """SUPPLIER_SUSPENDED or SUPPLIER_BLACKLISTED."""
    word = {"suspended": "暂停", "blacklisted": "列入黑名单"}[state]
    return FailedPrecondition(
        f"SUPPLIER_{state.upper()}",
        zh=f"该供应商已被{word},至 {until} 为止。",
        en=f"The supplier is {state} up to and including {until}.",
        metadata={"until": until.isoformat()},
    )


def licence_lacking(kinds: Sequence[str]) -> FailedPrecondition:
    """An obligatory licence has expired."""
    named = ",".join(kinds)
    return FailedPrecondition(
        "SUPPLIER_LICENCE_EXPIRED",
        zh=f"该供应商的必备证照不在有效期内:{named}。",
        en=f"Obligatory licences of the supplier are not in force: {named}.",
        metadata={"kinds": named},
    )


def file_required() -> FailedPrecondition:
    """The buyer takes suppliers with a file only."""
    return FailedPrecondition(
        "SUPPLIER_FILE_REQUIRED",
        zh="本单位规定供应商须先建档并通过邀请加入。",
        en="The buyer's policy demands an active supplier file, and there is none.",
    )


def no_account() -> FailedPrecondition:
    """There is no account number to show."""
    return FailedPrecondition("SUPPLIER_ACCOUNT_MISSING", zh="未登记银行账户。", en="No bank account is on record.")


def scan_wrong_type(media_type: str) -> InvalidArgument:
    """A licence is shown by a picture or a PDF, not by a workbook."""
    return invalid(
        Violation(
            "/file_id",
            "SCAN_WRONG_TYPE",
            zh=f"证照扫描件须为 PDF 或图片,不能是 {media_type}。",
            en=f"A scan is a PDF or a picture, not {media_type}.",
        )
    )
