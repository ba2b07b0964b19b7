"""The only SQL of invoices. Every query starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, Uuid, and_, cast, func, null, or_, select, union_all
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis.clock import SHANGHAI
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, decode_token, encode_token, paginate
from chassis.work import constraint_of
from procurement.deliveries.models import Delivery, DeliveryLine
from procurement.invoices import errors
from procurement.invoices.models import Invoice, InvoiceLine
from procurement.invoices.rules import Position, Rest
from procurement.invoices.states import STANDING, Kind, State
from procurement.orders import repository as orders
from procurement.orders.models import Order, OrderLine
from procurement.statements import repository as statements
from procurement.statements.models import Statement, StatementLine
from procurement.statements.states import View

NOTHING = Decimal("0.000000")


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The seller and the buyer of the invoice."""
    return or_(
        col(Invoice.buyer_id) == principal.organisation_id, col(Invoice.supplier_id) == principal.organisation_id
    )


def _one(principal: Principal, invoice_id: UUID) -> Select[Invoice]:
    return (
        select(Invoice).where(visible_to(principal), col(Invoice.id) == invoice_id).options(selectinload(Invoice.lines))  # type: ignore[arg-type]
    )


async def get(session: AsyncSession, principal: Principal, invoice_id: UUID) -> Invoice:
    """The invoice with its lines; NotFound INVOICE_NOT_FOUND when the caller may not see it."""
    invoice = await session.scalar(_one(principal, invoice_id))
    if invoice is None:
        raise errors.invoice_not_found(invoice_id)
    return invoice


async def get_for_update(session: AsyncSession, principal: Principal, invoice_id: UUID) -> Invoice:
    """The same, locked. Lock its orders first: what is left to bill is counted per order."""
    statement = _one(principal, invoice_id).with_for_update(of=Invoice).execution_options(populate_existing=True)
    invoice = await session.scalar(statement)
    if invoice is None:
        raise errors.invoice_not_found(invoice_id)
    return invoice


async def add(session: AsyncSession, invoice: Invoice) -> None:
    """Write a new invoice; AlreadyExists INVOICE_NUMBER_TAKEN when its seller has entered the number before."""
    session.add(invoice)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "invoices_number_taken":
            raise errors.number_taken(invoice.number) from None
        raise


async def taken(session: AsyncSession, principal: Principal, number: str) -> bool:
    """Whether the caller's organisation has an invoice of its own with this number."""
    found = await session.scalar(
        select(col(Invoice.id)).where(
            col(Invoice.supplier_id) == principal.organisation_id,
            col(Invoice.number) == number,
            col(Invoice.state) != State.CANCELLED,
        )
    )
    return found is not None


@dataclass(frozen=True, slots=True)
class Reference:
    """What an invoice's line names: the order's line behind it, its order, and the statement's line if there is one."""

    order_line_id: UUID
    order_id: UUID
    statement_line_id: UUID | None


async def referenced(
    session: AsyncSession,
    principal: Principal,
    *,
    order_lines: Collection[UUID],
    statement_lines: Collection[UUID],
    invoice_lines: Collection[UUID],
) -> dict[UUID, Reference]:
    """Lines of orders, statements and invoices that the caller may see, by their ids."""
    ordered: Any = (
        select(col(OrderLine.id).label("named"), col(OrderLine.id), col(OrderLine.order_id), cast(null(), Uuid))
        .join(Order, col(Order.id) == OrderLine.order_id)
        .where(orders.visible_to(principal), col(OrderLine.id).in_(order_lines))
    )
    stated = (
        select(
            col(StatementLine.id), col(StatementLine.order_line_id), col(StatementLine.order_id), col(StatementLine.id)
        )
        .join(Statement, col(Statement.id) == StatementLine.statement_id)
        .where(statements.visible_to(principal), col(StatementLine.id).in_(statement_lines))
    )
    billed = (
        select(
            col(InvoiceLine.id),
            col(InvoiceLine.order_line_id),
            col(InvoiceLine.order_id),
            col(InvoiceLine.statement_line_id),
        )
        .join(Invoice, col(Invoice.id) == InvoiceLine.invoice_id)
        .where(visible_to(principal), col(InvoiceLine.id).in_(invoice_lines))
    )
    rows = await session.execute(union_all(ordered, stated, billed))
    return {row[0]: Reference(*row[1:]) for row in rows}


async def lock_orders(session: AsyncSession, order_ids: Iterable[UUID]) -> None:
    """Keep deliveries and other invoices of these orders waiting; always in the order of the ids."""
    ids = sorted(set(order_ids))
    await session.execute(select(col(Order.id)).where(col(Order.id).in_(ids)).order_by(col(Order.id)).with_for_update())


