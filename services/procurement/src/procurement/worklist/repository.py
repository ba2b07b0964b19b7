"""The only SQL of the work list (待办): a select per kind, each over the rows that its own slice shows.

It begins with the slice's `visible_to` and ends with what makes a row wait for this side of the business; whose
roles do it stands in `service.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Date, Select, Text, cast, exists, func, literal, select, union_all
from sqlalchemy import tuple_ as row_of
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import aliased
from sqlmodel import col

from chassis.pages import Page, PageRequest, decode_token, encode_token
from procurement.agreements import repository as agreements
from procurement.agreements.models import Agreement
from procurement.agreements.states import State as AgreementState
from procurement.approvals import repository as approvals
from procurement.approvals.models import ApprovalStep, DocumentKind
from procurement.auctions import repository as auctions
from procurement.auctions.models import Auction
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
from procurement.sourcing import repository as sourcing
from procurement.sourcing.models import Question, Sourcing, SourcingLine
from procurement.sourcing.states import Kind as SourcingKind
from procurement.sourcing.states import State as SourcingState
from procurement.statements import repository as statements
from procurement.statements.models import Statement
from procurement.supplements import repository as supplements
from procurement.supplements.models import Supplement
from procurement.supplements.states import State as SupplementState
from procurement.suppliers import repository as suppliers
from procurement.suppliers.models import Licence, SupplierFile
from procurement.suppliers.states import State as SupplierState
from procurement.worklist.rules import API, NEVER, SOON, Asked, Item, Kind, Waiting

_DECIDED_AS_STEPS = (DocumentKind.REQUISITION, DocumentKind.AWARD, DocumentKind.AGREEMENT, DocumentKind.SUPPLEMENT)


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


def _orders_to_approve(asked: Asked) -> Select[Any]:
    decided = _decided_by(asked, DocumentKind.ORDER, Order.id)
    return _orders(asked, col(Order.buyer_id), OrderState.SUBMITTED, col(Order.updated_at)).where(decided)


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


def _supplements_to_sign(asked: Asked) -> Select[Any]:
    """While the agreement can be supplemented."""
    of = aliased(Agreement)
    rows = _rows(
        Supplement,
        supplements.visible_to(asked.principal),
        col(of.supplier_id) == asked.me,
        col(of.state).in_((AgreementState.ACTIVE, AgreementState.SUSPENDED)),
        col(Supplement.state) == SupplementState.PROPOSED,
        title=func.concat(of.number, "/", Supplement.number, type_=Text()),
        since=col(Supplement.proposed_at),
        link=("/agreements/", of.id, "/supplements/", Supplement.id),
    )
    return rows.join(of, col(of.id) == col(Supplement.agreement_id))


def _steps_to_decide(asked: Asked) -> Select[Any]:
    """Of documents that have no kind of work of their own."""
    mine = (
        approvals.visible_to(asked.principal, ApprovalStep),
        *approvals.waits_for(asked.principal.subject, asked.deciding),
        col(ApprovalStep.document_kind).in_(_DECIDED_AS_STEPS),
    )
    of = select(func.concat("/agreements/", Supplement.agreement_id, type_=Text()))
    above = of.where(col(Supplement.id) == col(ApprovalStep.document_id)).scalar_subquery()  # no row, no text
    # As the folders of the REST API are named.
    link = (above, "/", ApprovalStep.document_kind, "s/", ApprovalStep.document_id)
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


def _sourcings(*conditions: ColumnElement[bool], since: Any, due_at: Any = None) -> Select[Any]:
    link = ("/sourcing/", Sourcing.id)
    return _rows(Sourcing, *conditions, title=col(Sourcing.title), since=since, link=link, due_at=due_at)


def _inquiries(asked: Asked, *conditions: ColumnElement[bool], since: Any) -> Select[Any]:
    """Open inquiries to the caller, by what it alone has quoted."""
    taking = col(Sourcing.kind) == SourcingKind.INQUIRY, col(Sourcing.deadline) > asked.now
    mine = sourcing.open_to(asked.principal), *taking, *conditions
    return _sourcings(*mine, since=since, due_at=col(Sourcing.deadline))


def _inquiries_to_quote(asked: Asked) -> Select[Any]:
    quoted = quotes.standing_of(asked.principal).subquery()
    silent = ~exists().where(quoted.c.sourcing_id == col(Sourcing.id))
    return _inquiries(asked, silent, since=col(Sourcing.published_at))


def _quotes_to_review(asked: Asked) -> Select[Any]:
    """The caller's quotes that are older than an answer to all."""
    quoted = quotes.standing_of(asked.principal).subquery()
    answered = (
        select(func.max(col(Question.answered_at)).label("at"), col(Question.sourcing_id).label("sourcing_id"))
        .group_by(col(Question.sourcing_id))
        .subquery()
    )
    rows = _inquiries(asked, quoted.c.submitted_at < answered.c.at, since=answered.c.at)
    rows = rows.join(quoted, quoted.c.sourcing_id == col(Sourcing.id))
    return rows.join(answered, answered.c.sourcing_id == col(Sourcing.id))


def _questions_to_answer(asked: Asked) -> Select[Any]:
    rows = _rows(
        Question,
        sourcing.run_by(asked.principal, SourcingState.PUBLISHED),
        col(Question.answered_at).is_(None),
        title=col(Sourcing.title),
        since=col(Question.created_at),
        link=("/sourcing/", Sourcing.id, "/questions"),
        due_at=col(Sourcing.deadline),
    )
    return rows.join(Sourcing, col(Sourcing.id) == col(Question.sourcing_id))


