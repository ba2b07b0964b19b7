"""Facts of payments."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from procurement.payments.models import Payment, PaymentItem
from zhulian.common.v1.values_pb2 import CostLine, Day, Money
from zhulian.procurement.v1.payments_events_pb2 import PaidPayable, PaymentMade

MADE = "zhulian.procurement.payments.made.v1"

SUBJECTS: dict[str, type[Message]] = {MADE: PaymentMade}


def made(payment: Payment, items: Sequence[PaymentItem]) -> Event:
    """Items of one supplier, project and day were executed (or refunded: negative)."""
    first = items[0]
    costs: dict[str, Decimal] = {}
    for item in items:
        for cost in item.costs:
            code = cost["cost_code"]
            costs[code] = costs.get(code, Decimal("0.00")) + Decimal(cost["amount"])
    message = PaymentMade(
        payment_id=str(payment.id),
        number=payment.number,
        project_id=str(first.project_id),
        buyer_id=str(payment.buyer_id),
        supplier_id=str(first.supplier_id),
        day=Day(date=first.paid_on.isoformat() if first.paid_on else ""),
        costs=[CostLine(cost_code=code, amount=_money(amount, payment)) for code, amount in sorted(costs.items())],
        amount=_money(sum((item.amount for item in items), Decimal("0.00")), payment),
        payables=[
            PaidPayable(
                payable_id=str(item.payable_id),
                invoice_id=str(item.invoice_id or ""),
                amount=_money(item.amount, payment),
            )
            for item in items
        ],
    )
    return Event(MADE, payment.id, payment.version, message)


def _money(amount: Decimal, payment: Payment) -> Money:
    return Money(amount=decimal_text(amount), currency=payment.currency)
