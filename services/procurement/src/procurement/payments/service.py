"""Use cases of payments. Each of them locks the payment order first, then its payables in the order of their ids.

What the bank says of an order stands in commands/prove.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.crypto import Vault, mask
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.approvals import service as approvals
from procurement.approvals.models import DocumentKind
from procurement.approvals.service import Document
from procurement.approvals.states import Action as StepAction
from procurement.payables.commands import pay as payables
from procurement.payables.models import Payable
from procurement.payments import errors, repository, rules, states
from procurement.payments.models import Payment, PaymentItem
from procurement.payments.repository import PaymentFilter, ReceiptFilter
from procurement.payments.rules import Account, FileFormat
from procurement.payments.states import Action, ItemAction, ItemState
from procurement.suppliers import service as suppliers

AUDITED = ("number", "state", "total", "paid", "execute_on", "reason", "prepared_by", "approved_by")
MEDIA_TYPES = {FileFormat.PAIN_001: ("application/xml", "xml"), FileFormat.CSV: ("text/csv; charset=utf-8", "csv")}


@dataclass(frozen=True, slots=True)
class Prepare:
    """A payment of so much of each payable from the buyer's own account; a number is made when None."""

    number: str | None
    execute_on: date
    debtor: Account
    note: str
    items: tuple[tuple[UUID, Decimal], ...]


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on a payment order, the version that the caller saw, and why."""

    payment_id: UUID
    expected_version: int | None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Masked:
    """A payment order as people see it: account numbers masked, the creditors' by item id."""

    payment: Payment
    debtor_account: str
    creditor_accounts: dict[UUID, str]

    @property
    def version(self) -> int:
        """Of the payment order, for the entity tag."""
        return self.payment.version


@dataclass(frozen=True, slots=True)
class BankFile:
    """The file for the bank, with account numbers in clear."""

    payment: Payment
    name: str
    media_type: str
    content: str

    @property
    def version(self) -> int:
        """Of the payment order, for the entity tag."""
        return self.payment.version


async def prepare(work: Work, command: Prepare, vault: Vault) -> Masked:
    """The accountant drafts a payment; what it takes of each payable nobody else can take.

    NotFound PAYABLE_NOT_FOUND, FailedPrecondition NOT_PAYABLE, MORE_THAN_OPEN.
    """
    work.require(permissions.PAYMENTS_PREPARE)
    if command.execute_on < work.today:
        raise errors.execute_in_the_past()
    session = await work.writing()
    found = await payables.bind(work, command.items)
    currencies = {payable.currency for payable in found.values()}
    if len(currencies) != 1:
        raise errors.several_currencies()
    payment_id = new_id()
    payment = Payment(
        id=payment_id,
        created_at=work.now,
        updated_at=work.now,
        number=command.number or f"PAY-{work.today:%Y%m%d}-{payment_id.hex[-8:].upper()}",
        state=states.PAYMENT.initial,
        buyer_id=work.principal.organisation_id,
        currency=currencies.pop(),
        total=sum((amount for _, amount in command.items), Decimal("0.00")),
        execute_on=command.execute_on,
        debtor_holder=command.debtor.holder,
        debtor_bank=command.debtor.bank,
        debtor_account=vault.encrypt(command.debtor.number, rules.account_place("payments", payment_id)),
        note=command.note,
        prepared_by=work.principal.subject,
        items=[
            item_of(payment_id, position, found[payable_id], amount)
            for position, (payable_id, amount) in enumerate(command.items, start=1)
        ],
    )
    await repository.add(session, payment)
    work.audit("payments.prepare", "payment", payment.id, None, audit.fields(payment, *AUDITED))
    return masked(payment, vault)


async def get(work: Work, payment_id: UUID, vault: Vault) -> Masked:
    """One payment order with its items."""
    work.require(permissions.PAYMENTS_READ)
    async with work.reading() as session:
        return masked(await repository.get(session, work.principal, payment_id), vault)


