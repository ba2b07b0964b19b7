"""What comes in and goes out about budgets."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Self
from uuid import UUID

from pydantic import Field, model_validator

from chassis.errors import Violation, invalid
from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Amount, Code, Currency, Instant, Price, Quantity, SignedAmount, Text
from project_mgmt import values
from project_mgmt.budgets import rules
from project_mgmt.budgets.commands import estimate
from project_mgmt.budgets.commands.estimate import Estimate, EstimateBudget, EstimatedLine
from project_mgmt.budgets.models import Budget, BudgetLine, Commitment
from project_mgmt.budgets.rules import ZERO
from project_mgmt.budgets.service import OrderCosts
from project_mgmt.budgets.states import State
from zhulian.common.v1.values_pb2 import CostLine

MAX_LINES = 500
_CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")
_CURRENCY = re.compile(r"[A-Z]{3}")


class BudgetLineIn(In):
    """A cost code 成本科目 with its amount."""

    cost_code: Code = Field(examples=["01-STEEL"])
    name: Text = Field(examples=["钢筋"])
    amount: Amount = Field(examples=["1200000.00"])


class SetBudgetIn(In):
    """The whole budget of a project; cost codes that are left out are removed."""

    currency: Currency = "CNY"
    lines: Annotated[list[BudgetLineIn], Field(min_length=1, max_length=500)]

    @model_validator(mode="after")
    def _each_code_once(self) -> Self:
        codes = [line.cost_code for line in self.lines]
        if len(set(codes)) != len(codes):
            raise fault("DUPLICATE_COST_CODE", zh="成本科目重复", en="A cost code stands twice")
        return self


class BudgetLineOut(Out):
    """A cost code: what is budgeted, what orders hold, what is left.

    `left` is negative and `overdrawn` true when approved orders hold more than is budgeted.
    """

    cost_code: str
    name: str
    amount: Amount
    reserved: Amount
    confirmed: Amount
    left: SignedAmount
    overdrawn: bool

    @classmethod
    def of(cls, row: BudgetLine) -> BudgetLineOut:
        """From the row."""
        return cls(
            cost_code=row.cost_code,
            name=row.name,
            amount=row.amount,
            reserved=row.reserved,
            confirmed=row.confirmed,
            left=row.line().left,
            overdrawn=row.overdrawn,
        )


class BudgetOut(Out):
    """A project's budget with its totals. The version counts settings of amounts, not commitments."""

    id: UUID
    version: int
    project_id: UUID
    currency: str
    amount: Amount
    reserved: Amount
    confirmed: Amount
    left: SignedAmount
    overdrawn: bool = Field(description="Whether any cost code is overdrawn.")
    lines: list[BudgetLineOut]
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, budget: Budget) -> BudgetOut:
        """From the row with its lines."""
        lines = [BudgetLineOut.of(row) for row in budget.lines]
        return cls(
            id=budget.id,
            version=budget.version,
            project_id=budget.project_id,
            currency=budget.currency,
            amount=_sum(line.amount for line in lines),
            reserved=_sum(line.reserved for line in lines),
            confirmed=_sum(line.confirmed for line in lines),
            left=_sum(line.left for line in lines),
            overdrawn=any(line.overdrawn for line in lines),
            lines=lines,
            created_at=budget.created_at,
            updated_at=budget.updated_at,
        )


class CommitmentLineOut(Out):
    """An amount against one cost code."""

    cost_code: str
    amount: Amount


class CommitmentOut(Out):
    """What one order holds of the budget; `expires_at` only while it is a reservation."""

    id: UUID
    version: int
    project_id: UUID
    order_id: UUID
    organisation_id: UUID
    state: State
    currency: str
    expires_at: datetime | None
    lines: list[CommitmentLineOut]
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, commitment: Commitment) -> CommitmentOut:
        """From the row with its lines."""
        return cls.model_validate(commitment)


class EstimateLineIn(In):
    """So much of a material against a cost code."""

    cost_code: Code = Field(examples=["01-STEEL"])
    material_code: Annotated[str, Field(pattern=r"^[0-9]{8}$", examples=["01090001"])]
    unit: Annotated[str, Field(min_length=1, max_length=16, pattern=r"^[^\s\x00]+$", examples=["t"])]
    quantity: Quantity = Field(examples=["100.000000"])


