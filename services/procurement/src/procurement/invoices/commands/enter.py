"""The seller enters an invoice, or a credit note, as it is printed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from decimal import Decimal
from uuid import UUID

from sqlalchemy.ext.asyncio import AsyncSession

from chassis import audit
from chassis.ids import new_id
from chassis.work import Work
from procurement import permissions
from procurement.invoices import errors, repository, rules, states
from procurement.invoices.commands.match import judge
from procurement.invoices.models import Invoice, InvoiceLine
from procurement.invoices.repository import Reference
from procurement.invoices.rules import EnteredLine, EnterInvoice, Position
from procurement.invoices.states import Kind, State

FINE = Decimal("0.0000000000001")
FIELDS = ("order_line_id", "statement_line_id", "corrects_line_id")


async def enter(work: Work, command: EnterInvoice) -> Invoice:
    """Check what is printed, count it against what was accepted, and match it at once.

    InvalidArgument with every misprint, or LINE_UNKNOWN for another seller's order; AlreadyExists INVOICE_NUMBER_TAKEN;
    FailedPrecondition MORE_THAN_ACCEPTED, LINE_NOT_AGREED, INVOICE_NOT_CORRECTABLE, CREDIT_EXCEEDS_INVOICE.
    """
    work.require(permissions.INVOICES_ENTER)
    _check(work, command)
    session = await work.writing()
    named = await _named(work, session, command)
    await repository.lock_orders(session, (one.order_id for one in named))
    if await repository.taken(session, work.principal, command.number):
        raise errors.number_taken(command.number)
    invoice_id = new_id()
    positions = await repository.positions(session, {one.order_line_id for one in named}, but=invoice_id)
    parties = _parties(work, command, named, positions)
    if command.corrects_id is None:
        prices = await _billable(session, command, named, positions, invoice_id)
    else:
        prices = await _creditable(work, session, command, command.corrects_id)
    lines = [
        _line(invoice_id, index, line, one, positions[one.order_line_id], price)
        for index, (line, one, price) in enumerate(zip(command.lines, named, prices, strict=True), start=1)
    ]
    invoice = _invoice(work, invoice_id, command, parties, lines)
    await judge(work, invoice)
    await repository.add(session, invoice)
    work.audit("invoices.enter", "invoice", invoice.id, None, audited(invoice))
    return invoice


def _check(work: Work, command: EnterInvoice) -> None:
    if not rules.INTRODUCED <= command.issue_date <= work.today:
        raise errors.issue_date()
    faults = list(rules.faults(command))
    if faults:
        raise errors.misprinted(faults)


async def _named(work: Work, session: AsyncSession, command: EnterInvoice) -> list[Reference]:
    """The order's line behind each line, as far as the caller may see it."""
    ids = {field: [value for line in command.lines if (value := getattr(line, field)) is not None] for field in FIELDS}
    found = await repository.referenced(
        session,
        work.principal,
        order_lines=ids["order_line_id"],
        statement_lines=ids["statement_line_id"],
        invoice_lines=ids["corrects_line_id"],
    )
    named = []
    for index, line in enumerate(command.lines):
        [(field, line_id)] = [(field, value) for field in FIELDS if (value := getattr(line, field)) is not None]
        if line_id not in found:
            raise errors.unknown_line(index, field)
        named.append(found[line_id])
    return named


def _parties(work: Work, command: EnterInvoice, named: list[Reference], positions: Mapping[UUID, Position]) -> Position:
    """A position that stands for all: the caller supplies them, to one buyer, for one project, in one currency."""
    first = positions[named[0].order_line_id]
    for index, one in enumerate(named):
        position = positions[one.order_line_id]
        if position.supplier_id != work.principal.organisation_id:
            [field] = [field for field in FIELDS if getattr(command.lines[index], field) is not None]
            raise errors.unknown_line(index, field)
        if position.parties != first.parties or position.currency != command.currency:
            raise errors.mixed(index)
    return first


