"""Facts of changes; their aggregate is the order, so they come in its order."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from procurement.changes.models import OrderChange
from procurement.orders import events as orders
from procurement.orders import rules
from procurement.orders.models import Order
from zhulian.common.v1.values_pb2 import CostLine, Money
from zhulian.procurement.v1 import orders_events_pb2

AMENDMENT_APPROVED = "zhulian.procurement.orders.amendment-approved.v1"
AMENDMENT_DROPPED = "zhulian.procurement.orders.amendment-dropped.v1"
AMENDED = "zhulian.procurement.orders.amended.v1"

SUBJECTS: dict[str, type[Message]] = {
    AMENDMENT_APPROVED: orders_events_pb2.OrderAmendmentApproved,
    AMENDMENT_DROPPED: orders_events_pb2.OrderAmendmentDropped,
    AMENDED: orders_events_pb2.OrderAmended,
}


def approved(order: Order, change: OrderChange) -> Event:
    """What the change adds is held beside the order from now on."""
    message = orders_events_pb2.OrderAmendmentApproved(
        order=orders.facts(order, rules.commitments(order.lines)),
        change_id=str(change.id),
        adds=_adds(order, change),
    )
    return Event(AMENDMENT_APPROVED, order.id, order.version, message)


def dropped(order: Order, change: OrderChange) -> Event:
    """What an approved change added is free again."""
    message = orders_events_pb2.OrderAmendmentDropped(
        order=orders.facts(order, rules.commitments(order.lines)),
        change_id=str(change.id),
        adds=_adds(order, change),
        reason=change.answer,
    )
    return Event(AMENDMENT_DROPPED, order.id, order.version, message)


def amended(order: Order, change: OrderChange) -> Event:
    """The order reads so from now on."""
    message = orders_events_pb2.OrderAmended(
        order=orders.facts(order, rules.commitments(order.lines)),
        change_id=str(change.id),
        change_number=change.number,
        reason=change.reason,
        lines=[orders.line_facts(line) for line in order.lines],
    )
    return Event(AMENDED, order.id, order.version, message)


def _adds(order: Order, change: OrderChange) -> list[CostLine]:
    return [
        CostLine(cost_code=code, amount=Money(amount=amount, currency=order.currency))
        for code, amount in sorted(change.adds.items())
    ]