async def page(work: Work, wanted: PaymentFilter, request: PageRequest) -> Page[Payment]:
    """The buyer's payment orders, newest first, without items."""
    work.require(permissions.PAYMENTS_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def page_of_receipts(work: Work, wanted: ReceiptFilter, request: PageRequest) -> Page[PaymentItem]:
    """For a supplier: what it was paid, newest first. Only what `ReceiptOut` names leaves the house."""
    work.require(permissions.RECEIPTS_READ)
    async with work.reading() as session:
        return await repository.page_of_receipts(session, work.principal, wanted, request)


async def submit(work: Work, command: Verb, vault: Vault) -> Masked:
    """Hand it to those who approve its amount today, with the suppliers' accounts as they are now.

    What is approved is what is paid. FailedPrecondition SUPPLIER_ACCOUNT_MISSING.
    """
    work.require(permissions.PAYMENTS_PREPARE)
    payment = await locked(work, command)
    before = audit.fields(payment, *AUDITED)
    payment.state = states.PAYMENT.apply(payment.state, Action.SUBMIT)
    accounts = {
        supplier_id: await suppliers.account_of(work, payment.buyer_id, supplier_id, vault)
        for supplier_id in {item.supplier_id for item in payment.items}
    }
    missing = [supplier_id for supplier_id, account in accounts.items() if account is None]
    if missing:
        raise errors.account_missing(missing)
    for item in payment.items:
        account = accounts[item.supplier_id]
        if account is not None:
            item.account_holder, item.account_bank = account.holder, account.bank
            item.account_number = vault.encrypt(account.number, rules.account_place("payment_items", item.id))
    await approvals.open_steps(work, _document(work, payment))
    return masked(_changed(work, payment, Action.SUBMIT, before), vault)


async def approve(work: Work, command: Verb, vault: Vault) -> Masked:
    """Approve the step that waits; with the last one the payment is approved, by whom decided that.

    Refuses what `approvals.decide` refuses: neither who prepared nor who submitted it.
    """
    work.require(permissions.APPROVALS_DECIDE)
    payment = await locked(work, command)
    before = audit.fields(payment, *AUDITED)
    states.PAYMENT.apply(payment.state, Action.APPROVE)
    finished = await approvals.decide(work, DocumentKind.PAYMENT, payment.id, StepAction.APPROVE, command.reason)
    action = Action.APPROVE if finished else Action.ENDORSE
    payment.state = states.PAYMENT.apply(payment.state, action)
    if finished:
        payment.approved_by, payment.approved_at = work.principal.subject, work.now
    return masked(_changed(work, payment, action, before), vault)


async def reject(work: Work, command: Verb, vault: Vault) -> Masked:
    """Send it back at the step that waits and say why; submitted again, it needs all of its steps again."""
    work.require(permissions.APPROVALS_DECIDE)
    payment = await locked(work, command)
    before = audit.fields(payment, *AUDITED)
    payment.state = states.PAYMENT.apply(payment.state, Action.REJECT)
    payment.reason = command.reason
    await approvals.decide(work, DocumentKind.PAYMENT, payment.id, StepAction.REJECT, command.reason)
    return masked(_changed(work, payment, Action.REJECT, before), vault)


async def cancel(work: Work, command: Verb, vault: Vault) -> Masked:
    """Call it off before the bank has it; its payables are open again."""
    work.require(permissions.PAYMENTS_PREPARE)
    payment = await locked(work, command)
    before = audit.fields(payment, *AUDITED)
    payment.state = states.PAYMENT.apply(payment.state, Action.CANCEL)
    payment.reason = command.reason
    await approvals.withdraw(work, DocumentKind.PAYMENT, payment.id)
    await payables.give_back(work, [(item.payable_id, item.amount) for item in payment.items])
    for item in payment.items:
        item.state = states.ITEM.apply(item.state, ItemAction.CANCEL)
    return masked(_changed(work, payment, Action.CANCEL, before), vault)


async def export(work: Work, command: Verb, form: FileFormat, vault: Vault) -> BankFile:
    """The file for the bank, with the accounts in clear; who took it, and each time, stands in the audit.

    Items that the bank has already answered are not in it again.
    """
    work.require(permissions.PAYMENTS_PREPARE)
    payment = await locked(work, command)
    before = audit.fields(payment, *AUDITED)
    payment.state = states.PAYMENT.apply(payment.state, Action.EXPORT)
    order = rules.Order(
        payment.number,
        payment.approved_at or work.now,
        payment.execute_on,
        payment.currency,
        Account(payment.debtor_holder, payment.debtor_bank, _debtor_number(payment, vault)),
        [
            rules.Transfer(
                item.id,
                Account(item.account_holder, item.account_bank, _creditor_number(item, vault)),
                item.amount,
                item.payable_number,
            )
            for item in payment.items
            if item.state is ItemState.PENDING
        ],
    )
    content = rules.pain_001(order) if form is FileFormat.PAIN_001 else rules.as_csv(order)
    media_type, ending = MEDIA_TYPES[form]
    return BankFile(_changed(work, payment, Action.EXPORT, before), f"{payment.number}.{ending}", media_type, content)


def item_of(payment_id: UUID, position: int, payable: Payable, amount: Decimal) -> PaymentItem:
    """A pending item over a payable."""
    return PaymentItem(
        id=new_id(),
        payment_id=payment_id,
        position=position,
        buyer_id=payable.buyer_id,
        payable_id=payable.id,
        payable_number=payable.number,
        invoice_id=payable.invoice_id,
        project_id=payable.project_id,
        supplier_id=payable.supplier_id,
        currency=payable.currency,
        amount=amount,
        state=states.ITEM.initial,
    )


def _document(work: Work, payment: Payment) -> Document:
    return Document(
        kind=DocumentKind.PAYMENT,
        id=payment.id,
        number=payment.number,
        organisation_id=payment.buyer_id,
        authors=sorted({payment.prepared_by, work.principal.subject}),
        amount=payment.total,
        currency=payment.currency,
    )


async def locked(work: Work, command: Verb) -> Payment:
    """The order, locked, in the version that the caller saw."""
    payment = await repository.get(await work.writing(), work.principal, command.payment_id, lock=True)
    check_version(payment, command.expected_version)
    return payment


def masked(payment: Payment, vault: Vault) -> Masked:
    """As people see it."""
    creditors = {item.id: mask(_creditor_number(item, vault)) for item in payment.items}
    return Masked(payment, mask(_debtor_number(payment, vault)), creditors)


def _changed(work: Work, payment: Payment, action: Action, before: audit.Fields) -> Payment:
    touch(payment, work)
    work.audit(f"payments.{action}", "payment", payment.id, before, audit.fields(payment, *AUDITED))
    return payment


def _debtor_number(payment: Payment, vault: Vault) -> str:
    if not payment.debtor_account:
        return ""
    return vault.decrypt(payment.debtor_account, rules.account_place("payments", payment.id))


def _creditor_number(item: PaymentItem, vault: Vault) -> str:
    return (
        vault.decrypt(item.account_number, rules.account_place("payment_items", item.id)) if item.account_number else ""
    )
