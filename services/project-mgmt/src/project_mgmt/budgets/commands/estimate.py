"""What a bill of quantities (工程量清单) would cost at the published prices (信息价) of the project's city."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from uuid import UUID

from chassis.errors import FailedPrecondition, InvalidArgument, NotFound, ServiceError
from chassis.rpc.deadline import within
from chassis.work import Work
from project_mgmt import permissions
from project_mgmt.budgets import rules
from project_mgmt.clients.procurement import MaterialPrice, ProcurementDirectory
from project_mgmt.projects import repository as projects

WAIT = 5.0
AT_ONCE = 8
CENT = Decimal("0.01")
NO_PRICE = (NotFound, FailedPrecondition, InvalidArgument)
"""What procurement says about one material; anything else is about the call, and goes to the caller as it is."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """So much of a material against a cost code."""

    cost_code: str
    material_code: str
    unit: str
    quantity: Decimal


@dataclass(frozen=True, slots=True)
class EstimateBudget:
    """Quantities to be priced on a day (today when None)."""

    project_id: UUID
    on: date | None
    quantities: Sequence[Quantity]


@dataclass(frozen=True, slots=True)
class EstimatedLine:
    """A quantity with its price, tax included, and its amount to the cent; or the reason why there is none."""

    quantity: Quantity
    price: MaterialPrice | None
    amount: Decimal | None
    code: str


@dataclass(frozen=True, slots=True)
class Estimate:
    """The lines, and what they come to per cost code; `complete` is False when a line has no price. In CNY."""

    project_id: UUID
    region: str
    on: date
    lines: Sequence[EstimatedLine]
    amounts: dict[str, Decimal]
    complete: bool


async def estimate(work: Work, command: EstimateBudget, procurement: ProcurementDirectory) -> Estimate:
    """Price every quantity; nothing is written.

    A material without a price, or in a unit that does not convert, keeps procurement's reason on its line. Unavailable
    and DeadlineExceeded of procurement reach the caller unchanged.
    """
    work.require(permissions.BUDGETS_ESTIMATE)
    async with work.reading() as session:
        project = await projects.get_steered(session, work.principal, command.project_id, work.today)
    on = command.on or work.today
    room = asyncio.Semaphore(AT_ONCE)

    async def ask(material_code: str, unit: str) -> MaterialPrice | ServiceError:
        try:
            async with room:
                return await procurement.material_price(material_code, project.city, on, unit)
        except NO_PRICE as refusal:
            return refusal

    wanted = sorted({(one.material_code, one.unit) for one in command.quantities})
    with within(WAIT):
        answers = await asyncio.gather(*(ask(code, unit) for code, unit in wanted))
    by_material = dict(zip(wanted, answers, strict=True))
    lines = [_line(one, by_material[one.material_code, one.unit]) for one in command.quantities]
    amounts = rules.summed((line.quantity.cost_code, line.amount) for line in lines if line.amount is not None)
    complete = all(line.amount is not None for line in lines)
    return Estimate(project.id, project.city, on, lines, amounts, complete)


def _line(quantity: Quantity, answer: MaterialPrice | ServiceError) -> EstimatedLine:
    if isinstance(answer, ServiceError):
        return EstimatedLine(quantity, None, None, answer.reason)
    amount = (quantity.quantity * answer.with_tax).quantize(CENT, ROUND_HALF_UP)
    return EstimatedLine(quantity, answer, amount, "")
