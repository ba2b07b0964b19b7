"""One order as it stands today."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis.work import Work
from procurement.orders import rules, service
from procurement.orders.models import Order


@dataclass(frozen=True, slots=True)
class Shown:
    """An order with what today adds to it."""

    order: Order
    late: bool

    @property
    def version(self) -> int:
        """Of the order, for the entity tag."""
        return self.order.version


async def show(work: Work, order_id: UUID) -> Shown:
    """One order with its lines, and whether it is late. ORDER_NOT_FOUND."""
    order = await service.get(work, order_id)
    return Shown(order, rules.is_late(order.state, order.lines, work.today))
