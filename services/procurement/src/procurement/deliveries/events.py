"""Facts of deliveries."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.deliveries.models import Delivery
from zhulian.common.v1.values_pb2 import CostLine, Day, Money
from zhulian.procurement.v1.events_pb2 import DeliveryAccepted

ACCEPTED = "zhulian.procurement.deliveries.accepted.v1"

SUBJECTS: dict[str, type[Message]] = {ACCEPTED: DeliveryAccepted}


def accepted(delivery: Delivery, day: date, costs: Mapping[str, Decimal], currency: str, *, proof: bool) -> Event:
    """By how much accepted cost changes per cost code; negative for a return, which carries no certificate."""
    message = DeliveryAccepted(
        delivery_id=str(delivery.id),
        order_id=str(delivery.order_id),
        project_id=str(delivery.project_id),
        buyer_id=str(delivery.buyer_id),
        supplier_id=str(delivery.supplier_id),
        day=Day(date=day.isoformat()),
        costs=[
            CostLine(cost_code=code, amount=Money(amount=decimal_text(amount), currency=currency))
            for code, amount in sorted(costs.items())
        ],
        certificate_number=delivery.certificate_number if proof else "",
        certificate_sha256=delivery.certificate_sha256 if proof else "",
    )
    return Event(ACCEPTED, delivery.id, delivery.version, message)
