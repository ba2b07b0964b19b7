"""Use cases of payouts: prepare, approve, hand to the bank. Its answer and payee changes stand in commands/."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from hashlib import sha256
from uuid import UUID

from chassis import audit
from chassis.crypto import Vault, mask
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.payouts import bank_file, errors, repository, states
from labour.payouts.bank_file import BankOrder, Transfer
from labour.payouts.commands import consent
from labour.payouts.models import Payee, Payout, PayoutRow
from labour.payouts.repository import PayeeFilter, PayoutFilter
from labour.payouts.rules import card_place
from labour.payouts.states import Action, RowAction, RowState, State
from labour.payrolls.models import PayrollLine
from labour.wage_accounts import repository as account_repository
from labour.wage_accounts import service as accounts
from labour.wage_accounts import states as account_states
from labour.wage_accounts.models import WageAccount
from labour.wage_accounts.rules import account_place
from labour.wage_accounts.service import NewEntry
from labour.wage_accounts.states import EntryKind
from labour.workers import repository as workers
from labour.workers.models import Worker
from labour.workers.rules import card_place as registered_place

AUDITED = ("number", "state", "transfers", "total", "paid", "reason")
PURPOSE = "{month:%Y年%m月}工资"


@dataclass(frozen=True, slots=True)
class Prepare:
    """A payout of the approved lines of these payrolls, or of all of the project; a number is made when None."""

    account_id: UUID
    number: str | None
    execute_on: date
    payroll_ids: Sequence[UUID]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A payout, and the lines that were left out: their worker has no card on record, or withdrew the consent to it."""

    payout: Payout
    without_card: Sequence[UUID] = ()
    consent_withdrawn: Sequence[UUID] = ()

    @property
    def version(self) -> int:
        """Of the payout, for the entity tag."""
        return self.payout.version


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a payout, the version that the caller saw, and why (empty when no reason is needed)."""

    payout_id: UUID
    expected_version: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class BankFile:
    """The file for the bank, account numbers in clear; `sha256` in hex."""

    payout: Payout
    name: str
    media_type: str
    content: bytes
    sha256: str

    @property
    def version(self) -> int:
        """Of the payout, for the entity tag."""
        return self.payout.version


@dataclass(frozen=True, slots=True)
class _To:
    """Where a line's wage goes, in clear."""

    name: str
    card: str
    bank_code: str


async def prepare(work: Work, command: Prepare, vault: Vault) -> Prepared:
    """Draft a payout of what is approved and on no other way to the bank; whom it leaves out it names.

    FailedPrecondition NOTHING_TO_PAY, CONSENT_WITHDRAWN when the only open wages are of workers who withdrew theirs.
    """
    work.require(permissions.PAYOUTS_PREPARE)
    session = await work.writing()
    account = await account_repository.own(session, work.principal, command.account_id)
    account_states.ACCOUNT.apply(account.state, account_states.Action.PAY)
    lines = await repository.open_lines(session, work.principal, account.project_id, command.payroll_ids)
    known = await workers.by_ids(session, None, [line.worker_id for line in lines])
    changed = await repository.payees(session, account.contractor_id, known)
    to = {line.id: _payee(known[line.worker_id], changed.get(line.worker_id), vault) for line in lines}
    stopped = await consent.refused(work, account.contractor_id, known, work.now)
    withdrawn = [line.id for line in lines if line.worker_id in stopped]
    payable = [line for line in lines if to[line.id].card and line.id not in withdrawn]
    if not payable:
        raise errors.consent_withdrawn(withdrawn) if withdrawn else errors.nothing_to_pay()
    payout = _drafted(work, command, account, payable)
    await repository.add(session, payout)
    rows = [_row(payout, position, line, to[line.id], vault) for position, line in enumerate(payable, start=1)]
    await repository.add(session, *rows)
    work.audit("payouts.prepare", "payout", payout.id, None, audit.fields(payout, *AUDITED))
    return Prepared(payout, [line.id for line in lines if not to[line.id].card and line.id not in withdrawn], withdrawn)


def _drafted(work: Work, command: Prepare, account: WageAccount, payable: Sequence[PayrollLine]) -> Payout:
    payout_id = new_id()
    return Payout(
        id=payout_id,
        created_at=work.now,
        updated_at=work.now,
        account_id=account.id,
        project_id=account.project_id,
        contractor_id=account.contractor_id,
        number=command.number or f"PO-{work.today:%Y%m%d}-{payout_id.hex[-8:].upper()}",
        state=states.PAYOUT.initial,
        execute_on=command.execute_on,
        transfers=len(payable),
        total=sum((line.net for line in payable), Decimal("0.00")),
        prepared_by=work.principal.subject,
    )


def _payee(worker: Worker, changed: Payee | None, vault: Vault) -> _To:
    if changed is not None:
        return _To(changed.name, vault.decrypt(changed.card, card_place("payees", changed.id)), changed.bank_code)
    stored = worker.payroll_bank_card
    card = vault.decrypt(stored, registered_place(worker.id)) if stored else ""
    return _To(worker.name, card, worker.payroll_bank_code)


def _row(payout: Payout, position: int, line: PayrollLine, to: _To, vault: Vault) -> PayoutRow:
    row_id = new_id()
    return PayoutRow(
        id=row_id,
        payout_id=payout.id,
        position=position,
        line_id=line.id,
        payroll_id=line.payroll_id,
        worker_id=line.worker_id,
        amount=line.net,
        payee_name=to.name,
        card=vault.encrypt(to.card, card_place("payout_rows", row_id)),
        card_masked=mask(to.card),
        bank_code=to.bank_code,
        state=states.ROW.initial,
    )


