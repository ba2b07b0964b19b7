"""What comes in and goes out about payables."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Amount, Code, Currency, Instant, Percent, Text
from procurement.payables.models import Payable
from procurement.payables.service import Shown
from procurement.payables.states import BuyerKind, DueBy, Kind, State, TermsRule, Warned
from procurement.values import Day

Note = Annotated[str, Field(max_length=500, pattern=r"^[^\x00]*$")]
Days = Annotated[int, Field(ge=0, le=365, examples=[30])]


LARGEST = Decimal(10) ** 16
"""What an amount has to stay below; so has the sum of several."""


class CostIn(In):
    """So much for one cost code, tax included."""

    cost_code: Code = Field(examples=["01-STEEL"])
    amount: Amount


def _once(costs: list[CostIn]) -> list[CostIn]:
    if len({cost.cost_code for cost in costs}) != len(costs):
        raise fault("COST_CODE_TWICE", zh="成本科目重复", en="a cost code stands in the list twice")
    if sum(cost.amount for cost in costs) >= LARGEST:
        raise fault("SUM_TOO_LARGE", zh="合计过大", en="the sum is too large")
    return costs


class RaiseAdvanceIn(In):
    """Money before goods (预付款)."""

    number: Code | None = Field(default=None, description="The buyer's own number; one is made when absent.")
    project_id: UUID
    supplier_id: UUID
    order_ids: Annotated[list[UUID], Field(max_length=50)] = Field(
        default=[], description="Only invoices of these orders are offset against it; of all when empty."
    )
    currency: Currency = "CNY"
    costs: Annotated[list[CostIn], Field(min_length=1, max_length=200), AfterValidator(_once)]
    due_on: Day = Field(examples=["2026-12-15"])
    note: Note = Field(default="", examples=["合同第七条:签约后支付三成预付款"])


class SetTermsIn(In):
    """Payment terms (付款条件) from a day on."""

    supplier_id: UUID | None = Field(default=None, description="With this supplier; with all when absent.")
    rule: TermsRule = Field(examples=["after_acceptance"])
    days: Days | None = Field(description="Null: no term is agreed, only the law counts.")
    buyer_kind: BuyerKind = Field(description="What the law sees in the buyer.", examples=["large_firm"])
    small_firm: bool = Field(description="Whether a supplier is a small firm when its file does not say.")
    interest_percent: Percent | None = Field(default=None, description="Yearly rate for late payment.")
    retention_percent: Percent = Field(default=Decimal("0.00"), examples=["3.00"])
    retention_months: Annotated[int, Field(ge=0, le=120, examples=[24])] = 24
    valid_from: Day = Field(examples=["2027-01-01"])
    source: Text = Field(examples=["框架协议 2027-01 第七条"])


class TermsOut(Out):
    """Payment terms as they were set."""

    id: UUID
    version: int
    supplier_id: UUID | None
    rule: TermsRule
    days: int | None
    buyer_kind: BuyerKind
    small_firm: bool
    interest_percent: Percent | None
    retention_percent: Percent
    retention_months: int
    valid_from: date
    source: str
    created_at: Instant


class CostOut(Out):
    """So much for one cost code."""

    cost_code: str
    amount: Amount


class OffsetOut(Out):
    """What an advance or credit (`fund_id`) settled of a payable, and when."""

    payable_id: UUID
    fund_id: UUID
    amount: Amount
    on_day: date


class ReceivableOut(Out):
    """What a supplier is told of what it is owed: amounts, due date, state."""

    id: UUID
    version: int
    number: str
    kind: Kind
    state: State
    buyer_id: UUID
    supplier_id: UUID
    project_id: UUID
    invoice_id: UUID | None
    currency: str
    amount: Amount
    paid: Amount
    offset_amount: Amount = Field(description="Settled by advances and credits (冲抵).")
    open_amount: Amount
    delivered_on: date
    due_on: date
    due_by: DueBy = Field(description="Which rule gave the date; the earlier of contract and law counts.")
    due_source: str
    days_overdue: int
    interest: Amount = Field(description="For late payment so far, up to and including today.")
    interest_per_day: Amount
    interest_source: str

    @classmethod
    def of(cls, shown: Shown) -> ReceivableOut:
        """From the row and what today adds."""
        return cls.model_validate(_fields(shown, cls))


class PayableOut(ReceivableOut):
    """A payable as its buyer sees it, without what settled it."""

    parent_id: UUID | None = Field(description="Of retention money: the payable that it was withheld from.")
    order_ids: list[UUID]
    returned: Amount
    in_payment: Amount = Field(description="Bound in payment orders that are not executed.")
    consumed: Amount = Field(description="Of an advance: what later invoices have taken.")
    costs: list[CostOut]
    due_by_contract: date | None
    due_by_law: date | None
    law_rule: str
    terms_id: UUID | None
    small_firm: bool
    buyer_kind: BuyerKind
    warned: Warned | None
    note: str
    created_at: Instant

    @classmethod
    def of(cls, shown: Shown) -> PayableOut:
        """From the row and what today adds."""
        return cls.model_validate(_fields(shown, cls))


class PayableDetailOut(PayableOut):
    """A payable with the offsets that settled it, or that it settled."""

    offsets: list[OffsetOut]

    @classmethod
    def of(cls, shown: Shown) -> PayableDetailOut:
        """From the row and what today adds."""
        return cls.model_validate(_fields(shown, cls))


_TODAY = ("days_overdue", "interest", "interest_per_day", "offsets")


def _fields(shown: Shown, model: type[Out]) -> dict[str, object]:
    payable: Payable = shown.payable
    return {name: getattr(shown if name in _TODAY else payable, name) for name in model.model_fields}
