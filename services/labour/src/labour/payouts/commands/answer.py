"""What the bank has answered: taken whole or refused whole; what failed goes back to the account and is open again."""

from __future__ import annotations

from decimal import Decimal

from chassis import audit
from chassis.work import Work, touch
from labour import permissions
from labour.payouts import bank_file, errors, repository, rules, states
from labour.payouts.models import Payout
from labour.payouts.rules import Told
from labour.payouts.service import AUDITED, Verb, locked
from labour.payouts.states import Action, RowAction, RowState
from labour.payrolls import service as payrolls
from labour.wage_accounts import repository as account_repository
from labour.wage_accounts import service as accounts
from labour.wage_accounts.service import NewEntry
from labour.wage_accounts.states import EntryKind


async def settle(work: Work, command: Verb, name: str, content: bytes) -> Payout:
    """Book the bank's answer, a row for each transfer: paid, or failed with a reason.

    InvalidArgument BANK_RESULT_REFUSED names every row that does not fit, and nothing is booked then.
    """
    work.require(permissions.PAYOUTS_PREPARE)
    session = await work.writing()
    payout, before = await locked(work, command)
    payout.state = states.PAYOUT.apply(payout.state, Action.SETTLE)
    sent = [row for row in await repository.rows(session, payout.id) if row.state is RowState.PENDING]
    rows = {row.id: row for row in sent}
    answered = bank_file.FORMATS[name].read(content)
    told = [Told(row.id, row.position, row.amount) for row in rows.values()]
    verdicts, faults = rules.judge(told, answered, work.today)
    if faults:
        raise errors.result_refused(faults)
    account = await account_repository.own(session, work.principal, payout.account_id)
    for verdict in verdicts:
        row = rows[verdict.row_id]
        row.bank_reference, row.paid_on, row.reason = verdict.bank_reference, verdict.paid_on, verdict.reason
        if verdict.paid_on is not None:
            row.state = states.ROW.apply(row.state, RowAction.PAY)
            continue
        row.state = states.ROW.apply(row.state, RowAction.FAIL)
        row.bank_reference = ""
        back = NewEntry(EntryKind.PAYOUT_RETURNED, row.amount, work.today, row.id, note=verdict.reason[:200])
        await accounts.book(work, account, back)
    paid = rules.by_day({one.row_id: one for one in verdicts}, {row.id: row.payroll_id for row in rows.values()})
    payout.paid = sum((rows[row_id].amount for row_ids in paid.values() for row_id in row_ids), Decimal("0.00"))
    for (payroll_id, day), row_ids in paid.items():
        await payrolls.settle(work, payroll_id, [rows[row_id].line_id for row_id in row_ids], day, payout.id)
    touch(payout, work)
    work.audit("payouts.settle", "payout", payout.id, before, audit.fields(payout, *AUDITED))
    return payout
