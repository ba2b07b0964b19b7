"""Facts of invoices."""

from __future__ import annotations

from decimal import Decimal

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.invoices.models import Invoice
from procurement.orders import rules
from zhulian.common.v1.values_pb2 import CostLine, Day, Money
from zhulian.procurement.v1.invoices_events_pb2 import InvoiceApproved

APPROVED = "zhulian.procurement.invoices.approved.v1"

SUBJECTS: dict[str, type[Message]] = {APPROVED: InvoiceApproved}


def approved(invoice: Invoice) -> Event:
    """By how much invoiced cost changes per cost code, tax included; a red invoice takes cost back."""

    def money(amount: Decimal) -> Money:
        return Money(amount=decimal_text(amount), currency=invoice.currency)

    costs = rules.costs((line.cost_code, line.gross) for line in invoice.lines)
    message = InvoiceApproved(
        invoice_id=str(invoice.id),
        number=invoice.number,
        kind=invoice.kind,
        project_id=str(invoice.project_id),
        buyer_id=str(invoice.buyer_id),
        supplier_id=str(invoice.supplier_id),
        day=Day(date=invoice.issue_date.isoformat()),
        costs=[CostLine(cost_code=code, amount=money(amount)) for code, amount in costs.items()],
        net=money(invoice.net),
        tax=money(invoice.tax),
        gross=money(invoice.gross),
        order_ids=sorted({str(line.order_id) for line in invoice.lines}),
        corrects_invoice_id="" if invoice.corrects_id is None else str(invoice.corrects_id),
    )
    return Event(APPROVED, invoice.id, invoice.version, message)
