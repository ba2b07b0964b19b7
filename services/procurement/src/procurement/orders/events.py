"""Facts of orders."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from uuid import UUID

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.orders import rules
from procurement.orders.models import Order, OrderLine
from procurement.orders.rules import NewOrder
from procurement.orders.states import State
from zhulian.common.v1.values_pb2 import CostLine, Day, Money
from zhulian.procurement.v1 import events_pb2, orders_events_pb2

CREATED = "zhulian.procurement.orders.created.v1"
APPROVED = "zhulian.procurement.orders.approved.v1"
CANCELLED = "zhulian.procurement.orders.cancelled.v1"
CLOSED = "zhulian.procurement.orders.closed.v1"
COMMITMENT_CHANGED = "zhulian.procurement.orders.commitment-changed.v1"

SUBJECTS: dict[str, type[Message]] = {
    CREATED: events_pb2.OrderCreated,
    APPROVED: events_pb2.OrderApproved,
    CANCELLED: events_pb2.OrderCancelled,
    CLOSED: orders_events_pb2.OrderClosed,
    COMMITMENT_CHANGED: orders_events_pb2.OrderCommitmentChanged,
}


def created(order: Order | NewOrder) -> Event:
    """A draft stands."""
    return Event(CREATED, order.id, order.version, events_pb2.OrderCreated(order=facts(order, ordered(order))))


def approved(order: Order) -> Event:
    """Confirms the budget reservation of this order."""
    return Event(APPROVED, order.id, order.version, events_pb2.OrderApproved(order=facts(order, ordered(order))))


def cancelled(order: Order) -> Event:
    """The order was called off, or declined by its supplier; its budget is free again."""
    return Event(
        CANCELLED,
        order.id,
        order.version,
        events_pb2.OrderCancelled(
            order=facts(order, ordered(order)), reason=order.reason, declined=order.state is State.DECLINED
        ),
    )


def commitment_changed(order: Order, cause: str, change_id: UUID | None = None) -> Event:
    """What the order holds of the budget from now on; `change_id`: the change whose additions are part of it."""
    message = orders_events_pb2.OrderCommitmentChanged(
        order=facts(order, rules.commitments(order.lines)),
        cause=cause,
        change_id=str(change_id) if change_id else "",
    )
    return Event(COMMITMENT_CHANGED, order.id, order.version, message)


def closed(order: Order, lines: Iterable[OrderLine], reason: str, *, completed: bool) -> Event:
    """These lines take no more deliveries."""
    message = orders_events_pb2.OrderClosed(
        order=facts(order, rules.commitments(order.lines)),
        reason=reason,
        completed=completed,
        lines=[line_facts(line) for line in lines],
    )
    return Event(CLOSED, order.id, order.version, message)


def line_facts(line: OrderLine) -> orders_events_pb2.OrderLineFacts:
    """A line as it stands."""
    return orders_events_pb2.OrderLineFacts(
        line_id=str(line.id),
        position=line.position,
        material_code=line.material_code,
        unit=line.unit,
        cost_code=line.cost_code,
        quantity=decimal_text(line.quantity),
        unit_price=decimal_text(line.unit_price),
        delivered=decimal_text(line.delivered),
        accepted=decimal_text(line.accepted),
        needed_by=Day(date=line.needed_by.isoformat()) if line.needed_by else None,
        closed=line.closed,
        origin_line_id=str(line.origin_line_id or ""),
        requisition_line_id=str(line.requisition_line_id or ""),
    )


def ordered(order: Order | NewOrder) -> dict[str, Decimal]:
    """What the lines cost as they were ordered, per cost code."""
    return rules.costs((line.cost_code, line.amount) for line in order.lines)


def facts(order: Order | NewOrder, costs: Mapping[str, Decimal]) -> events_pb2.OrderFacts:
    """The order with amounts per cost code."""
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