def _auctions(asked: Asked, *times: ColumnElement[bool], due_at: Any) -> Select[Any]:
    """Open auctions to the caller, whoever leads: a list that went by bids would tell of them."""
    mine = auctions.visible_to(asked.principal), sourcing.open_to(asked.principal), *times
    title, since, link = col(Sourcing.title), col(Sourcing.published_at), ("/auctions/", Auction.id)
    rows = _rows(Auction, *mine, title=title, since=since, link=link, due_at=due_at)
    return rows.join(Sourcing, col(Sourcing.id) == col(Auction.sourcing_id))


def _auctions_to_bid(asked: Asked) -> Select[Any]:
    running = col(Auction.starts_at) <= asked.now, col(Auction.ends_at) > asked.now
    return _auctions(asked, *running, due_at=col(Auction.ends_at))


def _auctions_beginning(asked: Asked) -> Select[Any]:
    soon = col(Auction.starts_at) > asked.now, col(Auction.starts_at) <= asked.now + SOON
    return _auctions(asked, *soon, due_at=col(Auction.starts_at))


def _sourcings_to_open(asked: Asked) -> Select[Any]:
    """Past the deadline, and its job has not come round; whether anybody has offered nobody knows before it has."""
    ends_at = select(col(Auction.ends_at)).where(col(Auction.sourcing_id) == col(Sourcing.id)).scalar_subquery()
    end = func.coalesce(ends_at, col(Sourcing.deadline))
    mine = sourcing.run_by(asked.principal, SourcingState.PUBLISHED), end <= asked.now
    return _sourcings(*mine, since=end, due_at=end)


def _sourcings_to_award(asked: Asked) -> Select[Any]:
    """Opened, and not all that was asked for is held by awards that wait for their approval."""
    left = exists().where(
        col(SourcingLine.sourcing_id) == col(Sourcing.id),
        col(SourcingLine.quantity) > col(SourcingLine.awarded) + SourcingLine.held,
    )
    return _sourcings(sourcing.run_by(asked.principal, SourcingState.OPENED), left, since=col(Sourcing.opened_at))


def _statements_to_agree(asked: Asked) -> Select[Any]:
    return _rows(
        Statement,
        statements.visible_to(asked.principal),
        statements.waits_for(asked.principal),
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


SELECTS: dict[Kind, Callable[[Asked], Select[Any]]] = {
    Kind.ORDERS_TO_APPROVE: _orders_to_approve,
    Kind.ORDERS_TO_CONFIRM: lambda asked: _orders(
        asked, col(Order.supplier_id), OrderState.APPROVED, col(Order.approved_at)
    ),
    Kind.CHANGES_TO_APPROVE: _changes_to_approve,
    Kind.CHANGES_TO_ANSWER: _changes_to_answer,
    Kind.AGREEMENTS_TO_SIGN: _agreements_to_sign,
    Kind.SUPPLEMENTS_TO_SIGN: _supplements_to_sign,
    Kind.STEPS_TO_DECIDE: _steps_to_decide,
    Kind.DELIVERIES_EXPECTED: lambda asked: _deliveries(asked, DeliveryState.DISPATCHED),
    Kind.DELIVERIES_TO_ACCEPT: lambda asked: _deliveries(asked, DeliveryState.ARRIVED, DeliveryState.PARTLY_ACCEPTED),
    Kind.QUESTIONS_TO_ANSWER: _questions_to_answer,
    Kind.INQUIRIES_TO_QUOTE: _inquiries_to_quote,
    Kind.QUOTES_TO_REVIEW: _quotes_to_review,
    Kind.AUCTIONS_TO_BID: _auctions_to_bid,
    Kind.AUCTIONS_BEGINNING: _auctions_beginning,
    Kind.SOURCINGS_TO_OPEN: _sourcings_to_open,
    Kind.SOURCINGS_TO_AWARD: _sourcings_to_award,
    Kind.STATEMENTS_TO_AGREE: _statements_to_agree,
    Kind.INVOICES_TO_MATCH: lambda asked: _invoices_in(asked, InvoiceState.MISMATCHED),
    Kind.INVOICES_TO_APPROVE: lambda asked: _invoices_in(asked, InvoiceState.MATCHED),
    Kind.CREDIT_NOTES_DUE: _credit_notes_due,
    Kind.PAYABLES_DUE: lambda asked: _payables(asked, col(Payable.due_on).between(asked.today, asked.today + SOON)),
    Kind.PAYABLES_OVERDUE: lambda asked: _payables(asked, col(Payable.due_on) < asked.today),
    Kind.PAYMENTS_TO_APPROVE: _payments_to_approve,
    Kind.PAYMENTS_TO_EXPORT: lambda asked: _payments(
        asked, col(Payment.state) == PaymentState.APPROVED, since=col(Payment.approved_at)
    ),
    Kind.LICENCES_EXPIRING: _licences_expiring,
    Kind.GUARANTEES_EXPIRING: _guarantees_expiring,
}


async def counts(session: AsyncSession, asked: Asked, kinds: Sequence[Kind]) -> Sequence[Waiting]:
    """How much waits of each of these kinds: one statement."""
    if not kinds:
        return []
    counted = [select(literal(kind.value), func.count()).select_from(SELECTS[kind](asked).subquery()) for kind in kinds]
    found = dict((await session.execute(union_all(*counted))).all())
    return [Waiting(kind, found[kind.value]) for kind in kinds]


async def page(session: AsyncSession, asked: Asked, kind: Kind, request: PageRequest) -> Page[Item]:
    """What waits of a kind, the first due first, what has no due date last and by age."""
    found = SELECTS[kind](asked).subquery()
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
