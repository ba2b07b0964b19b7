"""The only SQL of statements. Every query starts from `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, and_, exists, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis.clock import SHANGHAI
from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from procurement.deliveries.models import Delivery, DeliveryLine
from procurement.orders.models import Order, OrderLine
from procurement.statements import errors
from procurement.statements.models import Statement, StatementLine
from procurement.statements.rules import Piece
from procurement.statements.states import State, View

MOST_LINES = 1000
"""Of one statement; what is over comes with the next one."""


def waits_for(principal: Principal) -> ColumnElement[bool]:
    """For work lists: with a line that waits for the caller's side: it has not spoken, or the other disputes its
    figures."""
    buyer, supplier = col(StatementLine.buyer_view), col(StatementLine.supplier_view)
    sides = (
        (col(Statement.buyer_id), or_(buyer == View.OPEN, supplier == View.DISPUTED)),
        (col(Statement.supplier_id), or_(supplier == View.OPEN, buyer == View.DISPUTED)),
    )
    own = col(StatementLine.statement_id) == col(Statement.id)
    turns = (and_(side == principal.organisation_id, exists().where(own, open_)) for side, open_ in sides)
    return and_(col(Statement.state).in_((State.PROPOSED, State.PARTLY_AGREED)), or_(*turns))


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The buyer and the supplier of the statement."""
    return or_(
        col(Statement.buyer_id) == principal.organisation_id, col(Statement.supplier_id) == principal.organisation_id
    )


def _one(principal: Principal, statement_id: UUID) -> Select[Statement]:
    return (
        select(Statement)
        .where(visible_to(principal), col(Statement.id) == statement_id)
        .options(selectinload(Statement.lines))  # type: ignore[arg-type]
    )


async def get(session: AsyncSession, principal: Principal, statement_id: UUID) -> Statement:
    """The statement with its lines; NotFound STATEMENT_NOT_FOUND when the caller may not see it."""
    statement = await session.scalar(_one(principal, statement_id))
    if statement is None:
        raise errors.statement_not_found(statement_id)
    return statement


async def get_for_update(session: AsyncSession, principal: Principal, statement_id: UUID) -> Statement:
    """The same, locked until the end of the transaction and as it is now."""
    query = _one(principal, statement_id).with_for_update(of=Statement).execution_options(populate_existing=True)
    statement = await session.scalar(query)
    if statement is None:
        raise errors.statement_not_found(statement_id)
    return statement


async def pieces(
    session: AsyncSession, project_id: UUID, buyer_id: UUID, supplier_id: UUID, currency: str, until: date
) -> list[Piece]:
    """What was accepted until the end of a day (Asia/Shanghai), less what went back, and stands on no statement.

    The one place that reads accepted quantities. A delivery's line keeps running totals, so what is new is the
    difference from what its statements say: nothing falls between two months, and a return after a statement comes out
    negative. Oldest first, at most MOST_LINES.
    """
    night = datetime.combine(until + timedelta(days=1), time(), SHANGHAI)
    own = (col(StatementLine.delivery_line_id) == DeliveryLine.id) & col(StatementLine.part).is_not(None)
    stated = select(func.coalesce(func.sum(col(StatementLine.quantity)), 0)).where(own).scalar_subquery()
    parts = select(func.coalesce(func.max(col(StatementLine.part)), 0)).where(own).scalar_subquery()
    left: ColumnElement[Any] = col(DeliveryLine.accepted) - col(DeliveryLine.returned) - stated
    rows = await session.execute(
        select(
            col(DeliveryLine.id),
            col(OrderLine.order_id),
            col(OrderLine.id),
            col(OrderLine.material_code),
            col(OrderLine.unit),
            col(OrderLine.unit_price),
            left,
            parts + 1,
        )
        .join(Delivery, col(Delivery.id) == DeliveryLine.delivery_id)
        .join(OrderLine, col(OrderLine.id) == DeliveryLine.order_line_id)
        .join(Order, col(Order.id) == OrderLine.order_id)
        .where(
            col(Delivery.project_id) == project_id,
            col(Delivery.buyer_id) == buyer_id,
            col(Delivery.supplier_id) == supplier_id,
            col(Delivery.accepted_at) < night,
            col(Order.currency) == currency,
            left != 0,
        )
        .order_by(col(Delivery.accepted_at), col(Delivery.id), col(DeliveryLine.position))
        .limit(MOST_LINES)
    )
    return [Piece(*row) for row in rows]


async def add(session: AsyncSession, statement: Statement) -> None:
    """Write a new statement; FailedPrecondition PIECES_TAKEN when another one took its pieces in between."""
    session.add(statement)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "statement_lines_once":
            raise errors.pieces_taken() from None
        raise


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """Which statements a list shows; None means all."""

    project_id: UUID | None = None
    buyer_id: UUID | None = None
    supplier_id: UUID | None = None
    period: date | None = None
    state: State | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: StatementFilter, request: PageRequest
) -> Page[Statement]:
    """The caller's statements, newest first."""
    statement = select(Statement).where(visible_to(principal))
    for name in ("project_id", "buyer_id", "supplier_id", "period", "state"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Statement, name) == value)
    return await paginate(session, statement, keys=(Statement.id,), request=request, descending=True)