def _billed(lines: ColumnElement[bool], but: UUID) -> Any:
    """Quantity of these lines on standing invoices; what a red one takes back counts from its approval on."""
    standing = or_(
        and_(col(Invoice.kind) == Kind.BLUE, col(Invoice.state).in_(STANDING)), col(Invoice.state) == State.APPROVED
    )
    return (
        select(func.coalesce(func.sum(col(InvoiceLine.quantity)), NOTHING))
        .join(Invoice, col(Invoice.id) == InvoiceLine.invoice_id)
        .where(lines, standing, col(Invoice.id) != but)
        .scalar_subquery()
    )


async def positions(session: AsyncSession, order_line_ids: Collection[UUID], *, but: UUID) -> dict[UUID, Position]:
    """Lines of orders with all that an invoice is compared with, the invoice `but` itself not counted.

    Lock the orders before: then nobody accepts, returns or bills in between.
    """
    of_the_line = col(InvoiceLine.order_line_id) == OrderLine.id
    stated = (
        select(func.coalesce(func.sum(col(StatementLine.quantity)), NOTHING))
        .where(col(StatementLine.order_line_id) == OrderLine.id, col(StatementLine.part).is_not(None))
        .scalar_subquery()
    )
    statement: Any = (
        select(
            col(OrderLine.id),
            col(OrderLine.order_id),
            col(Order.project_id),
            col(Order.buyer_id),
            col(Order.supplier_id),
            col(Order.currency),
            col(OrderLine.material_code),
            col(OrderLine.unit),
            col(OrderLine.cost_code),
            col(OrderLine.unit_price),
            col(OrderLine.tax_percent),
            col(OrderLine.accepted),
            _billed(of_the_line, but),
            _billed(of_the_line & col(InvoiceLine.statement_line_id).is_(None), but),
            stated,
        )
        .join(Order, col(Order.id) == OrderLine.order_id)
        .where(col(OrderLine.id).in_(order_line_ids))
    )
    return {row[0]: Position(*row) for row in await session.execute(statement)}


@dataclass(frozen=True, slots=True)
class Agreed:
    """A statement's line that both sides have agreed to: its price with tax, and what of it is left to bill."""

    unit_price: Decimal
    left: Decimal


async def agreed(session: AsyncSession, statement_line_ids: Collection[UUID], *, but: UUID) -> dict[UUID, Agreed]:
    """Those of the lines that are agreed by both."""
    rows = await session.execute(
        select(
            col(StatementLine.id),
            col(StatementLine.unit_price),
            col(StatementLine.quantity) - _billed(col(InvoiceLine.statement_line_id) == StatementLine.id, but),
        ).where(
            col(StatementLine.id).in_(statement_line_ids),
            col(StatementLine.buyer_view) == View.AGREED,
            col(StatementLine.supplier_view) == View.AGREED,
        )
    )
    return {line_id: Agreed(price, left) for line_id, price, left in rows}


async def rests(session: AsyncSession, invoice: Invoice) -> dict[UUID, Rest]:
    """What of each line of a blue invoice its standing red ones have not taken back, by the line's id."""
    rows = await session.execute(
        select(
            col(InvoiceLine.corrects_line_id),
            func.sum(col(InvoiceLine.quantity)),
            func.sum(col(InvoiceLine.net)),
            func.sum(col(InvoiceLine.tax)),
        )
        .join(Invoice, col(Invoice.id) == InvoiceLine.invoice_id)
        .where(col(Invoice.corrects_id) == invoice.id, col(Invoice.state).in_(STANDING))
        .group_by(col(InvoiceLine.corrects_line_id))
    )
    back = {line_id: (quantity, net, tax) for line_id, quantity, net, tax in rows}
    found = {}
    for line in invoice.lines:
        quantity, net, tax = back.get(line.id, (0, 0, 0))
        found[line.id] = Rest(line.quantity + quantity, line.net + net, line.tax + tax)
    return found


async def known_usccs(session: AsyncSession, invoice: Invoice) -> tuple[str | None, str | None]:
    """The codes of seller and buyer on the last approved invoice between the two; None before the first one."""
    row = (
        await session.execute(
            select(col(Invoice.seller_uscc), col(Invoice.buyer_uscc))
            .where(
                col(Invoice.supplier_id) == invoice.supplier_id,
                col(Invoice.buyer_id) == invoice.buyer_id,
                col(Invoice.state) == State.APPROVED,
            )
            .order_by(col(Invoice.approved_at).desc())
            .limit(1)
        )
    ).first()
    return (None, None) if row is None else (row[0], row[1])


async def accepted_on(session: AsyncSession, invoice: Invoice) -> date:
    """The last day (Asia/Shanghai) on which the site took goods of the invoice's lines: what is billed was accepted."""
    statement: Select[date] = (
        select(func.date(func.timezone(SHANGHAI.key, func.max(col(Delivery.accepted_at)))))
        .join(DeliveryLine, col(DeliveryLine.delivery_id) == Delivery.id)
        .where(
            col(Delivery.order_id).in_({line.order_id for line in invoice.lines}),
            col(DeliveryLine.order_line_id).in_({line.order_line_id for line in invoice.lines}),
            col(DeliveryLine.accepted) > 0,
        )
    )
    return (await session.execute(statement)).scalar_one()


