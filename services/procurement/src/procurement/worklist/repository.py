"""The only SQL of the work list (待办): one table of entries, each over the rows that its own slice shows.

A kind is one `Entry`. Its select begins with the slice's `visible_to` and ends with what makes a row wait for this side
of the business; who does it says the permission of the verb.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    and_,
    cast,
    exists,
    func,
    literal,
    or_,
    select,
    union_all,
)
from sqlalchemy import tuple_ as row_of
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chassis.identity import Permission
from chassis.pages import Page, PageRequest, decode_token, encode_token
from procurement import permissions as may
from procurement.agreements import repository as agreements
from procurement.agreements.models import Agreement
from procurement.agreements.states import State as AgreementState
from procurement.approvals import repository as approvals
from procurement.approvals.models import ApprovalStep, DocumentKind
from procurement.changes import repository as changes
from procurement.changes.models import OrderChange
from procurement.changes.states import State as ChangeState
from procurement.deliveries import repository as deliveries
from procurement.deliveries.models import Delivery
from procurement.deliveries.states import State as DeliveryState
from procurement.guarantees import repository as guarantees
from procurement.guarantees.models import Guarantee
from procurement.guarantees.rules import ALERTS
from procurement.guarantees.states import State as GuaranteeState
from procurement.invoices import repository as invoices
from procurement.invoices.models import Invoice
from procurement.invoices.states import State as InvoiceState
from procurement.orders import repository as orders
from procurement.orders.models import Order
from procurement.orders.states import State as OrderState
from procurement.payables import repository as payables
from procurement.payables.models import Payable
from procurement.payables.states import Kind as PayableKind
from procurement.payables.states import State as PayableState
from procurement.payments import repository as payments
from procurement.payments.models import Payment
from procurement.payments.states import State as PaymentState
from procurement.quotes import repository as quotes
from procurement.quotes.models import Quote
from procurement.sourcing import repository as sourcing
from procurement.sourcing.models import Guest, Sourcing
from procurement.sourcing.states import Kind as SourcingKind
from procurement.sourcing.states import State as SourcingState
from procurement.statements import repository as statements
from procurement.statements.models import Statement, StatementLine
from procurement.statements.states import State as StatementState
from procurement.statements.states import View
from procurement.suppliers import repository as suppliers
from procurement.suppliers.models import Licence, SupplierFile
from procurement.suppliers.states import State as SupplierState
from procurement.worklist.rules import API, NEVER, SOON, Asked, Item, Kind, Waiting


def _rows(
    entity: Any,
    *conditions: ColumnElement[bool],
    title: Any,
    since: Any,
    link: tuple[Any, ...],
    due_on: Any = None,
    due_at: Any = None,
) -> Select[Any]:
    """The items of an entity: `link` is a path in pieces, `due_at` gives `due_on` too."""
    if due_at is not None:
        due_on = cast(func.timezone("Asia/Shanghai", due_at), Date)
    return select(
        col(entity.id).label("id"),
        title.label("title"),
        func.concat(API, *link, type_=Text()).label("link"),
        since.label("since"),
        (cast(literal(None), Date) if due_on is None else due_on).label("due_on"),
        (cast(literal(None), since.type) if due_at is None else due_at).label("due_at"),
    ).where(*conditions)


def _orders(asked: Asked, side: Any, state: OrderState, since: Any) -> Select[Any]:
    mine = orders.visible_to(asked.principal), side == asked.me, col(Order.state) == state
    return _rows(Order, *mine, title=col(Order.number), since=since, link=("/orders/", Order.id))


def _decided_by(asked: Asked, kind: DocumentKind, document_id: Any) -> ColumnElement[bool]:
    """A step of this document waits for the caller, in a role of its own or by delegation."""
    return approvals.document_waits_for(asked.principal, asked.deciding, kind, document_id)


def _changes(asked: Asked, side: str, state: ChangeState, since: Any) -> Select[Any]:
    order = aliased(Order)
    mine = changes.visible_to(asked.principal), getattr(order, side) == asked.me, col(OrderChange.state) == state
    title = func.concat(order.number, "/", OrderChange.number, type_=Text())
    link = ("/orders/", order.id, "/changes/", OrderChange.id)
    rows = _rows(OrderChange, *mine, title=title, since=since, link=link)
    return rows.join(order, col(order.id) == col(OrderChange.order_id))


def _changes_to_approve(asked: Asked) -> Select[Any]:
    decided = _decided_by(asked, DocumentKind.CHANGE, OrderChange.id)
    return _changes(asked, "buyer_id", ChangeState.PROPOSED, col(OrderChange.created_at)).where(decided)


def _changes_to_answer(asked: Asked) -> Select[Any]:
    return _changes(asked, "supplier_id", ChangeState.OFFERED, col(OrderChange.offered_at))


def _agreements_to_sign(asked: Asked) -> Select[Any]:
    mine = agreements.visible_to(asked.principal), col(Agreement.supplier_id) == asked.me
    link = ("/agreements/", Agreement.id)
    title, since = col(Agreement.number), col(Agreement.updated_at)
    return _rows(Agreement, *mine, col(Agreement.state) == AgreementState.PROPOSED, title=title, since=since, link=link)


def _steps_to_decide(asked: Asked) -> Select[Any]:
    """Of documents that have no kind of work of their own."""
    mine = (
        approvals.visible_to(asked.principal, ApprovalStep),
        *approvals.waits_for(asked.principal.subject, asked.deciding),
        col(ApprovalStep.document_kind).in_((DocumentKind.REQUISITION, DocumentKind.AWARD, DocumentKind.AGREEMENT)),
    )
    link = ("/", ApprovalStep.document_kind, "s/", ApprovalStep.document_id)  # as the folders of the REST API are named
    title, since = col(ApprovalStep.document_number), col(ApprovalStep.created_at)
    return _rows(ApprovalStep, *mine, title=title, since=since, link=link)


def _deliveries(asked: Asked, *states: DeliveryState) -> Select[Any]:
    return _rows(
        Delivery,
        deliveries.visible_to(asked.principal, asked.today),
        col(Delivery.buyer_id) == asked.me,
        col(Delivery.state).in_(states),
        title=col(Delivery.note_number),
        since=func.coalesce(Delivery.arrived_at, Delivery.created_at),
        link=("/deliveries/", Delivery.id),
        due_at=col(Delivery.expected_to),
    )


def _inquiries_to_quote(asked: Asked) -> Select[Any]:
    """Open inquiries to which the caller's own newest version is none or a withdrawal; nobody else's quote is read."""
    newer = aliased(Quote)
    own = quotes.visible_to(asked.principal), col(Quote.sourcing_id) == col(Sourcing.id)
    overtaken = exists().where(
        col(newer.sourcing_id) == col(Quote.sourcing_id),
        col(newer.supplier_id) == col(Quote.supplier_id),
        col(newer.version) > col(Quote.version),
    )
    invited = exists().where(
        col(Guest.sourcing_id) == col(Sourcing.id), col(Guest.supplier_id) == asked.me, col(Guest.excluded) == ""
    )
    return _rows(
        Sourcing,
        sourcing.visible_to(asked.principal),
        invited,
        col(Sourcing.kind) == SourcingKind.INQUIRY,
        col(Sourcing.state) == SourcingState.PUBLISHED,
        col(Sourcing.deadline) > asked.now,
        ~exists().where(*own, col(Quote.sealed).is_not(None), ~overtaken),
        title=col(Sourcing.title),
        since=col(Sourcing.published_at),
        link=("/sourcing/", Sourcing.id),
        due_at=col(Sourcing.deadline),
    )


def _sourcings_to_award(asked: Asked) -> Select[Any]:
    mine = sourcing.visible_to(asked.principal), col(Sourcing.buyer_id) == asked.me
    link = ("/sourcing/", Sourcing.id)
    title, since = col(Sourcing.title), col(Sourcing.opened_at)
    return _rows(Sourcing, *mine, col(Sourcing.state) == SourcingState.OPENED, title=title, since=since, link=link)


def _turn(side: Any, me: UUID, mine: Any, theirs: Any) -> ColumnElement[bool]:
    """A line waits for the side that has not spoken, and for the one whose figures the other disputes."""
    lines = col(StatementLine.statement_id) == col(Statement.id), or_(mine == View.OPEN, theirs == View.DISPUTED)
    return and_(side == me, exists().where(*lines))


def _statements_to_agree(asked: Asked) -> Select[Any]:
    buyer, supplier = col(StatementLine.buyer_view), col(StatementLine.supplier_view)
    turns = (
        _turn(col(Statement.buyer_id), asked.me, buyer, supplier),
        _turn(col(Statement.supplier_id), asked.me, supplier, buyer),
    )
    return _rows(
        Statement,
        statements.visible_to(asked.principal),
        col(Statement.state).in_((StatementState.PROPOSED, StatementState.PARTLY_AGREED)),
        or_(*turns),
        title=col(Statement.number),
        since=col(Statement.updated_at),
        link=("/statements/", Statement.id),
    )


def _invoices(asked: Asked, *conditions: ColumnElement[bool], since: Any) -> Select[Any]:
    visible = invoices.visible_to(asked.principal)
    return _rows(Invoice, visible, *conditions, title=col(Invoice.number), since=since, link=("/invoices/", Invoice.id))


def _invoices_in(asked: Asked, *states: InvoiceState) -> Select[Any]:
    mine = col(Invoice.buyer_id) == asked.me, col(Invoice.state).in_(states)
    return _invoices(asked, *mine, since=col(Invoice.created_at))


def _credit_notes_due(asked: Asked) -> Select[Any]:
    due = invoices.overbilled(asked.principal)
    taken_back = col(Invoice.id).in_(select(due.c.invoice_id).where(due.c.quantity > 0))
    return _invoices(asked, taken_back, since=col(Invoice.approved_at))


def _payables(asked: Asked, *days: ColumnElement[bool]) -> Select[Any]:
    """Of which something can go into a payment order; a credit is owed by the supplier."""
    taken = col(Payable.paid) + Payable.offset_amount + Payable.returned + Payable.in_payment
    return _rows(
        Payable,
        payables.visible_to(asked.principal),
        col(Payable.state) == PayableState.OPEN,
        col(Payable.kind) != PayableKind.CREDIT,
        col(Payable.amount) > taken,
        *days,
        title=col(Payable.number),
        since=col(Payable.created_at),
        link=("/payables/", Payable.id),
        due_on=col(Payable.due_on),
    )


def _payments(asked: Asked, *conditions: ColumnElement[bool], since: Any) -> Select[Any]:
    return _rows(
        Payment,
        payments.visible_to(asked.principal),
        *conditions,
        title=col(Payment.number),
        since=since,
        link=("/payments/", Payment.id),
        due_on=col(Payment.execute_on),
    )


def _payments_to_approve(asked: Asked) -> Select[Any]:
    decided = _decided_by(asked, DocumentKind.PAYMENT, Payment.id)
    return _payments(asked, col(Payment.state) == PaymentState.SUBMITTED, decided, since=col(Payment.updated_at))


def _payments_to_export(asked: Asked) -> Select[Any]:
    return _payments(asked, col(Payment.state) == PaymentState.APPROVED, since=col(Payment.approved_at))


def _licences_expiring(asked: Asked) -> Select[Any]:
    """Within the buyer's warning days or over, and none of their kind goes on."""
    first_safe = asked.today + timedelta(days=asked.warning_days + 1)
    rows = _rows(
        Licence,
        suppliers.visible_to(asked.principal),
        col(SupplierFile.state) != SupplierState.BLACKLISTED,
        suppliers.lapses_before(first_safe),
        title=func.concat(SupplierFile.name_zh, " ", Licence.number, type_=Text()),
        since=col(Licence.created_at),
        link=("/suppliers/", SupplierFile.id),
        due_on=col(Licence.valid_until),
    )
    return rows.join(SupplierFile, col(SupplierFile.id) == col(Licence.supplier_file_id))