class EstimateBudgetIn(In):
    """Quantities to be priced on a day (today when absent)."""

    on: date | None = None
    lines: Annotated[list[EstimateLineIn], Field(min_length=1, max_length=200)]

    def command(self, project_id: UUID) -> EstimateBudget:
        """The plain command."""
        lines = [estimate.Quantity(line.cost_code, line.material_code, line.unit, line.quantity) for line in self.lines]
        return EstimateBudget(project_id, self.on, lines)


class EstimateLineOut(Out):
    """A quantity with its published price, tax included; `code` says why there is none.

    PRICE_NOT_PUBLISHED, UNITS_DO_NOT_CONVERT, MATERIAL_NOT_FOUND.
    """

    cost_code: str
    material_code: str
    unit: str
    quantity: Quantity
    unit_price: Price | None
    amount: Amount | None
    month: str = Field(description="The month of the price.", examples=["2026-11"])
    region: str = Field(description="Whose price it is.", examples=["440300"])
    source: str
    code: str = Field(examples=[""])

    @classmethod
    def of(cls, line: EstimatedLine) -> EstimateLineOut:
        """From the answer of the use case."""
        price, asked = line.price, line.quantity
        return cls(
            cost_code=asked.cost_code,
            material_code=asked.material_code,
            unit=asked.unit,
            quantity=asked.quantity,
            unit_price=None if price is None else price.with_tax,
            amount=line.amount,
            month="" if price is None else f"{price.month:%Y-%m}",
            region="" if price is None else price.region,
            source="" if price is None else price.source,
            code=line.code,
        )


class EstimateOut(Out):
    """What quantities would cost at published prices; `complete` is false when a line has no price."""

    project_id: UUID
    region: str = Field(examples=["440300"])
    on: date
    currency: str = Field(examples=["CNY"])
    complete: bool
    amount: Amount
    amounts: list[CommitmentLineOut]
    lines: list[EstimateLineOut]

    @classmethod
    def of(cls, found: Estimate) -> EstimateOut:
        """From the answer of the use case."""
        return cls(
            project_id=found.project_id,
            region=found.region,
            on=found.on,
            currency="CNY",
            complete=found.complete,
            amount=_sum(found.amounts.values()),
            amounts=[CommitmentLineOut(cost_code=code, amount=amount) for code, amount in found.amounts.items()],
            lines=[EstimateLineOut.of(line) for line in found.lines],
        )


def order_costs(
    project_id: str, order_id: str, organisation_id: str, lines: Sequence[CostLine], *, lines_at: str
) -> OrderCosts:
    """The plain command; InvalidArgument for wrong ids, amounts, codes, several currencies or no lines."""
    if not 0 < len(lines) <= MAX_LINES:
        zh, en = f"应有 1 至 {MAX_LINES} 行", f"There must be 1 to {MAX_LINES} lines"
        raise invalid(Violation(lines_at, "LINES_COUNT", zh, en))
    amounts = []
    for number, line in enumerate(lines):
        where = f"{lines_at}/{number}"
        if not _CODE.fullmatch(line.cost_code):
            raise invalid(Violation(f"{where}/cost_code", "CODE_INVALID", "成本科目无效", "The cost code is wrong"))
        amounts.append((line.cost_code, values.amount_of(line.amount.amount, f"{where}/amount/amount")))
    currencies = {line.amount.currency for line in lines}
    if len(currencies) != 1 or not _CURRENCY.fullmatch(next(iter(currencies))):
        where = f"{lines_at}/0/amount/currency"
        raise invalid(Violation(where, "CURRENCY_INVALID", "须为同一 ISO 4217 币种", "One ISO 4217 currency is needed"))
    return OrderCosts(
        project_id=values.uuid_of(project_id, "/project_id"),
        order_id=values.uuid_of(order_id, "/order_id"),
        organisation_id=values.uuid_of(organisation_id, "/organisation_id"),
        currency=currencies.pop(),
        amounts=rules.summed(amounts),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, ZERO)
