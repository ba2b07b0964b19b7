"""The only SQL of bookings. Every query of a caller starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from equipment_leasing.bookings import errors
from equipment_leasing.bookings.models import NO_OVERLAP, Booking
from equipment_leasing.bookings.rules import Window
from equipment_leasing.bookings.states import TAKING, State
from equipment_leasing.machines.models import Machine


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """Lessor and lessee see their bookings; the authority and the service itself all."""
    if principal.is_service or Kind.AUTHORITY in principal.kinds:
        return true()
    return or_(
        col(Booking.lessor_id) == principal.organisation_id,
        col(Booking.lessee_id) == principal.organisation_id,
    )


def _one(principal: Principal, booking_id: UUID) -> Select[Any]:
    return select(Booking).where(visible_to(principal), col(Booking.id) == booking_id)


async def get(session: AsyncSession, principal: Principal, booking_id: UUID) -> Booking:
    """The booking; NotFound BOOKING_NOT_FOUND when the caller may not see it."""
    booking: Booking | None = await session.scalar(_one(principal, booking_id))
    if booking is None:
        raise errors.booking_not_found(booking_id)
    return booking


async def get_for_update(session: AsyncSession, principal: Principal, booking_id: UUID) -> Booking:
    """The same, locked until the end of the transaction and as it is now."""
    statement = _one(principal, booking_id).with_for_update().execution_options(populate_existing=True)
    booking: Booking | None = await session.scalar(statement)
    if booking is None:
        raise errors.booking_not_found(booking_id)
    return booking


@dataclass(frozen=True, slots=True)
class BookingFilter:
    """Which bookings a list shows; None means all. `on`: those that take this day."""

    state: State | None = None
    machine_id: UUID | None = None
    listing_id: UUID | None = None
    project_id: UUID | None = None
    lessor_id: UUID | None = None
    lessee_id: UUID | None = None
    on: date | None = None


async def page(
    session: AsyncSession, principal: Principal, wanted: BookingFilter, request: PageRequest
) -> Page[Booking]:
    """Bookings, newest first (an id is a UUIDv7, so its order is that of creation)."""
    statement = select(Booking).where(visible_to(principal))
    for name in ("state", "machine_id", "listing_id", "project_id", "lessor_id", "lessee_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Booking, name) == value)
    if wanted.on is not None:
        statement = statement.where(col(Booking.first_day) <= wanted.on, col(Booking.last_day) >= wanted.on)
    return await paginate(session, statement, keys=(Booking.id,), request=request, descending=True)


async def conflict(session: AsyncSession, machine_id: UUID, window: Window, today: date) -> Window | None:
    """The first window of the machine that shares a day with this one.

    A machine that should be back and is not counts as taken until today.
    """
    overdue = (col(Booking.state) == State.HANDED_OVER) & (col(Booking.last_day) < today) & (window.first <= today)
    rows = await session.execute(
        select(col(Booking.first_day), col(Booking.last_day))
        .where(
            col(Booking.machine_id) == machine_id,
            col(Booking.state).in_(TAKING),
            or_(
                (col(Booking.first_day) <= window.last) & (col(Booking.last_day) >= window.first),
                overdue & (col(Booking.first_day) <= window.last),
            ),
        )
        .order_by(col(Booking.first_day))
        .limit(1)
    )
    found = rows.first()
    return None if found is None else Window(found[0], max(found[1], today) if found[1] < window.first else found[1])


async def standing(session: AsyncSession, machine_id: UUID) -> Booking | None:
    """The booking under which the machine stands on a project now."""
    found: Booking | None = await session.scalar(
        select(Booking).where(col(Booking.machine_id) == machine_id, col(Booking.state) == State.HANDED_OVER)
    )
    return found


async def waiting(session: AsyncSession, machine_id: UUID, until: date) -> Sequence[Booking]:
    """Held and confirmed bookings of the machine that begin up to a day, earliest first, locked."""
    rows = await session.scalars(
        select(Booking)
        .where(
            col(Booking.machine_id) == machine_id,
            col(Booking.state).in_([State.HELD, State.CONFIRMED]),
            col(Booking.first_day) <= until,
        )
        .order_by(col(Booking.first_day))
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    return rows.all()


async def on_site(session: AsyncSession, project_id: UUID) -> Sequence[tuple[Booking, Machine]]:
    """Machines that stand on a project now, by their numbers."""
    rows = await session.execute(
        select(Booking, Machine)
        .join(Machine, col(Machine.id) == col(Booking.machine_id))
        .where(col(Booking.project_id) == project_id, col(Booking.state) == State.HANDED_OVER)
        .order_by(col(Machine.kind), col(Machine.fleet_number), col(Machine.id))
    )
    return [(booking, machine) for booking, machine in rows]


async def save(session: AsyncSession, booking: Booking) -> None:
    """Write a new or changed booking.

    FailedPrecondition MACHINE_NOT_FREE when the exclusion constraint refuses it: the last word against double booking,
    also for what slipped past the friendlier question before.
    """
    window = booking.window  # taken now: a failed flush expires the row
    session.add(booking)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == NO_OVERLAP:
            raise errors.machine_not_free(window) from None
        raise