@dataclass(frozen=True, slots=True)
class InvoiceFilter:
    """Which invoices a list shows; None means all."""

    project_id: UUID | None = None
    buyer_id: UUID | None = None
    supplier_id: UUID | None = None
    state: State | None = None
    kind: Kind | None = None
    number: str | None = None
    corrects_id: UUID | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: InvoiceFilter, request: PageRequest
) -> Page[Invoice]:
    """The caller's invoices, newest first."""
    statement = select(Invoice).where(visible_to(principal))
    for name in ("project_id", "buyer_id", "supplier_id", "state", "kind", "number", "corrects_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Invoice, name) == value)
    return await paginate(session, statement, keys=(Invoice.id,), request=request, descending=True)


@dataclass(frozen=True, slots=True)
class CreditDue:
    """A line of an approved invoice that bills more than was kept, and how much of it a red invoice must take back."""

    line_id: UUID
    invoice_id: UUID
    number: str
    project_id: UUID
    buyer_id: UUID
    supplier_id: UUID
    order_id: UUID
    order_line_id: UUID
    material_code: str
    unit: str
    quantity: Decimal


async def credited(session: AsyncSession, principal: Principal, red: Invoice) -> tuple[Decimal, Decimal]:
    """The gross of the invoice that a red one corrects, and how much of it approved red ones, this too, credit.

    Locks the corrected one, so that two red ones count each other.
    """
    corrected = select(col(Invoice.gross)).where(visible_to(principal), col(Invoice.id) == red.corrects_id)
    gross: Decimal = (await session.scalars(corrected.with_for_update())).one()
    others = select(func.coalesce(func.sum(col(Invoice.gross)), NOTHING)).where(
        visible_to(principal),
        col(Invoice.corrects_id) == red.corrects_id,
        col(Invoice.state) == State.APPROVED,
        col(Invoice.id) != red.id,
    )
    return gross, -(await session.scalars(others)).one() - red.gross


def _taken_back(principal: Principal) -> Any:
    """(line_id, back): what standing red invoices have taken back of a line, negative."""
    return (
        select(col(InvoiceLine.corrects_line_id).label("line_id"), func.sum(col(InvoiceLine.quantity)).label("back"))
        .join(Invoice, col(Invoice.id) == InvoiceLine.invoice_id)
        .where(visible_to(principal), col(Invoice.kind) == Kind.RED, col(Invoice.state).in_(STANDING))
        .group_by(col(InvoiceLine.corrects_line_id))
        .subquery()
    )


def overbilled(principal: Principal) -> Any:
    """Lines of approved blue invoices with how much of each was billed but not kept: of the newest ones first."""
    taken_back = _taken_back(principal)
    rest = col(InvoiceLine.quantity) + func.coalesce(taken_back.c.back, NOTHING)
    of_order_line = col(InvoiceLine.order_line_id)
    newer = func.sum(rest).over(partition_by=of_order_line, order_by=col(InvoiceLine.id).desc()) - rest
    excess = func.sum(rest).over(partition_by=of_order_line) - col(OrderLine.accepted)
    return (
        select(
            col(InvoiceLine.id).label("line_id"),
            col(Invoice.id).label("invoice_id"),
            col(Invoice.number),
            col(Invoice.project_id),
            col(Invoice.buyer_id),
            col(Invoice.supplier_id),
            col(InvoiceLine.order_id),
            of_order_line,
            col(InvoiceLine.material_code),
            col(InvoiceLine.unit),
            func.least(rest, excess - newer).label("quantity"),
        )
        .join(Invoice, col(Invoice.id) == InvoiceLine.invoice_id)
        .join(OrderLine, col(OrderLine.id) == InvoiceLine.order_line_id)
        .outerjoin(taken_back, taken_back.c.line_id == InvoiceLine.id)
        .where(visible_to(principal), col(Invoice.kind) == Kind.BLUE, col(Invoice.state) == State.APPROVED)
        .subquery()
    )


async def credit_due(
    session: AsyncSession, principal: Principal, project_id: UUID | None, request: PageRequest
) -> Page[CreditDue]:
    """Invoices that need a red one because goods went back, the newest first."""
    due = overbilled(principal)
    statement = select(due).where(due.c.quantity > 0).order_by(due.c.line_id.desc()).limit(request.size + 1)
    if project_id is not None:
        statement = statement.where(due.c.project_id == project_id)
    if request.token:
        [after] = decode_token(request.token, (UUID,))
        statement = statement.where(due.c.line_id < after)
    rows = [CreditDue(*row) for row in await session.execute(statement)]
    if len(rows) <= request.size:
        return Page(rows)
    return Page(rows[: request.size], encode_token([rows[request.size - 1].line_id]))
