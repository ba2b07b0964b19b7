"""The only SQL of deliveries. Every query starts from `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis.identity import Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from procurement.deliveries import errors
from procurement.deliveries.models import Delivery
from procurement.deliveries.states import State


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """The supplier that sends and the buyer that receives."""
    return or_(
        col(Delivery.supplier_id) == principal.organisation_id, col(Delivery.buyer_id) == principal.organisation_id
    )


def _one(principal: Principal, delivery_id: UUID) -> Select[Delivery]:
    return (
        select(Delivery)
        .where(visible_to(principal), col(Delivery.id) == delivery_id)
        .options(selectinload(Delivery.lines))  # type: ignore[arg-type]
    )


async def get(session: AsyncSession, principal: Principal, delivery_id: UUID) -> Delivery:
    """The delivery with its lines; NotFound DELIVERY_NOT_FOUND when the caller may not see it."""
    delivery = await session.scalar(_one(principal, delivery_id))
    if delivery is None:
        raise errors.delivery_not_found(delivery_id)
    return delivery


async def get_for_update(session: AsyncSession, principal: Principal, delivery_id: UUID) -> Delivery:
    """The same, locked. Lock the order first: every change of a delivery changes its order."""
    statement = _one(principal, delivery_id).with_for_update(of=Delivery).execution_options(populate_existing=True)
    delivery = await session.scalar(statement)
    if delivery is None:
        raise errors.delivery_not_found(delivery_id)
    return delivery


async def add(session: AsyncSession, delivery: Delivery) -> None:
    """Write a new delivery; AlreadyExists DELIVERY_NOTE_TAKEN."""
    session.add(delivery)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "deliveries_note_taken":
            raise errors.note_taken(delivery.note_number) from None
        raise


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries a list shows; None means all."""

    project_id: UUID | None = None
    order_id: UUID | None = None
    state: State | None = None
    note_number: str | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: DeliveryFilter, request: PageRequest
) -> Page[Delivery]:
    """The caller's deliveries, newest first."""
    statement = select(Delivery).where(visible_to(principal))
    for name in ("project_id", "order_id", "state", "note_number"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Delivery, name) == value)
    return await paginate(session, statement, keys=(Delivery.id,), request=request, descending=True)