def _guarantees_expiring(asked: Asked) -> Select[Any]:
    return _rows(
        Guarantee,
        guarantees.visible_to(asked.principal),
        col(Guarantee.beneficiary_id) == asked.me,
        col(Guarantee.state) == GuaranteeState.ACTIVE,
        col(Guarantee.valid_until) <= asked.today + timedelta(days=max(ALERTS)),
        title=col(Guarantee.number),
        since=col(Guarantee.created_at),
        link=("/guarantees/", Guarantee.id),
        due_on=col(Guarantee.valid_until),
    )


@dataclass(frozen=True, slots=True)
class Entry:
    """A kind of work: who does it (any of the permissions), and what waits."""

    kind: Kind
    permissions: tuple[Permission, ...]
    rows: Select[Any]


def _buying(asked: Asked) -> tuple[Entry, ...]:
    return (
        Entry(
            Kind.ORDERS_TO_APPROVE,
            (may.APPROVALS_DECIDE,),
            _orders(asked, col(Order.buyer_id), OrderState.SUBMITTED, col(Order.updated_at)).where(
                _decided_by(asked, DocumentKind.ORDER, Order.id)
            ),
        ),
        Entry(
            Kind.ORDERS_TO_CONFIRM,
            (may.ORDERS_CONFIRM,),
            _orders(asked, col(Order.supplier_id), OrderState.APPROVED, col(Order.approved_at)),
        ),
        Entry(Kind.CHANGES_TO_APPROVE, (may.APPROVALS_DECIDE,), _changes_to_approve(asked)),
        Entry(Kind.CHANGES_TO_ANSWER, (may.ORDER_CHANGES_ANSWER,), _changes_to_answer(asked)),
        Entry(Kind.AGREEMENTS_TO_SIGN, (may.AGREEMENTS_SIGN,), _agreements_to_sign(asked)),
        Entry(Kind.STEPS_TO_DECIDE, (may.APPROVALS_DECIDE,), _steps_to_decide(asked)),
        Entry(Kind.DELIVERIES_EXPECTED, (may.DELIVERIES_ARRIVE,), _deliveries(asked, DeliveryState.DISPATCHED)),
        Entry(
            Kind.DELIVERIES_TO_ACCEPT,
            (may.DELIVERIES_ACCEPT,),
            _deliveries(asked, DeliveryState.ARRIVED, DeliveryState.PARTLY_ACCEPTED),
        ),
        Entry(Kind.INQUIRIES_TO_QUOTE, (may.QUOTES_SUBMIT,), _inquiries_to_quote(asked)),
        Entry(Kind.SOURCINGS_TO_AWARD, (may.AWARDS_GIVE,), _sourcings_to_award(asked)),
    )


