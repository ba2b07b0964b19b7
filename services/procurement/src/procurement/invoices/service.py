"""Use cases of invoices. Each change locks the invoice's orders first, then the invoice."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from chassis import audit
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from procurement import permissions
from procurement.invoices import errors, events, repository, states
from procurement.invoices.commands.enter import audited
from procurement.invoices.commands.match import judge
from procurement.invoices.models import Invoice
from procurement.invoices.repository import CreditDue, InvoiceFilter
from procurement.invoices.states import Action, Kind, Reason, State
from procurement.orders import rules as amounts
from procurement.payables import service as payables
from procurement.payables.service import Corrected, NewPayable


@dataclass(frozen=True, slots=True)
class Verb:
    """An action on an invoice, the version that the caller saw, and why (empty when no reason is needed)."""

    invoice_id: UUID
    expected_version: int | None
    reason: str = ""


async def get(work: Work, invoice_id: UUID) -> Invoice:
    """One invoice with its lines."""
    work.require(permissions.INVOICES_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, invoice_id)


async def page(work: Work, wanted: InvoiceFilter, request: PageRequest) -> Page[Invoice]:
    """The caller's invoices, newest first, without lines."""
    work.require(permissions.INVOICES_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, wanted, request)


async def credit_due(work: Work, project_id: UUID | None, request: PageRequest) -> Page[CreditDue]:
    """Lines of approved invoices that bill more than the site kept, so that a red one (红字发票) is due."""
    work.require(permissions.INVOICES_READ)
    async with work.reading() as session:
        return await repository.credit_due(session, work.principal, project_id, request)


async def match(work: Work, command: Verb) -> Invoice:
    """The buyer compares again, after the order, the acceptance or another invoice has changed."""
    work.require(permissions.INVOICES_MATCH)
    invoice = await _locked(work, command, Action.MATCH)
    before = audited(invoice)
    await judge(work, invoice)
    return _done(work, invoice, Action.MATCH, before)


async def approve(work: Work, command: Verb) -> Invoice:
    """The buyer takes the invoice: it is matched once more, its cost becomes a fact, and what is owed a payable.

    PermissionDenied FOUR_EYES for whoever entered it; FailedPrecondition MORE_THAN_ACCEPTED when goods went back since,
    MISMATCH_NEEDS_REASON when something else does not match and no reason is given.
    """
    work.require(permissions.INVOICES_APPROVE)
    invoice = await _locked(work, command, Action.APPROVE)
    if invoice.entered_by == work.principal.subject:
        raise errors.same_eyes()
    before = audited(invoice)
    await judge(work, invoice)
    if any(Reason.MORE_THAN_ACCEPTED in line.reasons for line in invoice.lines):
        raise errors.accepted_meanwhile_less()
    if invoice.state is State.MISMATCHED and not command.reason:
        raise errors.reason_missing()
    invoice.approved_by, invoice.approved_at = work.principal.subject, work.now
    invoice.reason = command.reason
    approved = _moved(work, invoice, Action.APPROVE, before)
    work.emit(events.approved(approved))
    await _owe(work, approved)
    return approved


async def reject(work: Work, command: Verb) -> Invoice:
    """The buyer refuses the invoice and says why; what it billed may be billed again."""
    work.require(permissions.INVOICES_APPROVE)
    invoice = await _locked(work, command, Action.REJECT)
    before = audited(invoice)
    invoice.reason = command.reason
    return _moved(work, invoice, Action.REJECT, before)


async def cancel(work: Work, command: Verb) -> Invoice:
    """The seller takes back what is not approved; the number may be entered again."""
    work.require(permissions.INVOICES_ENTER)
    invoice = await _locked(work, command, Action.CANCEL, by_seller=True)
    before = audited(invoice)
    invoice.reason = command.reason
    return _moved(work, invoice, Action.CANCEL, before)


async def _owe(work: Work, invoice: Invoice) -> None:
    costs = amounts.costs((line.cost_code, line.gross) for line in invoice.lines)
    new = NewPayable(
        invoice_id=invoice.id,
        number=invoice.number,
        project_id=invoice.project_id,
        buyer_id=invoice.buyer_id,
        supplier_id=invoice.supplier_id,
        orders=tuple(sorted({line.order_id for line in invoice.lines})),
        costs=tuple(costs.items()),
        delivered_on=await repository.accepted_on(await work.writing(), invoice),
        currency=invoice.currency,
        is_credit=invoice.kind is Kind.RED,
        corrects=await _corrected(work, invoice),
    )
    await payables.raise_for_invoice(work, new)


async def _corrected(work: Work, invoice: Invoice) -> Corrected | None:
    if invoice.corrects_id is None:
        return None
    gross, credited = await repository.credited(await work.writing(), work.principal, invoice)
    return Corrected(invoice.corrects_id, gross, credited)


async def _locked(work: Work, command: Verb, action: Action, *, by_seller: bool = False) -> Invoice:
    session = await work.writing()
    seen = await repository.get(session, work.principal, command.invoice_id)
    acting = seen.supplier_id if by_seller else seen.buyer_id
    if acting != work.principal.organisation_id:
        raise errors.other_side(action)
    await repository.lock_orders(session, (line.order_id for line in seen.lines))
    invoice = await repository.get_for_update(session, work.principal, command.invoice_id)
    check_version(invoice, command.expected_version)
    states.INVOICE.apply(invoice.state, action)
    return invoice


def _moved(work: Work, invoice: Invoice, action: Action, before: audit.Fields) -> Invoice:
    invoice.state = states.INVOICE.apply(invoice.state, action)
    return _done(work, invoice, action, before)


def _done(work: Work, invoice: Invoice, action: Action, before: audit.Fields) -> Invoice:
    touch(invoice, work)
    work.audit(f"invoices.{action}", "invoice", invoice.id, before, audited(invoice))
    return invoice