async def _billable(
    session: AsyncSession,
    command: EnterInvoice,
    named: list[Reference],
    positions: Mapping[UUID, Position],
    invoice_id: UUID,
) -> list[Decimal]:
    """The agreed price of each blue line, once nothing is billed that was not accepted, agreed or is billed already."""
    stated = {line.statement_line_id for line in command.lines if line.statement_line_id is not None}
    agreed = await repository.agreed(session, stated, but=invoice_id)
    accepted = {line_id: one.left for line_id, one in positions.items()}
    left = {line_id: one.left for line_id, one in agreed.items()}
    left |= {line_id: one.billable for line_id, one in positions.items()}
    prices = []
    for index, (line, one) in enumerate(zip(command.lines, named, strict=True)):
        source = line.statement_line_id or one.order_line_id
        if source not in left:
            raise errors.not_agreed(index)
        most = min(accepted[one.order_line_id], left[source])
        if line.quantity > most:
            raise errors.more_than_accepted(index, line.quantity, most)
        accepted[one.order_line_id] -= line.quantity
        left[source] -= line.quantity
        prices.append((agreed.get(source) or positions[one.order_line_id]).unit_price)
    return prices


async def _creditable(work: Work, session: AsyncSession, command: EnterInvoice, blue_id: UUID) -> list[Decimal]:
    """The price with tax that each red line takes back, once no line of the blue invoice falls below zero."""
    blue = await repository.get(session, work.principal, blue_id)
    if blue.kind is not Kind.BLUE or blue.state is not State.APPROVED:
        raise errors.not_correctable()
    lines = {line.id: line for line in blue.lines}
    rests = await repository.rests(session, blue)
    prices = []
    for index, line in enumerate(command.lines):
        if line.corrects_line_id not in lines:
            raise errors.unknown_line(index, "corrects_line_id")
        rests[line.corrects_line_id] = rests[line.corrects_line_id].without(line)
        if rests[line.corrects_line_id].overdrawn:
            raise errors.below_zero(index)
        prices.append(lines[line.corrects_line_id].gross / lines[line.corrects_line_id].quantity)
    return prices


def _line(
    invoice_id: UUID, position: int, line: EnteredLine, named: Reference, ordered: Position, price: Decimal
) -> InvoiceLine:
    """A red line counts where the blue one does: at its order's line and, if there is one, its statement's."""
    return InvoiceLine(
        invoice_id=invoice_id,
        position=position,
        order_id=ordered.order_id,
        material_code=ordered.material_code,
        unit=ordered.unit,
        cost_code=ordered.cost_code,
        expected_price=price.quantize(FINE),
        **(asdict(line) | {"order_line_id": named.order_line_id, "statement_line_id": named.statement_line_id}),
    )


def _invoice(
    work: Work, invoice_id: UUID, command: EnterInvoice, parties: Position, lines: list[InvoiceLine]
) -> Invoice:
    return Invoice(
        id=invoice_id,
        created_at=work.now,
        updated_at=work.now,
        number=command.number,
        kind=command.kind,
        corrects_id=command.corrects_id,
        project_id=parties.project_id,
        buyer_id=parties.buyer_id,
        supplier_id=parties.supplier_id,
        seller_uscc=command.seller_uscc,
        buyer_uscc=command.buyer_uscc,
        issue_date=command.issue_date,
        currency=command.currency,
        net=command.net,
        tax=command.tax,
        gross=command.gross,
        state=states.INVOICE.initial,
        entered_by=work.principal.subject,
        lines=lines,
    )


def audited(invoice: Invoice) -> audit.Fields:
    """What the audit keeps of an invoice."""
    names = ("number", "state", "gross", "tolerance_percent", "tolerance_ref", "reasons", "reason")
    of_line = ("order_line_id", "quantity", "net", "tax", "gross", "reasons")
    return audit.fields(invoice, *names) | {"lines": [audit.fields(line, *of_line) for line in invoice.lines]}