def _settling(asked: Asked) -> tuple[Entry, ...]:
    return (
        Entry(Kind.STATEMENTS_TO_AGREE, (may.STATEMENTS_SETTLE,), _statements_to_agree(asked)),
        Entry(Kind.INVOICES_TO_MATCH, (may.INVOICES_MATCH,), _invoices_in(asked, InvoiceState.MISMATCHED)),
        Entry(Kind.INVOICES_TO_APPROVE, (may.INVOICES_APPROVE,), _invoices_in(asked, InvoiceState.MATCHED)),
        Entry(Kind.CREDIT_NOTES_DUE, (may.INVOICES_ENTER, may.INVOICES_APPROVE), _credit_notes_due(asked)),
        Entry(
            Kind.PAYABLES_DUE,
            (may.PAYABLES_PREPARE,),
            _payables(asked, col(Payable.due_on) >= asked.today, col(Payable.due_on) <= asked.today + SOON),
        ),
        Entry(Kind.PAYABLES_OVERDUE, (may.PAYABLES_PREPARE,), _payables(asked, col(Payable.due_on) < asked.today)),
        Entry(Kind.PAYMENTS_TO_APPROVE, (may.APPROVALS_DECIDE,), _payments_to_approve(asked)),
        Entry(Kind.PAYMENTS_TO_EXPORT, (may.PAYMENTS_PREPARE,), _payments_to_export(asked)),
        Entry(Kind.LICENCES_EXPIRING, (may.SUPPLIERS_MANAGE,), _licences_expiring(asked)),
        Entry(Kind.GUARANTEES_EXPIRING, (may.GUARANTEES_RECORD,), _guarantees_expiring(asked)),
    )


