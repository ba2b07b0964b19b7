"""Facts of awards: one for each supplier that won, with its own lines alone."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from uuid import UUID

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.awards.models import Award, AwardLine
from procurement.awards.rules import NewLine
from procurement.orders.rules import line_amount
from zhulian.common.v1.values_pb2 import Money
from zhulian.procurement.v1 import sourcing_events_pb2

AWARDED = "zhulian.procurement.awards.awarded.v1"

SUBJECTS: dict[str, type[Message]] = {AWARDED: sourcing_events_pb2.Awarded}


def awarded(award: Award, supplier_id: UUID, lines: Sequence[AwardLine | NewLine]) -> Event:
    """A supplier has won these lines."""
    total = sum((line_amount(line.quantity, line.unit_price) for line in lines), Decimal("0.00"))
    message = sourcing_events_pb2.Awarded(
        award_id=str(award.id),
        sourcing_id=str(award.sourcing_id),
        buyer_id=str(award.buyer_id),
        supplier_id=str(supplier_id),
        total=Money(amount=decimal_text(total), currency=award.currency),
        lines=[
            sourcing_events_pb2.AwardedLine(
                award_line_id=str(line.id),
                material_code=line.material_code,
                unit=line.unit,
                quantity=decimal_text(line.quantity),
                unit_price=decimal_text(line.unit_price),
            )
            for line in lines
        ],
    )
    return Event(AWARDED, award.id, award.version, message)
