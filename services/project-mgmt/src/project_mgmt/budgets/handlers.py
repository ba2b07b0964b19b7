"""Event door of budgets, and the job that lets reservations lapse: only translates."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from chassis.subscriptions import Received
from chassis.work import Work
from project_mgmt.budgets import service
from project_mgmt.budgets.schemas import order_costs
from project_mgmt.budgets.service import OrderCosts
from project_mgmt.values import uuid_of
from zhulian.procurement.v1.events_pb2 import OrderApproved, OrderCancelled, OrderFacts
from zhulian.procurement.v1.orders_events_pb2 import (
    OrderAmendmentApproved,
    OrderAmendmentDropped,
    OrderCommitmentChanged,
)


async def order_approved(work: Work, event: Received[OrderApproved]) -> None:
    """The order's reservation is confirmed."""
    await service.confirm(work, _costs(event.message.order, event.version))


async def order_commitment_changed(work: Work, event: Received[OrderCommitmentChanged]) -> None:
    """The order holds another amount: it was amended, or what is left was called off, or more came than ordered."""
    merged = event.message.change_id
    costs = _costs(event.message.order, event.version)
    await service.recommit(work, costs, uuid_of(merged, "/change_id") if merged else None)


async def amendment_approved(work: Work, event: Received[OrderAmendmentApproved]) -> None:
    """What a change adds is held beside the order until the supplier has answered."""
    await service.confirm(work, _added(event))


async def amendment_dropped(work: Work, event: Received[OrderAmendmentDropped]) -> None:
    """What a change would have added is free again."""
    await service.cancel(work, _added(event))


async def order_cancelled(work: Work, event: Received[OrderCancelled]) -> None:
    """The order's budget is free again."""
    await service.cancel(work, _costs(event.message.order, event.version))


async def lapse_due(work: Work, payload: dict[str, str]) -> None:
    """A reservation's time is over."""
    await service.lapse(work, UUID(payload["commitment_id"]))


def _added(event: Received[OrderAmendmentApproved] | Received[OrderAmendmentDropped]) -> OrderCosts:
    order, change_id = event.message.order, uuid_of(event.message.change_id, "/change_id")
    costs = order_costs(order.project_id, order.order_id, order.buyer_id, event.message.adds, lines_at="/adds")
    return replace(costs, change_id=change_id, version=event.version)


def _costs(order: OrderFacts, version: int) -> OrderCosts:
    costs = order_costs(order.project_id, order.order_id, order.buyer_id, order.costs, lines_at="/order/costs")
    return replace(costs, version=version)
