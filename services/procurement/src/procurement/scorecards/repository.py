"""The only SQL of scorecards: each figure is a table of rows, and its value the sum of those rows.

A new figure is a member of `rules.Figure` and an entry in FIGURES: a select of the columns of `FigureRow`, and of
`buyer_id`, `supplier_id` and `currency`, by which `_rows` narrows it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Date,
    Null,
    Numeric,
    Select,
    SQLColumnExpression,
    String,
    Subquery,
    Uuid,
    case,
    cast,
    exists,
    func,
    null,
    or_,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped, aliased
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, decode_token, encode_token
from procurement.deliveries.models import Delivery, DeliveryLine
from procurement.deliveries.states import State as DeliveryState
from procurement.invoices.models import Invoice, InvoiceLine
from procurement.invoices.states import Kind as InvoiceKind
from procurement.invoices.states import State as InvoiceState
from procurement.offers.models import Offer
from procurement.orders.models import Order, OrderLine
from procurement.orders.states import COMMITTED
from procurement.orders.states import State as OrderState
from procurement.scorecards.rules import CENT, Figure, Period
from procurement.sourcing.models import Guest, Sourcing
from procurement.sourcing.states import State as SourcingState

ZONE = "Asia/Shanghai"
NOTHING = null()
OddLine = aliased(InvoiceLine)


def visible_to(principal: Principal, rows: Subquery) -> ColumnElement[bool]:
    """A buyer judges by its own orders, invoices and inquiries."""
    mine: ColumnElement[bool] = rows.c.buyer_id == principal.organisation_id
    return mine


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose deliveries count, in which currency, and on which days. Without an organisation there are none."""

    supplier_id: UUID | None
    currency: str
    period: Period


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A line of an order, a delivery or an invoice, or an inquiry, and what it adds to numerator and denominator.

    `id` is that of the line, or the inquiry's, which has no order and no material; `delivery_id` and `invoice_id` are
    None where the figure does not look at them.
    """

    id: UUID
    order_id: UUID | None
    delivery_id: UUID | None
    invoice_id: UUID | None
    material_code: str | None
    unit: str | None
    day: date
    numerator: Decimal
    denominator: Decimal


def _amount(quantity: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """A quantity at the order's price, rounded half up to the cent as the order's own amounts are."""
    return cast(func.round(quantity * col(OrderLine.unit_price), 2), Numeric(18, 2))


def _day(at: SQLColumnExpression[Any]) -> SQLColumnExpression[Any]:
    """The calendar day in Asia/Shanghai of an instant."""
    return cast(func.timezone(ZONE, at), Date)


def _select(
    line_id: Mapped[UUID],
    at: SQLColumnExpression[Any],
    amounts: tuple[SQLColumnExpression[Any], SQLColumnExpression[Any]],
    *,
    delivery_id: Mapped[UUID] | Null = NOTHING,
    invoice_id: Mapped[UUID] | Null = NOTHING,
) -> Select[Any]:
    numerator, denominator = amounts
    return select(
        line_id.label("id"),
        col(Order.id).label("order_id"),
        cast(delivery_id, Uuid).label("delivery_id"),
        cast(invoice_id, Uuid).label("invoice_id"),
        col(OrderLine.material_code),
        col(OrderLine.unit),
        _day(at).label("day"),
        numerator.label("numerator"),
        denominator.label("denominator"),
        col(Order.buyer_id),
        col(Order.supplier_id),
        col(Order.currency),
    )


def _in_full() -> Select[Any]:
    """Lines of completed orders by the day of their approval; what came beyond the order counts no more than it."""
    taken = func.least(col(OrderLine.accepted), col(OrderLine.quantity))
    amounts = _amount(taken), col(OrderLine.amount)
    rows = _select(col(OrderLine.id), col(Order.approved_at), amounts)
    return rows.join(OrderLine, col(OrderLine.order_id) == col(Order.id)).where(
        col(Order.state) == OrderState.COMPLETED
    )


def _of_deliveries(
    numerator: SQLColumnExpression[Any], denominator: SQLColumnExpression[Any], *states: DeliveryState
) -> Select[Any]:
    """Lines of deliveries that the site has judged, by the day of the judgement."""
    judged_at = func.coalesce(col(Delivery.accepted_at), col(Delivery.updated_at))
    amounts = _amount(numerator), _amount(denominator)
    rows = _select(col(DeliveryLine.id), judged_at, amounts, delivery_id=col(Delivery.id))
    return (
        rows.select_from(Order)
        .join(Delivery, col(Delivery.order_id) == col(Order.id))
        .join(DeliveryLine, col(DeliveryLine.delivery_id) == col(Delivery.id))
        .join(OrderLine, col(OrderLine.id) == col(DeliveryLine.order_line_id))
        .where(col(Delivery.state).in_(states))
    )


def _rejected() -> Select[Any]:
    """Of what came to the site, what it did not take, a delivery that was sent away as a whole included."""
    taken = col(DeliveryLine.accepted)
    came = case((col(DeliveryLine.judged), col(DeliveryLine.received)), else_=col(DeliveryLine.quantity))
    return _of_deliveries(came - taken, came, DeliveryState.ACCEPTED, DeliveryState.REFUSED)


def _returned() -> Select[Any]:
    """Of what the site took, what it sent back later."""
    return _of_deliveries(col(DeliveryLine.returned), col(DeliveryLine.accepted), DeliveryState.ACCEPTED)


def _on_time() -> Select[Any]:
    """Of what the site took of lines with a day of need, what was on a delivery note by that day.

    The day of the note counts, not that of the acceptance: when the site gets round to it is not the supplier's doing.
    """
    taken = col(DeliveryLine.accepted)
    in_time = _day(col(Delivery.created_at)) <= col(OrderLine.needed_by)
    rows = _of_deliveries(case((in_time, taken), else_=0), taken, DeliveryState.ACCEPTED)
    return rows.where(col(OrderLine.needed_by).is_not(None))


def _price() -> Select[Any]:
    """Lines of approved orders for whose material a price was published then: at the agreed price, at the published
    one. Less than 100 % is cheaper than published."""
    published = cast(func.round(col(OrderLine.quantity) * col(OrderLine.published_price), 2), Numeric(18, 2))
    rows = _select(col(OrderLine.id), col(Order.approved_at), (col(OrderLine.amount), published))
    return rows.join(OrderLine, col(OrderLine.order_id) == col(Order.id)).where(
        col(Order.state).in_(COMMITTED), col(OrderLine.published_price).is_not(None)
    )


def _invoice_errors() -> Select[Any]:
    """Lines of blue invoices by the day on which they were entered; those of an invoice that was rejected, or of which
    anything does not match, are faulty, also when it was approved all the same or cancelled after that.

    One that was cancelled without a fault was never sent in; credit notes follow from goods that went back.
    """
    odd = exists().where(col(OddLine.invoice_id) == col(Invoice.id), func.cardinality(OddLine.reasons) > 0)
    faulty = or_(col(Invoice.state) == InvoiceState.REJECTED, func.cardinality(col(Invoice.reasons)) > 0, odd)
    gross = col(InvoiceLine.gross)
    amounts = case((faulty, gross), else_=Decimal("0.00")), gross
    rows = _select(col(InvoiceLine.id), col(Invoice.created_at), amounts, invoice_id=col(Invoice.id))
    return (
        rows.select_from(Order)
        .join(InvoiceLine, col(InvoiceLine.order_id) == col(Order.id))
        .join(Invoice, col(Invoice.id) == col(InvoiceLine.invoice_id))
        .join(OrderLine, col(OrderLine.id) == col(InvoiceLine.order_line_id))
        .where(col(Invoice.kind) == InvoiceKind.BLUE, or_(col(Invoice.state) != InvoiceState.CANCELLED, faulty))
    )


def _answered() -> Select[Any]:
    """Inquiries and auctions whose deadline is over, each counting once: before it nobody knows who has offered."""
    offered = exists().where(
        col(Offer.sourcing_id) == col(Sourcing.id), col(Offer.supplier_id) == col(Guest.supplier_id)
    )
    one, none = cast(Decimal(1), Numeric(18, 2)), cast(Decimal(0), Numeric(18, 2))
    return (
        select(
            col(Sourcing.id).label("id"),
            cast(null(), Uuid).label("order_id"),
            cast(null(), Uuid).label("delivery_id"),
            cast(null(), Uuid).label("invoice_id"),
            cast(null(), String).label("material_code"),
            cast(null(), String).label("unit"),
            _day(col(Sourcing.deadline)).label("day"),
            case((offered, one), else_=none).label("numerator"),
            one.label("denominator"),
            col(Sourcing.buyer_id),
            col(Guest.supplier_id),
            col(Sourcing.currency),
        )
        .join(Guest, col(Guest.sourcing_id) == col(Sourcing.id))
        .where(or_(col(Sourcing.opened_at).is_not(None), col(Sourcing.state) == SourcingState.FAILED))
    )


FIGURES: Mapping[Figure, Select[Any]] = {
    Figure.IN_FULL: _in_full(),
    Figure.ON_TIME: _on_time(),
    Figure.REJECTED: _rejected(),
    Figure.RETURNED: _returned(),
    Figure.PRICE: _price(),
    Figure.INVOICE_ERRORS: _invoice_errors(),
    Figure.ANSWERED: _answered(),
}


def _rows(principal: Principal, figure: Figure, scope: Scope) -> Subquery:
    """The rows of a figure in this scope."""
    rows = FIGURES[figure].subquery()
    return (
        select(rows)
        .where(
            visible_to(principal, rows),
            rows.c.supplier_id == scope.supplier_id,
            rows.c.currency == scope.currency,
            rows.c.day.between(scope.period.first_day, scope.period.last_day),
        )
        .subquery()
    )


async def value(session: AsyncSession, principal: Principal, figure: Figure, scope: Scope) -> tuple[Decimal, Decimal]:
    """Numerator and denominator of a figure: the sums over its rows."""
    rows = _rows(principal, figure, scope)
    sums = (func.coalesce(func.sum(column), 0) for column in (rows.c.numerator, rows.c.denominator))
    numerator, denominator = (await session.execute(select(*sums))).one()
    return Decimal(numerator).quantize(CENT), Decimal(denominator).quantize(CENT)


async def page(
    session: AsyncSession, principal: Principal, figure: Figure, scope: Scope, request: PageRequest
) -> Page[FigureRow]:
    """The rows behind a figure by the ids of their lines, which is the order in which these were made."""
    rows = _rows(principal, figure, scope)
    columns = [rows.c[one.name] for one in fields(FigureRow)]
    statement = select(*columns).order_by(rows.c.id).limit(request.size + 1)
    if request.token:
        [after] = decode_token(request.token, (UUID,))
        statement = statement.where(rows.c.id > after)
    found = [FigureRow(**row) for row in (await session.execute(statement)).mappings()]
    if len(found) <= request.size:
        return Page(found)
    found = found[: request.size]
    return Page(found, encode_token([found[-1].id]))
