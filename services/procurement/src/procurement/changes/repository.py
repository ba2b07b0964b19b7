"""The only SQL of changes. Every query starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from procurement.changes import errors
from procurement.changes.models import OrderChange
from procurement.changes.states import State
from procurement.orders import repository as orders
from procurement.orders.models import Order


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """Who sees the order sees its changes; the supplier only those that were offered to it."""
    seen = select(col(Order.id)).where(col(Order.id) == col(OrderChange.order_id), orders.visible_to(principal))
    mine = seen.where(or_(col(Order.buyer_id) == principal.organisation_id, col(OrderChange.offered_at).is_not(None)))
    return mine.exists()


def _of(principal: Principal, order_id: UUID) -> Select[Any]:
    return (
        select(OrderChange)
        .where(visible_to(principal), col(OrderChange.order_id) == order_id)
        .options(selectinload(OrderChange.lines))  # type: ignore[arg-type]
    )


async def get(session: AsyncSession, principal: Principal, order_id: UUID, change_id: UUID) -> OrderChange:
    """The change with its lines; NotFound ORDER_CHANGE_NOT_FOUND when the caller may not see it."""
    statement = _of(principal, order_id).where(col(OrderChange.id) == change_id)
    change: OrderChange | None = await session.scalar(statement.execution_options(populate_existing=True))
    if change is None:
        raise errors.change_not_found(change_id)
    return change


async def page(
    session: AsyncSession, principal: Principal, order_id: UUID, state: State | None, request: PageRequest
) -> Page[OrderChange]:
    """The changes of an order, newest first."""
    statement = _of(principal, order_id)
    if state is not None:
        statement = statement.where(col(OrderChange.state) == state)
    return await paginate(session, statement, keys=(OrderChange.id,), request=request, descending=True)


async def added(session: AsyncSession, order_id: UUID) -> Sequence[Mapping[str, str]]:
    """What each accepted change of the order has added per cost code; the caller holds the order's lock."""
    accepted = col(OrderChange.order_id) == order_id, col(OrderChange.state) == State.ACCEPTED
    return list(await session.scalars(select(col(OrderChange.adds)).where(*accepted)))


async def next_number(session: AsyncSession, order_id: UUID) -> int:
    """The number of the order's next change; the caller holds the order's lock."""
    last = await session.scalar(select(func.max(col(OrderChange.number))).where(col(OrderChange.order_id) == order_id))
    return (last or 0) + 1
