"""What comes in and goes out about bookings."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Amount, Instant, LongText
from equipment_leasing.bookings.models import Booking
from equipment_leasing.bookings.service import Returned
from equipment_leasing.bookings.states import State
from equipment_leasing.listings.models import RentBasis
from equipment_leasing.values import Day


class HoldMachineIn(In):
    """Ask for a machine on some days (both ends inclusive) for a project of the caller's."""

    listing_id: UUID
    project_id: UUID
    first_day: Day
    last_day: Day
    rent_basis: RentBasis = RentBasis.MONTH

    @model_validator(mode="after")
    def _forward(self) -> HoldMachineIn:
        if self.last_day < self.first_day:
            raise fault("DATES_BACKWARDS", zh="结束日期早于开始日期", en="the last day is before the first")
        return self


class HandOverIn(In):
    """To whom, and when (now without `at`; not in the future)."""

    operator_worker_id: UUID | None = Field(
        default=None,
        description="The worker who operates it, as labour knows him; needed for kinds that demand a special trade.",
    )
    at: Instant | None = None


class ReturnIn(In):
    """When it came back (now without `at`)."""

    at: Instant | None = None


class ReasonIn(In):
    """Why."""

    reason: LongText = Field(examples=["The tower is needed a month later."])


class BookingOut(Out):
    """A booking. `first_day` to `last_day` are taken; `agreed_…` is what was agreed."""

    id: UUID
    version: int
    lessor_id: UUID
    lessee_id: UUID
    listing_id: UUID
    machine_id: UUID
    project_id: UUID
    state: State
    first_day: date
    last_day: date
    agreed_first_day: date
    agreed_last_day: date
    rent_basis: RentBasis
    rent: Amount
    currency: str
    hold_expires_at: Instant
    handed_over_at: datetime | None
    operator_worker_id: UUID | None
    operator_certificate: str
    returned_at: datetime | None
    reason: str
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, booking: Booking) -> BookingOut:
        """From the row."""
        return cls.model_validate(booking)


class PushedOut(Out):
    """A booking behind a late return: its new first day, or released or cancelled when no day was left."""

    booking_id: UUID
    state: State
    first_day: date
    last_day: date


class ReturnOut(BookingOut):
    """The closed booking; `pushed` warns of the bookings that begin later because it came back late."""

    pushed: list[PushedOut]

    @classmethod
    def of_return(cls, returned: Returned) -> ReturnOut:
        """From the use case's result."""
        pushed = [
            PushedOut(booking_id=one.id, state=one.state, first_day=one.first_day, last_day=one.last_day)
            for one in returned.pushed
        ]
        return cls(**BookingOut.of(returned.booking).model_dump(), pushed=pushed)
