"""Facts of wage accounts."""

from __future__ import annotations

from decimal import Decimal

from google.protobuf.message import Message

from chassis.outbox import Event
from chassis.values import decimal_text
from labour.wage_accounts.models import WageAccount, WageEntry, WageShare
from zhulian.common.v1.values_pb2 import Day, Money
from zhulian.labour.v1 import payroll_events_pb2

DEPOSIT_RECEIVED = "zhulian.labour.wage-accounts.deposit-received.v1"
SHARE_OVERDUE = "zhulian.labour.wage-accounts.share-overdue.v1"
CURRENCY = "CNY"

SUBJECTS: dict[str, type[Message]] = {
    DEPOSIT_RECEIVED: payroll_events_pb2.DepositReceived,
    SHARE_OVERDUE: payroll_events_pb2.ShareOverdue,
}


def money(amount: Decimal) -> Money:
    """Wages are paid in the country's currency."""
    return Money(amount=decimal_text(amount), currency=CURRENCY)


def deposit_received(account: WageAccount, entry: WageEntry) -> Event:
    """Money has come onto the account."""
    message = payroll_events_pb2.DepositReceived(
        account_id=str(account.id),
        project_id=str(account.project_id),
        contractor_id=str(account.contractor_id),
        entry_id=str(entry.id),
        share_id=str(entry.share_id or ""),
        amount=money(entry.amount),
        balance=money(entry.balance),
        day=Day(date=entry.booked_on.isoformat()),
    )
    return Event(DEPOSIT_RECEIVED, account.id, account.version, message)


def share_overdue(share: WageShare) -> Event:
    """The owner's share did not come in full by its day."""
    message = payroll_events_pb2.ShareOverdue(
        share_id=str(share.id),
        account_id=str(share.account_id),
        project_id=str(share.project_id),
        contractor_id=str(share.contractor_id),
        amount=money(share.amount),
        paid=money(share.paid),
        due=Day(date=share.due_on.isoformat()),
    )
    return Event(SHARE_OVERDUE, share.id, share.version, message)
