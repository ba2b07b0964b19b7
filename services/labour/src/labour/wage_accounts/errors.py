"""What the wage accounts slice refuses for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, InvalidArgument, NotFound, Violation, invalid
from chassis.values import decimal_text


def account_not_found(account_id: UUID) -> NotFound:
    """No such account, or not one that the caller may see."""
    return NotFound(
        "WAGE_ACCOUNT_NOT_FOUND",
        zh="未找到该工资专用账户。",
        en="There is no such wage account.",
        metadata={"account_id": str(account_id)},
    )


def share_not_found(share_id: UUID) -> NotFound:
    """No such share of this account."""
    return NotFound(
        "WAGE_SHARE_NOT_FOUND",
        zh="未找到该笔人工费用。",
        en="There is no such labour-cost share of this account.",
        metadata={"share_id": str(share_id)},
    )


def guarantee_not_found(guarantee_id: UUID) -> NotFound:
    """No such guarantee, or not one that the caller may see."""
    return NotFound(
        "WAGE_GUARANTEE_NOT_FOUND",
        zh="未找到该工资保证金。",
        en="There is no such wage guarantee.",
        metadata={"guarantee_id": str(guarantee_id)},
    )


def project_not_found(project_id: UUID) -> NotFound:
    """The caller is not general contractor of such a project."""
    return NotFound(
        "PROJECT_NOT_FOUND",
        zh="未找到该项目,或本单位不是其总承包单位。",
        en="There is no such project of which this organisation is general contractor.",
        metadata={"project_id": str(project_id)},
    )


def account_exists(project_id: UUID) -> AlreadyExists:
    """A project has one wage account (art 26)."""
    return AlreadyExists(
        "WAGE_ACCOUNT_EXISTS",
        zh="该项目已有工资专用账户。",
        en="The project has a wage account already.",
        metadata={"project_id": str(project_id)},
    )


def guarantee_exists(account_id: UUID) -> AlreadyExists:
    """An account has one guarantee beside it."""
    return AlreadyExists(
        "WAGE_GUARANTEE_EXISTS",
        zh="该项目已登记工资保证金。",
        en="The wage guarantee of this project is on record already.",
        metadata={"account_id": str(account_id)},
    )


def number_taken() -> AlreadyExists:
    """The account is kept for one project only (专户专用)."""
    return AlreadyExists(
        "WAGE_ACCOUNT_NUMBER_TAKEN",
        zh="该银行账号已用于本单位另一项目。",
        en="This organisation uses the account number for another project.",
    )


def deposit_known(reference: str) -> AlreadyExists:
    """The bank's reference was booked before."""
    return AlreadyExists(
        "DEPOSIT_KNOWN",
        zh=f"银行流水号 {reference} 已入账。",
        en=f"The bank's reference {reference} has been booked already.",
        metadata={"bank_reference": reference},
    )


def name_unknown() -> FailedPrecondition:
    """The name of the contractor or the project, of which the account's name consists, has not come yet."""
    return FailedPrecondition(
        "NAME_UNKNOWN",
        zh="尚未收到本单位或项目的名称,请稍后重试。",
        en="The name of this organisation or of the project has not come yet; try again later.",
    )


def insufficient(balance: Decimal, needed: Decimal) -> FailedPrecondition:
    """The account has less than this."""
    values = {"balance": decimal_text(balance), "needed": decimal_text(needed)}
    return FailedPrecondition(
        "INSUFFICIENT_BALANCE",
        zh=f"账户余额 {values['balance']} 元不足 {values['needed']} 元。",
        en=f"The account holds CNY {values['balance']}, {values['needed']} is needed.",
        metadata=values,
    )


def not_completed(state: str) -> FailedPrecondition:
    """Works go on."""
    return FailedPrecondition(
        "PROJECT_NOT_COMPLETED",
        zh="工程尚未完工,不得注销工资专用账户。",
        en="The works are not completed; the wage account cannot be closed.",
        metadata={"project_state": state},
    )


def arrears(lines: int) -> FailedPrecondition:
    """Wages are open."""
    return FailedPrecondition(
        "WAGES_OPEN",
        zh=f"尚有 {lines} 笔工资未结清,不得注销账户。",
        en=f"{lines} wage lines are not paid; the account cannot be closed.",
        metadata={"lines": str(lines)},
    )


def notice_running(until: date) -> FailedPrecondition:
    """The public notice has not run its time."""
    return FailedPrecondition(
        "NOTICE_RUNNING",
        zh=f"公示期至 {until.isoformat()} 届满,之后方可注销账户。",
        en=f"The public notice runs until {until.isoformat()}; the account is closed after it.",
        metadata={"until": until.isoformat()},
    )


def percent_outside(least: Decimal, most: Decimal) -> InvalidArgument:
    """The rate is not one that may be set."""
    low, high = decimal_text(least), decimal_text(most)
    return invalid(
        Violation(
            "/percent", "PERCENT_OUTSIDE", zh=f"比例须在 {low}% 至 {high}% 之间。", en=f"It must be {low} to {high} %."
        )
    )


def not_exempt() -> FailedPrecondition:
    """Neither a small contract nor enough clean years."""
    return FailedPrecondition(
        "NOT_EXEMPT", zh="不符合免存工资保证金的条件。", en="The conditions for an exemption are not met."
    )


def more_than_lodged(left: Decimal) -> FailedPrecondition:
    """More than is there to be drawn."""
    return FailedPrecondition(
        "MORE_THAN_LODGED",
        zh=f"保证金仅余 {decimal_text(left)} 元。",
        en=f"CNY {decimal_text(left)} of the guarantee is left.",
        metadata={"left": decimal_text(left)},
    )


def in_future(*pointers: str) -> InvalidArgument:
    """A day that has not come."""
    return invalid(*_days(pointers))


def _days(pointers: Iterable[str]) -> list[Violation]:
    return [Violation(one, "IN_FUTURE", zh="日期不能晚于今天。", en="The day lies in the future.") for one in pointers]
