"""What guarantees refuse for, beside INVALID_STATE."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.errors import AlreadyExists, InvalidArgument, NotFound, PermissionDenied, Violation, invalid
from chassis.values import decimal_text


def guarantee_not_found(guarantee_id: UUID) -> NotFound:
    """No such guarantee, or not one of the caller's."""
    return NotFound(
        "GUARANTEE_NOT_FOUND",
        zh="未找到该保函。",
        en="There is no such guarantee.",
        metadata={"guarantee_id": str(guarantee_id)},
    )


def project_not_found(project_id: UUID) -> NotFound:
    """The beneficiary is no party of such a project."""
    return NotFound(
        "PROJECT_NOT_FOUND",
        zh="未找到该项目,或本单位不是其参建方。",
        en="There is no such project in which this organisation takes part.",
        metadata={"project_id": str(project_id)},
    )


def number_taken(number: str) -> AlreadyExists:
    """The issuer's number is on record."""
    return AlreadyExists(
        "GUARANTEE_NUMBER_TAKEN",
        zh=f"该开立机构的保函 {number} 已登记。",
        en=f"A guarantee {number} of this issuer is on record already.",
        metadata={"number": number},
    )


def own_guarantee() -> InvalidArgument:
    """Nobody secures itself."""
    return invalid(
        Violation(
            "/applicant_id",
            "APPLICANT_IS_BENEFICIARY",
            zh="申请人不能是受益人本身。",
            en="The applicant cannot be the beneficiary.",
        )
    )


def ends_too_early(bound: date) -> InvalidArgument:
    """It is over already, or an extension does not extend it."""
    return invalid(
        Violation(
            "/valid_until",
            "ENDS_TOO_EARLY",
            zh=f"有效期须晚于或等于 {bound.isoformat()}。",
            en=f"It must be valid until {bound.isoformat()} at least.",
        )
    )


def claim_over_amount(most: Decimal) -> InvalidArgument:
    """More than was guaranteed."""
    return invalid(
        Violation(
            "/amount",
            "CLAIM_OVER_AMOUNT",
            zh=f"索赔金额须大于零且不超过 {decimal_text(most)}。",
            en=f"A claim is above zero and at most {decimal_text(most)}.",
        )
    )


def not_yours(action: str) -> PermissionDenied:
    """The applicant sees the guarantee, but it is the beneficiary's to use."""
    return PermissionDenied(
        "OTHER_SIDE",
        zh=f"操作 {action} 只能由保函受益人执行。",
        en=f"Only the beneficiary of the guarantee may do {action}.",
        metadata={"action": action},
    )
