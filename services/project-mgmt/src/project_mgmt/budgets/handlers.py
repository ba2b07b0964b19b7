"""Event door of budgets, and the job that lets reservations lapse: only translates."""

from __future__ import annotations

from uuid import UUID

from chassis.subscriptions import Received
from chassis.work import Work
from project_mgmt.budgets import service
from project_mgmt.budgets.schemas import order_costs
from project_mgmt.budgets.service import OrderCosts
from zhulian.procurement.v1.events_pb2 import OrderApproved, OrderCancelled, OrderFacts


async def order_approved(work: Work, event: Received[OrderApproved]) -> None:
    """The order's reservation is confirmed."""
    await service.confirm(work, _costs(event.message.order))


async def order_cancelled(work: Work, event: Received[OrderCancelled]) -> None:
    """The order's budget is free again."""
    await service.cancel(work, _costs(event.message.order))


async def lapse_due(work: Work, payload: dict[str, str]) -> None:
    """A reservation's time is over."""
    await service.lapse(work, UUID(payload["commitment_id"]))


def _costs(order: OrderFacts) -> OrderCosts:
    return order_costs(order.project_id, order.order_id, order.buyer_id, order.costs, lines_at="/order/costs")
