"""The cost view: own budget and commitments beside the costs that the facts of procurement and labour have said."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from chassis.errors import NotFound
from chassis.work import Work
from project_mgmt import permissions
from project_mgmt.budgets import repository as budgets
from project_mgmt.budgets.models import Budget
from project_mgmt.costs import rules
from project_mgmt.costs.rules import CostLine, Figures
from project_mgmt.indicators import repository as indicators
from project_mgmt.indicators.rules import Measure
from project_mgmt.projects import repository as projects

DEFAULT_CURRENCY = "CNY"
FIGURES = {
    Measure.ACCEPTED_COST: "accepted",
    Measure.INVOICED_COST: "invoiced",
    Measure.PAID_COST: "paid",
    Measure.WAGES_COST: "wages",
    Measure.WAGES_PAID: "wages_paid",
}


@dataclass(frozen=True, slots=True)
class Costs:
    """A project's costs in one currency, by cost code, and their sum."""

    currency: str
    lines: Sequence[CostLine]
    total: Figures


async def get(work: Work, project_id: UUID) -> Costs:
    """Budget, commitments, costs and wages by cost code; NotFound for who does not see the money."""
    work.require(permissions.COSTS_READ)
    async with work.reading() as session:
        await projects.get_steered(session, work.principal, project_id, work.today)
        try:
            budget: Budget | None = await budgets.get(session, work.principal, project_id, work.today)
        except NotFound:
            budget = None
        currency = budget.currency if budget is not None else DEFAULT_CURRENCY
        sums = await indicators.sums_by_detail(session, project_id, tuple(FIGURES), currency)
    held = (
        {line.cost_code: (line.name, line.amount, line.reserved, line.confirmed) for line in budget.lines}
        if budget is not None
        else {}
    )
    lines = rules.side_by_side(held, ((FIGURES[measure], code, value) for measure, code, value in sums))
    return Costs(currency, lines, rules.total(lines))