async def approve(work: Work, command: Verb) -> Payout:
    """Approve it: its total is taken from the account now. PermissionDenied FOUR_EYES for who has prepared it;
    FailedPrecondition INSUFFICIENT_BALANCE, and nothing has changed, when less is there, CONSENT_WITHDRAWN when nobody
    of it lets his card be used any more; who has withdrawn that since is left out."""
    work.require(permissions.PAYOUTS_APPROVE)
    session = await work.writing()
    payout, before = await locked(work, command)
    payout.state = states.PAYOUT.apply(payout.state, Action.APPROVE)
    if payout.prepared_by == work.principal.subject:
        raise errors.four_eyes()
    payout.approved_by = work.principal.subject
    await consent.leave_out(work, payout, await repository.rows(session, payout.id))
    account = await account_repository.own(session, work.principal, payout.account_id)
    account.state = account_states.ACCOUNT.apply(account.state, account_states.Action.PAY)
    await accounts.book(work, account, NewEntry(EntryKind.PAYOUT, -payout.total, work.today, payout.id))
    touch(payout, work)
    work.audit("payouts.approve", "payout", payout.id, before, audit.fields(payout, *AUDITED))
    return payout


async def cancel(work: Work, command: Verb) -> Payout:
    """Call it off before the bank has it; its lines are open again, and what was taken goes back."""
    work.require(permissions.PAYOUTS_PREPARE)
    session = await work.writing()
    payout, before = await locked(work, command)
    taken = payout.state is State.APPROVED
    payout.state = states.PAYOUT.apply(payout.state, Action.CANCEL)
    payout.reason = command.reason
    for row in await repository.rows(session, payout.id):
        if row.state is RowState.PENDING:
            row.state = states.ROW.apply(row.state, RowAction.CANCEL)
    if taken:
        account = await account_repository.own(session, work.principal, payout.account_id)
        back = NewEntry(EntryKind.PAYOUT_RETURNED, payout.total, work.today, payout.id, note=command.reason[:200])
        await accounts.book(work, account, back)
    touch(payout, work)
    work.audit("payouts.cancel", "payout", payout.id, before, audit.fields(payout, *AUDITED))
    return payout


async def export(work: Work, command: Verb, name: str, vault: Vault) -> BankFile:
    """The file for the bank in one of its formats, account numbers in clear; every taking is audited.

    Who has withdrawn the consent to his card since the approval is not in it, and what was taken for him goes back.
    """
    work.require(permissions.PAYOUTS_PREPARE)
    session = await work.writing()
    payout, before = await locked(work, command)
    first = payout.state is State.APPROVED
    payout.state = states.PAYOUT.apply(payout.state, Action.EXPORT)
    account = await account_repository.own(session, work.principal, payout.account_id)
    rows = await repository.rows(session, payout.id)
    if first:  # later the bank has it already, and a second file says what the first did
        await consent.send_back(work, payout, rows)
    transfers = await _transfers(work, rows, vault)
    payer = vault.decrypt(account.number, account_place(account.id))
    kind = bank_file.FORMATS[name]
    content = kind.write(BankOrder(payout.number, payout.execute_on, payer, transfers))
    digest = sha256(content).hexdigest()
    touch(payout, work)
    after = audit.fields(payout, *AUDITED) | {"format": name, "sha256": digest}
    work.audit("payouts.export", "payout", payout.id, before, after)
    return BankFile(payout, f"{payout.number}.{kind.suffix}", kind.media_type, content, digest)


async def _transfers(work: Work, rows: Sequence[PayoutRow], vault: Vault) -> list[Transfer]:
    waiting = [row for row in rows if row.state is RowState.PENDING]
    lines = await repository.lines_of(await work.writing(), rows[0].payout_id)
    months = {line.id: line.month for line in lines}
    return [
        Transfer(
            row.position,
            row.payee_name,
            vault.decrypt(row.card, card_place("payout_rows", row.id)),
            row.bank_code,
            row.amount,
            PURPOSE.format(month=months[row.line_id]),
            row.id.hex,
        )
        for row in waiting
    ]


async def get(work: Work, payout_id: UUID) -> Payout:
    """One visible payout."""
    work.require(permissions.PAYOUTS_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, payout_id)


async def page(work: Work, wanted: PayoutFilter, request: PageRequest) -> Page[Payout]:
    """The visible payouts, newest first."""
    work.require(permissions.PAYOUTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, Payout, wanted, request)


async def page_of_rows(work: Work, payout_id: UUID, request: PageRequest) -> Page[PayoutRow]:
    """The transfers of a visible payout, in their order; card numbers masked."""
    await get(work, payout_id)
    async with work.reading() as session:
        return await repository.page_of_rows(session, work.principal, work.today, payout_id, request)


async def page_of_payees(work: Work, wanted: PayeeFilter, request: PageRequest) -> Page[Payee]:
    """The visible payee changes, newest first; card numbers masked."""
    work.require(permissions.PAYEES_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, Payee, wanted, request)


async def locked(work: Work, command: Verb) -> tuple[Payout, audit.Fields]:
    """The caller's own payout, locked, and its audited fields as they are."""
    session = await work.writing()
    payout = await repository.get(session, work.principal, work.today, command.payout_id, own=True)
    check_version(payout, command.expected_version)
    return payout, audit.fields(payout, *AUDITED)
