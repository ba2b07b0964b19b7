"""The only SQL of deliveries. Every query starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlalchemy.orm import selectinload
from sqlmodel import col

from chassis import replica
from chassis.clock import SHANGHAI
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.replica import KnownParty
from chassis.work import constraint_of
from procurement.deliveries import errors
from procurement.deliveries.models import Delivery, DeliveryLine, WeighingTolerance
from procurement.deliveries.states import State

SUPERVISOR = "supervisor"
"""The role of a supervising organisation among a project's parties."""
PARTS = (Delivery.lines, Delivery.files, Delivery.samples, Delivery.witnesses)


def visible_to(principal: Principal, on: date) -> ColumnElement[bool]:
    """The supplier that sends, the buyer that receives, and on a day the supervisor of the project."""
    own = or_(
        col(Delivery.supplier_id) == principal.organisation_id, col(Delivery.buyer_id) == principal.organisation_id
    )
    if Kind.SUPERVISOR not in principal.kinds:
        return own
    return or_(own, col(Delivery.project_id).in_(replica.takes_part(principal.organisation_id, on, SUPERVISOR)))


def _one(principal: Principal, on: date, delivery_id: UUID) -> Select[Delivery]:
    return (
        select(Delivery)
        .where(visible_to(principal, on), col(Delivery.id) == delivery_id)
        .options(*(selectinload(part) for part in PARTS))  # type: ignore[arg-type]
    )


async def get(session: AsyncSession, principal: Principal, on: date, delivery_id: UUID) -> Delivery:
    """The delivery with its lines and papers; NotFound DELIVERY_NOT_FOUND when the caller may not see it."""
    delivery = await session.scalar(_one(principal, on, delivery_id))
    if delivery is None:
        raise errors.delivery_not_found(delivery_id)
    return delivery


async def get_for_update(session: AsyncSession, principal: Principal, on: date, delivery_id: UUID) -> Delivery:
    """The same, locked. Lock the order first where it changes too."""
    statement = _one(principal, on, delivery_id).with_for_update(of=Delivery).execution_options(populate_existing=True)
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


async def replaced(session: AsyncSession, order_id: UUID, line_ids: Sequence[UUID]) -> dict[UUID, Replaced]:
    """Those of these delivery lines that belong to deliveries of an order, and how far they have been made good."""
    again = (
        select(col(DeliveryLine.replaces).label("line_id"), func.sum(DeliveryLine.quantity).label("quantity"))
        .join(Delivery, col(Delivery.id) == col(DeliveryLine.delivery_id))
        .where(col(DeliveryLine.replaces).in_(line_ids), col(Delivery.state).not_in((State.REFUSED, State.WITHDRAWN)))
        .group_by(col(DeliveryLine.replaces))
        .subquery()
    )
    rows = await session.execute(
        select(DeliveryLine, col(Delivery.state), func.coalesce(again.c.quantity, Decimal(0)))
        .join(Delivery, col(Delivery.id) == col(DeliveryLine.delivery_id))
        .outerjoin(again, again.c.line_id == col(DeliveryLine.id))
        .where(col(Delivery.order_id) == order_id, col(DeliveryLine.id).in_(line_ids))
    )
    return {line.id: Replaced(line, State(state), quantity) for line, state, quantity in rows}


@dataclass(frozen=True, slots=True)
class Replaced:
    """A line of an earlier delivery, the state of that delivery, and how much was sent again for it."""

    line: DeliveryLine
    state: State
    sent_again: Decimal


async def supervisors(session: AsyncSession, project_id: UUID, on: date) -> list[UUID]:
    """The supervising organisations of a project on a day, as the replica knows them."""
    party = select(col(KnownParty.organisation_id)).where(
        col(KnownParty.project_id) == project_id,
        col(KnownParty.role) == SUPERVISOR,
        col(KnownParty.valid_from) <= on,
        or_(col(KnownParty.valid_to).is_(None), col(KnownParty.valid_to) >= on),
    )
    return list(await session.scalars(party.distinct()))


async def weighing_tolerance(session: AsyncSession, on: date) -> Decimal:
    """Percent that a weighbridge may be off on a day; 0 before the first rule."""
    newest = (
        select(col(WeighingTolerance.percent))
        .where(col(WeighingTolerance.valid_from) <= on)
        .order_by(col(WeighingTolerance.valid_from).desc())
        .limit(1)
    )
    return await session.scalar(newest) or Decimal("0.00")


@dataclass(frozen=True, slots=True)
class DeliveryFilter:
    """Which deliveries a list shows; None means all. `expected_on` is a day in Asia/Shanghai."""

    project_id: UUID | None = None
    order_id: UUID | None = None
    state: State | None = None
    note_number: str | None = None
    expected_on: date | None = None


async def page(
    session: AsyncSession, principal: Principal, on: date, wanted: DeliveryFilter, request: PageRequest
) -> Page[Delivery]:
    """The caller's deliveries, newest first; those expected on a day in the order in which they are expected."""
    statement = select(Delivery).where(visible_to(principal, on))
    for name in ("project_id", "order_id", "state", "note_number"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Delivery, name) == value)
    if wanted.expected_on is None:
        return await paginate(session, statement, keys=(Delivery.id,), request=request, descending=True)
    begins = datetime.combine(wanted.expected_on, time(), SHANGHAI)
    statement = statement.where(
        col(Delivery.expected_from) < begins + timedelta(days=1), col(Delivery.expected_to) >= begins
    )
    return await paginate(session, statement, keys=(Delivery.expected_from, Delivery.id), request=request)
