"""Facts of payables."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.payables.models import Payable
from zhulian.common.v1.values_pb2 import Day, Money
from zhulian.procurement.v1.payables_events_pb2 import PayableDue

DUE = "zhulian.procurement.payables.due.v1"

SUBJECTS: dict[str, type[Message]] = {DUE: PayableDue}


def due(payable: Payable) -> Event:
    """A payable falls due, or is overdue, or withheld retention money may be released."""
    message = PayableDue(
        payable_id=str(payable.id),
        number=payable.number,
        kind=payable.kind.value,
        state=payable.state.value,
        warned=payable.warned.value if payable.warned else "",
        project_id=str(payable.project_id),
        buyer_id=str(payable.buyer_id),
        supplier_id=str(payable.supplier_id),
        invoice_id=str(payable.invoice_id or ""),
        due_on=Day(date=payable.due_on.isoformat()),
        due_by=payable.due_by.value,
        open=Money(amount=decimal_text(payable.open_amount), currency=payable.currency),
    )
    return Event(DUE, payable.id, payable.version, message)
