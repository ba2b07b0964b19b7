"""Why budgets refuse."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from chassis.errors import AlreadyExists, FailedPrecondition, NotFound, Violation
from chassis.values import decimal_text
from project_mgmt.budgets.rules import Line, Shortage


def budget_not_found(project_id: UUID) -> NotFound:
    """No budget stands for this project, or the caller's part in it does not show money."""
    return NotFound(
        "BUDGET_NOT_FOUND",
        zh="该项目尚未编制预算,或当前单位无权查看。",
        en="The project has no budget yet, or this organisation may not see it.",
        metadata={"project_id": str(project_id)},
    )


def budget_exists(version: int) -> AlreadyExists:
    """A budget stands already; replacing it needs If-Match."""
    return AlreadyExists(
        "BUDGET_EXISTS",
        zh=f'预算已存在(版本 {version}),替换时请携带 If-Match: "{version}"。',
        en=f'A budget stands already (version {version}); to replace it send If-Match: "{version}".',
        metadata={"version": str(version)},
    )


def exceeded(short: Sequence[Shortage], currency: str) -> FailedPrecondition:
    """The order asks for more than is left; names the first cost code, and every one in `errors`."""
    first = short[0]
    left, asked = decimal_text(first.left), decimal_text(first.asked)
    return FailedPrecondition(
        "BUDGET_EXCEEDED",
        zh=f"成本科目 {first.cost_code} 剩余预算 {left} {currency},不足以支付 {asked}。",
        en=f"Cost code {first.cost_code} has {left} {currency} left; {asked} is asked for.",
        metadata={"cost_code": first.cost_code, "left": left, "asked": asked, "currency": currency},
        violations=[
            Violation(
                f"cost_code:{one.cost_code}",
                "BUDGET_EXCEEDED",
                f"剩余 {decimal_text(one.left)},申请 {decimal_text(one.asked)}。",
                f"{decimal_text(one.left)} left, {decimal_text(one.asked)} asked for.",
            )
            for one in short
        ],
    )


def not_set(cost_codes: Sequence[str]) -> FailedPrecondition:
    """These cost codes have no budget in this project."""
    named = ",".join(cost_codes)
    return FailedPrecondition(
        "BUDGET_NOT_SET",
        zh=f"以下成本科目没有预算:{named}。",
        en=f"These cost codes have no budget: {named}.",
        metadata={"cost_code": cost_codes[0], "cost_codes": named},
    )


def other_currency(budget: str, asked: str) -> FailedPrecondition:
    """The budget is kept in another currency."""
    return FailedPrecondition(
        "CURRENCY_MISMATCH",
        zh=f"预算币种为 {budget},请求币种为 {asked}。",
        en=f"The budget is kept in {budget}; {asked} was given.",
        metadata={"currency": budget, "given": asked},
    )


def below_committed(lines: Sequence[Line], currency: str) -> FailedPrecondition:
    """New amounts would be less than what orders hold already."""
    first = lines[0]
    return FailedPrecondition(
        "BUDGET_BELOW_COMMITTED",
        zh=f"成本科目 {first.cost_code} 已占用 {decimal_text(first.committed)} {currency},预算不得低于该金额。",
        en=f"Cost code {first.cost_code} has {decimal_text(first.committed)} {currency} committed; not less.",
        metadata={
            "cost_code": first.cost_code,
            "committed": decimal_text(first.committed),
            "currency": currency,
        },
        violations=[
            Violation(
                f"cost_code:{line.cost_code}",
                "BUDGET_BELOW_COMMITTED",
                f"已占用 {decimal_text(line.committed)}。",
                f"{decimal_text(line.committed)} is committed.",
            )
            for line in lines
        ],
    )


def buyer_not_party(organisation_id: UUID) -> FailedPrecondition:
    """The buyer plays no part in the project today."""
    return FailedPrecondition(
        "BUYER_NOT_PARTY",
        zh="采购单位当前不是该项目的参建单位。",
        en="The buyer is no party of the project today.",
        metadata={"organisation_id": str(organisation_id)},
    )


def other_project(order_id: UUID) -> FailedPrecondition:
    """The order holds budget of another project; an order belongs to one project for ever."""
    return FailedPrecondition(
        "ORDER_OF_OTHER_PROJECT",
        zh="该订单已占用其他项目的预算。",
        en="The order holds budget of another project.",
        metadata={"order_id": str(order_id)},
    )


def already_confirmed(order_id: UUID) -> FailedPrecondition:
    """Other amounts were asked for an order whose approval is a fact."""
    return FailedPrecondition(
        "COMMITMENT_CONFIRMED",
        zh="该订单的预算占用已确认,不能更改金额。",
        en="The order's commitment is confirmed; its amounts cannot change.",
        metadata={"order_id": str(order_id)},
    )
