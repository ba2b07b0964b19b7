"""Facts of orders."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.orders import rules
from procurement.orders.models import Order
from procurement.orders.rules import NewOrder
from zhulian.common.v1.values_pb2 import CostLine, Money
from zhulian.procurement.v1 import events_pb2

CREATED = "zhulian.procurement.orders.created.v1"
APPROVED = "zhulian.procurement.orders.approved.v1"
CANCELLED = "zhulian.procurement.orders.cancelled.v1"

SUBJECTS: dict[str, type[Message]] = {
    CREATED: events_pb2.OrderCreated,
    APPROVED: events_pb2.OrderApproved,
    CANCELLED: events_pb2.OrderCancelled,
}


def created(order: Order | NewOrder) -> Event:
    """A draft stands."""
    return Event(CREATED, order.id, order.version, events_pb2.OrderCreated(order=_facts(order)))


def approved(order: Order) -> Event:
    """Confirms the budget reservation of this order."""
    return Event(APPROVED, order.id, order.version, events_pb2.OrderApproved(order=_facts(order)))


def cancelled(order: Order) -> Event:
    """The budget of this order is free again."""
    return Event(
        CANCELLED,
        order.id,
        order.version,
        events_pb2.OrderCancelled(order=_facts(order), reason=order.reason),
    )


def _facts(order: Order | NewOrder) -> events_pb2.OrderFacts:
    costs = rules.costs((line.cost_code, line.amount) for line in order.lines)
    return events_pb2.OrderFacts(
        order_id=str(order.id),
        number=order.number,
        project_id=str(order.project_id),
        buyer_id=str(order.buyer_id),
        supplier_id=str(order.supplier_id),
        total=Money(amount=decimal_text(order.total), currency=order.currency),
        costs=[
            CostLine(cost_code=code, amount=Money(amount=decimal_text(amount), currency=order.currency))
            for code, amount in costs.items()
        ],
    )
