"""The only SQL of scorecards: each figure is a table of rows, and its value the sum of those rows.

A new figure is a member of `rules.Figure` and an entry in FIGURES: a select of ROW_COLUMNS over `Order`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    Subquery,
    Uuid,
    case,
    cast,
    func,
    null,
    select,
)
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import Mapped
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, decode_token, encode_token
from procurement.deliveries.models import Delivery, DeliveryLine
from procurement.deliveries.states import State as DeliveryState
from procurement.orders.models import Order, OrderLine
from procurement.orders.states import State as OrderState
from procurement.scorecards.rules import CENT, Figure, Period

ZONE = "Asia/Shanghai"


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """A buyer judges by its own orders."""
    return col(Order.buyer_id) == principal.organisation_id


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose deliveries count, in which currency, and on which days. Without an organisation there are none."""

    supplier_id: UUID | None
    currency: str
    period: Period


@dataclass(frozen=True, slots=True)
class FigureRow:
    """A line of an order or of a delivery, and what it adds to numerator and denominator (amounts).

    `id` is that of the line; `delivery_id` is None where the figure looks at orders.
    """

    id: UUID
    order_id: UUID
    delivery_id: UUID | None
    material_code: str
    unit: str
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
    delivery_id: Mapped[UUID] | Null,
    at: SQLColumnExpression[Any],
    amounts: tuple[SQLColumnExpression[Any], SQLColumnExpression[Any]],
) -> Select[Any]:
    numerator, denominator = amounts
    return select(
        line_id.label("id"),
        col(Order.id).label("order_id"),
        cast(delivery_id, Uuid).label("delivery_id"),
        col(OrderLine.material_code),
        col(OrderLine.unit),
        _day(at).label("day"),
        numerator.label("numerator"),
        denominator.label("denominator"),
    )


def _in_full() -> Select[Any]:
    """Lines of completed orders by the day of their approval; what came beyond the order counts no more than it."""
    taken = func.least(col(OrderLine.accepted), col(OrderLine.quantity))
    amounts = _amount(taken), col(OrderLine.amount)
    rows = _select(col(OrderLine.id), null(), col(Order.approved_at), amounts)
    return rows.join(OrderLine, col(OrderLine.order_id) == col(Order.id)).where(
        col(Order.state) == OrderState.COMPLETED
    )


def _of_deliveries(
    numerator: SQLColumnExpression[Any], denominator: SQLColumnExpression[Any], *states: DeliveryState
) -> Select[Any]:
    """Lines of deliveries that the site has judged, by the day of the judgement."""
    judged_at = func.coalesce(col(Delivery.accepted_at), col(Delivery.updated_at))
    amounts = _amount(numerator), _amount(denominator)
    rows = _select(col(DeliveryLine.id), col(Delivery.id), judged_at, amounts)
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


FIGURES: Mapping[Figure, Select[Any]] = {
    Figure.IN_FULL: _in_full(),
    Figure.ON_TIME: _on_time(),
    Figure.REJECTED: _rejected(),
    Figure.RETURNED: _returned(),
}


def _rows(principal: Principal, figure: Figure, scope: Scope) -> Subquery:
    """The rows of a figure in this scope."""
    rows = (
        FIGURES[figure]
        .where(
            visible_to(principal),
            col(Order.supplier_id) == scope.supplier_id,
            col(Order.currency) == scope.currency,
        )
        .subquery()
    )
    period = rows.c.day.between(scope.period.first_day, scope.period.last_day)
    return select(rows).where(period).subquery()


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
    statement = select(rows).order_by(rows.c.id).limit(request.size + 1)
    if request.token:
        [after] = decode_token(request.token, (UUID,))
        statement = statement.where(rows.c.id > after)
    found = [FigureRow(**row) for row in (await session.execute(statement)).mappings()]
    if len(found) <= request.size:
        return Page(found)
    found = found[: request.size]
    return Page(found, encode_token([found[-1].id]))
