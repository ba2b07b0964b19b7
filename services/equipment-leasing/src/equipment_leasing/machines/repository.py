"""The only SQL of machines. Every query starts from `visible_to`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from sqlalchemy import ColumnElement, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis import replica
from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from equipment_leasing.bookings.models import Booking
from equipment_leasing.bookings.states import State as BookingState
from equipment_leasing.machines import errors
from equipment_leasing.machines.models import Machine


def visible_to(principal: Principal, today: date) -> ColumnElement[bool]:
    """The lessor sees its machines, the lessee those it has booked, a project's parties those on its site.

    The authority and the service itself see all.
    """
    if principal.is_service or Kind.AUTHORITY in principal.kinds:
        return true()
    booked = select(col(Booking.machine_id)).where(
        col(Booking.lessee_id) == principal.organisation_id,
        col(Booking.state).in_([BookingState.HELD, BookingState.CONFIRMED, BookingState.HANDED_OVER]),
    )
    on_site = select(col(Booking.machine_id)).where(
        col(Booking.state) == BookingState.HANDED_OVER,
        col(Booking.project_id).in_(replica.takes_part(principal.organisation_id, today)),
    )
    return or_(
        col(Machine.lessor_id) == principal.organisation_id,
        col(Machine.id).in_(booked),
        col(Machine.id).in_(on_site),
    )


@dataclass(frozen=True, slots=True)
class MachineFilter:
    """Which machines a list shows; None means all."""

    kind: str | None = None
    lessor_id: UUID | None = None
    fleet_number: str | None = None
    serial_number: str | None = None
    registration_number: str | None = None


async def get(session: AsyncSession, principal: Principal, today: date, machine_id: UUID) -> Machine:
    """The machine; NotFound MACHINE_NOT_FOUND when the caller may not see it."""
    statement = select(Machine).where(visible_to(principal, today), col(Machine.id) == machine_id)
    machine: Machine | None = await session.scalar(statement)
    if machine is None:
        raise errors.machine_not_found(machine_id)
    return machine


async def own_for_update(session: AsyncSession, principal: Principal, machine_id: UUID) -> Machine:
    """The caller's own machine, locked; NotFound MACHINE_NOT_FOUND for everybody else's."""
    statement = (
        select(Machine)
        .where(col(Machine.lessor_id) == principal.organisation_id, col(Machine.id) == machine_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    machine: Machine | None = await session.scalar(statement)
    if machine is None:
        raise errors.machine_not_found(machine_id)
    return machine


async def lock(session: AsyncSession, machine_id: UUID) -> Machine:
    """A machine whose visibility the caller has been granted otherwise (a public listing, its booking), locked."""
    statement = (
        select(Machine).where(col(Machine.id) == machine_id).with_for_update().execution_options(populate_existing=True)
    )
    machine: Machine | None = await session.scalar(statement)
    if machine is None:
        raise errors.machine_not_found(machine_id)
    return machine


async def known(session: AsyncSession, machine_ids: Iterable[UUID]) -> dict[UUID, Machine]:
    """Machines of bookings that the caller may see, by id."""
    rows = await session.scalars(select(Machine).where(col(Machine.id).in_(list(machine_ids))))
    return {machine.id: machine for machine in rows}


async def page(
    session: AsyncSession, principal: Principal, today: date, wanted: MachineFilter, request: PageRequest
) -> Page[Machine]:
    """Machines, newest first (an id is a UUIDv7, so its order is that of creation)."""
    statement = select(Machine).where(visible_to(principal, today))
    for name in ("kind", "lessor_id", "fleet_number", "serial_number", "registration_number"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Machine, name) == value)
    return await paginate(session, statement, keys=(Machine.id,), request=request, descending=True)


async def save(session: AsyncSession, machine: Machine) -> None:
    """Write a new or changed machine; AlreadyExists FLEET_NUMBER_TAKEN, REGISTRATION_NUMBER_TAKEN."""
    # Taken now: a failed flush expires the row.
    fleet_number, registration_number = machine.fleet_number, machine.registration_number or ""
    session.add(machine)
    try:
        await session.flush()
    except IntegrityError as error:
        match constraint_of(error):
            case "machines_fleet_number":
                raise errors.fleet_number_taken(fleet_number) from None
            case "machines_registration_number":
                raise errors.registration_number_taken(registration_number) from None
        raise
