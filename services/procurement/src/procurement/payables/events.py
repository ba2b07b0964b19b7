"""Facts of payables."""

from __future__ import annotations

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.payables.models import Payable
from zhulian.common.v1.values_pb2 import Day, Money
from zhulian.procurement.v1.payables_events_pb2 import PayableDue, PayableFacts, PayableRaised, PayableReleased

RAISED = "zhulian.procurement.payables.raised.v1"
RELEASED = "zhulian.procurement.payables.released.v1"
DUE = "zhulian.procurement.payables.due.v1"

SUBJECTS: dict[str, type[Message]] = {RAISED: PayableRaised, RELEASED: PayableReleased, DUE: PayableDue}


def raised(payable: Payable) -> Event:
    """Something is owed."""
    return Event(RAISED, payable.id, payable.version, PayableRaised(payable=_facts(payable)))


def released(payable: Payable) -> Event:
    """Retention money may be paid."""
    return Event(RELEASED, payable.id, payable.version, PayableReleased(payable=_facts(payable)))


def due(payable: Payable) -> Event:
    """A payable falls due, or is overdue, or withheld retention money is to be released."""
    warned = payable.warned.value if payable.warned else ""
    return Event(DUE, payable.id, payable.version, PayableDue(payable=_facts(payable), warned=warned))


def _facts(payable: Payable) -> PayableFacts:
    return PayableFacts(
        payable_id=str(payable.id),
        number=payable.number,
        kind=payable.kind.value,
        state=payable.state.value,
        project_id=str(payable.project_id),
        buyer_id=str(payable.buyer_id),
        supplier_id=str(payable.supplier_id),
        invoice_id=str(payable.invoice_id or ""),
        due_on=Day(date=payable.due_on.isoformat()),
        due_by=payable.due_by.value,
        amount=Money(amount=decimal_text(payable.amount), currency=payable.currency),
        open=Money(amount=decimal_text(payable.open_amount), currency=payable.currency),
    )