def _mine(asked: Asked) -> dict[Kind, Entry]:
    return {
        entry.kind: entry
        for entry in (*_buying(asked), *_settling(asked))
        if any(permission.allows(asked.principal) for permission in entry.permissions)
    }


async def counts(session: AsyncSession, asked: Asked) -> Sequence[Waiting]:
    """How much waits of each kind that is the caller's business: one statement."""
    mine = _mine(asked)
    if not mine:
        return []
    counted = [
        select(literal(kind.value), func.count()).select_from(entry.rows.subquery()) for kind, entry in mine.items()
    ]
    found = dict((await session.execute(union_all(*counted))).all())
    return [Waiting(kind, found[kind.value]) for kind in mine]


async def page(session: AsyncSession, asked: Asked, kind: Kind, request: PageRequest) -> Page[Item]:
    """What waits of a kind, the first due first, what has no due date last and by age."""
    entry = _mine(asked).get(kind)
    if entry is None:
        return Page([])
    found = entry.rows.subquery()
    due = func.coalesce(found.c.due_on, NEVER)
    statement = select(found).order_by(due, found.c.id).limit(request.size + 1)
    if request.token:
        day, after = decode_token(request.token, (date, UUID))
        statement = statement.where(row_of(due, found.c.id) > row_of(literal(day), literal(after)))
    rows = [Item(kind, *row) for row in await session.execute(statement)]
    if len(rows) <= request.size:
        return Page(rows)
    last = rows[request.size - 1]
    return Page(rows[: request.size], encode_token([last.due_on or NEVER, last.id]))
