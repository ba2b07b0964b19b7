"""The only SQL of listings. Every query starts from `visible_to`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, exists, func, literal, or_, select, true
from sqlalchemy.exc import IntegrityError
from sqlalchemy.ext.asyncio import AsyncSession
from sqlmodel import col

from chassis.identity import Kind, Principal
from chassis.pages import Page, PageRequest, paginate
from chassis.work import constraint_of
from equipment_leasing.bookings.models import Booking
from equipment_leasing.bookings.rules import Window
from equipment_leasing.bookings.states import TAKING
from equipment_leasing.bookings.states import State as BookingState
from equipment_leasing.listings import errors
from equipment_leasing.listings.models import Listing, RentBasis
from equipment_leasing.listings.states import State

_RENT = {
    RentBasis.MONTH: Listing.monthly_rent,
    RentBasis.DAY: Listing.daily_rent,
    RentBasis.SHIFT: Listing.shift_rent,
}


def visible_to(principal: Principal) -> ColumnElement[bool]:
    """What is published is public to everybody who is signed in; drafts and withdrawn ones are the lessor's own."""
    if principal.is_service or Kind.AUTHORITY in principal.kinds:
        return true()
    return or_(
        col(Listing.state) == State.LISTED,
        col(Listing.lessor_id) == principal.organisation_id,
    )


@dataclass(frozen=True, slots=True)
class ListingFilter:
    """Which listings a search shows; None means all. `free` asks for machines without bookings on those days."""

    kind: str | None = None
    district: str | None = None
    state: State | None = None
    lessor_id: UUID | None = None
    machine_id: UUID | None = None
    free: Window | None = None
    rent_basis: RentBasis | None = None
    max_rent: Decimal | None = None


async def get(session: AsyncSession, principal: Principal, listing_id: UUID) -> Listing:
    """The listing with its machine; NotFound LISTING_NOT_FOUND when the caller may not see it."""
    statement = select(Listing).where(visible_to(principal), col(Listing.id) == listing_id)
    listing: Listing | None = await session.scalar(statement)
    if listing is None:
        raise errors.listing_not_found(listing_id)
    return listing


async def own_for_update(session: AsyncSession, principal: Principal, listing_id: UUID) -> Listing:
    """The caller's own listing, locked; NotFound LISTING_NOT_FOUND for everybody else's."""
    statement = (
        select(Listing)
        .where(col(Listing.lessor_id) == principal.organisation_id, col(Listing.id) == listing_id)
        .with_for_update(of=Listing)
        .execution_options(populate_existing=True)
    )
    listing: Listing | None = await session.scalar(statement)
    if listing is None:
        raise errors.listing_not_found(listing_id)
    return listing


async def page(
    session: AsyncSession, principal: Principal, today: date, wanted: ListingFilter, request: PageRequest
) -> Page[Listing]:
    """Listings, newest first (an id is a UUIDv7, so its order is that of creation)."""
    statement = _wanted(select(Listing).where(visible_to(principal)), today, wanted)
    return await paginate(session, statement, keys=(Listing.id,), request=request, descending=True)


def _wanted(statement: Select[Any], today: date, wanted: ListingFilter) -> Select[Any]:
    for name in ("kind", "district", "state", "lessor_id", "machine_id"):
        value = getattr(wanted, name)
        if value is not None:
            statement = statement.where(getattr(Listing, name) == value)
    if wanted.free is not None:
        statement = statement.where(~_booked(wanted.free, today))
    if wanted.rent_basis is not None or wanted.max_rent is not None:
        rent = col(_RENT[wanted.rent_basis or RentBasis.MONTH])
        statement = statement.where(rent.is_not(None))
        if wanted.max_rent is not None:
            statement = statement.where(rent <= wanted.max_rent)
    return statement


def _booked(window: Window, today: date) -> ColumnElement[bool]:
    """In the words of the exclusion constraint, so that its index answers.

    A machine that should be back and is not counts as taken until today.
    """
    days = func.daterange(col(Booking.first_day), col(Booking.last_day), "[]")
    taken: ColumnElement[bool] = days.op("&&")(func.daterange(window.first, window.last, "[]")) & col(
        Booking.state
    ).in_(TAKING)
    overdue = (col(Booking.state) == BookingState.HANDED_OVER) & (col(Booking.last_day) < today)
    if window.first <= today:
        taken = or_(taken, overdue)
    return exists(select(literal(1)).where(col(Booking.machine_id) == col(Listing.machine_id), taken))


async def save(session: AsyncSession, listing: Listing) -> None:
    """Write a new or changed listing; AlreadyExists LISTING_EXISTS."""
    machine_id = listing.machine_id  # taken now: a failed flush expires the row
    session.add(listing)
    try:
        await session.flush()
    except IntegrityError as error:
        if constraint_of(error) == "listings_one_open":
            raise errors.listing_exists(machine_id) from None
        raise
