"""What agreements refuse for, beside INVALID_STATE."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis.errors import (
    AlreadyExists,
    FailedPrecondition,
    InvalidArgument,
    NotFound,
    PermissionDenied,
    Violation,
    invalid,
)
from chassis.values import decimal_text


def agreement_not_found(agreement_id: UUID) -> NotFound:
    """No such agreement, or not one of the caller's."""
    return NotFound(
        "AGREEMENT_NOT_FOUND",
        zh="未找到该协议。",
        en="There is no such agreement.",
        metadata={"agreement_id": str(agreement_id)},
    )


def number_taken(number: str) -> AlreadyExists:
    """The holder has an agreement with this number."""
    return AlreadyExists(
        "AGREEMENT_NUMBER_TAKEN",
        zh=f"协议编号 {number} 已存在。",
        en=f"There is an agreement with the number {number} already.",
        metadata={"number": number},
    )


def own_supplier() -> InvalidArgument:
    """An organisation cannot buy from itself."""
    return invalid(
        Violation(
            "/supplier_id", "SUPPLIER_IS_BUYER", zh="供应商不能是采购方本身。", en="The supplier cannot be the buyer."
        )
    )


def only_the_holder(index: int) -> InvalidArgument:
    """Several organisations call off from a centralised agreement only."""
    return invalid(
        Violation(
            f"/entitlements/{index}/organisation_id",
            "NOT_CENTRALISED",
            zh="只有集中采购协议可授权其他单位下单。",
            en="Only a centralised agreement entitles other organisations.",
        )
    )


def not_your_group(index: int) -> InvalidArgument:
    """A whole group is entitled by its head only, which holds the agreement."""
    return invalid(
        Violation(
            f"/entitlements/{index}/organisation_id",
            "NOT_YOUR_GROUP",
            zh="只能授权本单位所属集团(organisation_id 须为协议持有方)。",
            en="Only the holder's own group can be entitled: organisation_id must be the holder's.",
        )
    )


def contract_without_cap(index: int, member: str = "items") -> InvalidArgument:
    """A contract says how much is bought; `member` is the list of the body that the index counts in."""
    return invalid(
        Violation(
            f"/{member}/{index}/hard_cap",
            "CONTRACT_WITHOUT_QUANTITY",
            zh="合同的每一项须有数量上限 (hard_cap)。",
            en="Every item of a contract needs its quantity (hard_cap).",
        )
    )


def unknown_materials(items: Sequence[tuple[int, str, str]]) -> InvalidArgument:
    """Items (index, code, unit) that the catalogue does not have in this unit."""
    return invalid(
        *(
            Violation(
                f"/items/{index}/material_code",
                "MATERIAL_UNIT_UNKNOWN",
                zh=f"材料目录中没有以 {unit} 计量的材料 {code}。",
                en=f"The catalogue has no material {code} measured in {unit}.",
            )
            for index, code, unit in items
        )
    )


def not_yours(action: str) -> PermissionDenied:
    """The caller sees the agreement, but this verb is somebody else's."""
    return PermissionDenied(
        "OTHER_SIDE",
        zh=f"操作 {action} 不属于当前单位。",
        en=f"This organisation may not do {action} with this agreement.",
        metadata={"action": action},
    )


def over(valid_to: date) -> FailedPrecondition:
    """The last day of validity is over, so it cannot begin."""
    return FailedPrecondition(
        "AGREEMENT_OVER",
        zh=f"协议有效期已于 {valid_to} 届满。",
        en=f"The agreement was valid until {valid_to}.",
        metadata={"valid_to": valid_to.isoformat()},
    )


def not_valid(on: date, valid_from: date, valid_to: date) -> FailedPrecondition:
    """Called off on a day on which the agreement does not hold."""
    return FailedPrecondition(
        "AGREEMENT_NOT_VALID",
        zh=f"协议有效期为 {valid_from} 至 {valid_to},当前日期 {on} 不在有效期内。",
        en=f"The agreement is valid from {valid_from} to {valid_to}; today is {on}.",
        metadata={"valid_from": valid_from.isoformat(), "valid_to": valid_to.isoformat(), "on": on.isoformat()},
    )


def not_entitled(project_id: UUID) -> FailedPrecondition:
    """The caller's organisation may not call off for this project."""
    return FailedPrecondition(
        "NOT_ENTITLED",
        zh="本单位未被授权为该项目下单。",
        en="This organisation is not entitled to call off for this project.",
        metadata={"project_id": str(project_id)},
    )


def unknown_item(order: int, line: int) -> InvalidArgument:
    """Not one of the agreement's items."""
    return invalid(
        Violation(
            f"/orders/{order}/lines/{line}/item_id",
            "ITEM_UNKNOWN",
            zh="该项不属于此协议。",
            en="This item does not belong to the agreement.",
        )
    )


def cap_exceeded(scope: str, cap: Decimal, ordered: Decimal, asked: Decimal) -> FailedPrecondition:
    """More than a hard cap leaves."""
    left = decimal_text(max(cap - ordered, Decimal(0)))
    values = {"scope": scope, "cap": decimal_text(cap), "left": left, "asked": decimal_text(asked)}
    return FailedPrecondition(
        "CAP_EXCEEDED",
        zh=f"超出协议上限({scope}):上限 {values['cap']},剩余 {left},本次 {values['asked']}。",
        en=f"Over the agreement's cap ({scope}) of {values['cap']}: {left} left, {values['asked']} asked for.",
        metadata=values,
    )


def published_price_missing(position: int, region: str) -> FailedPrecondition:
    """The formula needs a published price that nobody has published."""
    return FailedPrecondition(
        "PUBLISHED_PRICE_MISSING",
        zh=f"第 {position} 项按信息价计价,但地区 {region} 没有可用的信息价。",
        en=f"Item {position} follows the published price of {region}, and there is none for today.",
        metadata={"position": str(position), "region": region},
    )


def price_below_zero(position: int, price: Decimal) -> FailedPrecondition:
    """The discount is more than the published price."""
    return FailedPrecondition(
        "PRICE_BELOW_ZERO",
        zh=f"第 {position} 项按公式计算的单价为负:{decimal_text(price)}。",
        en=f"The formula of item {position} gives a price below zero: {decimal_text(price)}.",
        metadata={"position": str(position), "price": decimal_text(price)},
    )
