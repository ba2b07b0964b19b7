"""Facts of payrolls: amounts by project, employer and cost code, and no worker's name."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from uuid import UUID

from google.protobuf.message import Message

from chassis.outbox import Event
from labour.payrolls.models import Payroll
from labour.wage_accounts.events import money
from zhulian.common.v1.values_pb2 import CostLine, Day
from zhulian.labour.v1 import payroll_events_pb2

APPROVED = "zhulian.labour.payrolls.approved.v1"
PAID = "zhulian.labour.payrolls.paid.v1"

SUBJECTS: dict[str, type[Message]] = {
    APPROVED: payroll_events_pb2.PayrollApproved,
    PAID: payroll_events_pb2.PayrollPaid,
}


def approved(payroll: Payroll, gross: Decimal, workers: int, day: date) -> Event:
    """So much is owed to so many more workers of this payroll."""
    message = payroll_events_pb2.PayrollApproved(
        payroll=_note(payroll), costs=_costs(payroll, gross), workers=workers, day=Day(date=day.isoformat())
    )
    return Event(APPROVED, payroll.id, payroll.version, message)


def paid(payroll: Payroll, net: Decimal, workers: int, day: date, payout_id: UUID) -> Event:
    """The bank has paid so much to so many workers of this payroll."""
    message = payroll_events_pb2.PayrollPaid(
        payroll=_note(payroll),
        costs=_costs(payroll, net),
        workers=workers,
        day=Day(date=day.isoformat()),
        payout_id=str(payout_id),
    )
    return Event(PAID, payroll.id, payroll.version, message)


def _costs(payroll: Payroll, amount: Decimal) -> list[CostLine]:
    return [CostLine(cost_code=payroll.cost_code, amount=money(amount))]


def _note(payroll: Payroll) -> payroll_events_pb2.PayrollNote:
    return payroll_events_pb2.PayrollNote(
        payroll_id=str(payroll.id),
        project_id=str(payroll.project_id),
        employer_id=str(payroll.employer_id),
        contractor_id=str(payroll.contractor_id),
        month=Day(date=payroll.month.isoformat()),
        run=payroll.run.value,
    )
