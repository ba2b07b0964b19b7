"""What goes out about costs."""

from __future__ import annotations

from pydantic import Field

from chassis.http.schemas import Out
from chassis.values import Amount, SignedAmount
from project_mgmt.costs.rules import CostLine, Figures
from project_mgmt.costs.service import Costs


class FiguresOut(Out):
    """One cost code's money, tax included."""

    budget: Amount = Field(description="What the budget allows.")
    reserved: Amount = Field(description="Held by orders that are being approved.")
    committed: Amount = Field(description="Held by approved orders (已签约).")
    accepted: SignedAmount = Field(description="Accepted on site, returns taken off (已验收).")
    invoiced: SignedAmount = Field(description="Invoiced and matched, credit notes taken off (已开票).")
    paid: SignedAmount = Field(description="Paid, advances included (已付款).")
    wages: SignedAmount = Field(description="Wages owed by approved payrolls, gross (人工成本).")
    wages_paid: SignedAmount = Field(description="Wages that have reached the workers, net (已付工资).")
    left: SignedAmount = Field(description="What may still be committed.")
    accrued: SignedAmount = Field(description="Accepted and not invoiced yet (暂估).")
    owed: SignedAmount = Field(description="Invoiced and not paid yet (应付未付).")


class CostLineOut(FiguresOut):
    """The money of one cost code."""

    cost_code: str = Field(examples=["01-STEEL"])
    name: str

    @classmethod
    def of(cls, line: CostLine) -> CostLineOut:
        """From the rule's line."""
        return cls(cost_code=line.cost_code, name=line.name, **_plain(line.figures))


class CostsOut(Out):
    """A project's costs."""

    currency: str
    lines: list[CostLineOut]
    total: FiguresOut

    @classmethod
    def of(cls, costs: Costs) -> CostsOut:
        """From the use case."""
        return cls(
            currency=costs.currency,
            lines=[CostLineOut.of(line) for line in costs.lines],
            total=FiguresOut(**_plain(costs.total)),
        )


def _plain(figures: Figures) -> dict[str, Amount]:
    return {name: getattr(figures, name) for name in FiguresOut.model_fields}
