"""Whose card may not be used: who has withdrawn the consent to it is paid in another way, and is never left unnamed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from chassis.work import Work
from labour.consents import repository as consents
from labour.consents.models import Purpose
from labour.payouts import errors, repository, rules, states
from labour.payouts.models import Payout, PayoutRow
from labour.payouts.states import RowAction, RowState
from labour.wage_accounts import repository as account_repository
from labour.wage_accounts import service as accounts
from labour.wage_accounts.service import NewEntry
from labour.wage_accounts.states import EntryKind


async def refused(work: Work, contractor_id: UUID, worker_ids: Collection[UUID], prepared_at: datetime) -> set[UUID]:
    """Those of these workers whose card a payout that was prepared then may not use."""
    session = await work.writing()
    withdrawn = await consents.withdrawn(session, worker_ids, Purpose.BANK_ACCOUNT)
    changed = await repository.payees(session, contractor_id, withdrawn)
    confirmed = {worker_id: payee.updated_at for worker_id, payee in changed.items()}
    return {
        worker_id
        for worker_id, at in withdrawn.items()
        if not rules.card_may_be_used(at, confirmed.get(worker_id), prepared_at)
    }


async def leave_out(work: Work, payout: Payout, rows: Sequence[PayoutRow]) -> None:
    """Before the total is taken: transfers to such cards are called off, and the total is that of the others.

    FailedPrecondition CONSENT_WITHDRAWN when no other is left; the payout is to be cancelled then.
    """
    for row in await _refused_of(work, payout, rows):
        row.state = states.ROW.apply(row.state, RowAction.CANCEL)
        row.reason = rules.CONSENT_WITHDRAWN
        payout.transfers -= 1
        payout.total -= row.amount


async def send_back(work: Work, payout: Payout, rows: Sequence[PayoutRow]) -> None:
    """Before the bank has the file: such transfers fail, and what was taken for them goes back to the account."""
    account = await account_repository.own(await work.writing(), work.principal, payout.account_id)
    for row in await _refused_of(work, payout, rows):
        row.state = states.ROW.apply(row.state, RowAction.FAIL)
        row.reason = rules.CONSENT_WITHDRAWN
        back = NewEntry(EntryKind.PAYOUT_RETURNED, row.amount, work.today, row.id, note=rules.CONSENT_WITHDRAWN)
        await accounts.book(work, account, back)


async def _refused_of(work: Work, payout: Payout, rows: Sequence[PayoutRow]) -> list[PayoutRow]:
    waiting = [row for row in rows if row.state is RowState.PENDING]
    out = await refused(work, payout.contractor_id, {row.worker_id for row in waiting}, payout.created_at)
    if waiting and {row.worker_id for row in waiting} <= out:
        raise errors.consent_withdrawn([row.line_id for row in waiting])
    return [row for row in waiting if row.worker_id in out]
