"""Bookings of machines (预订): who has which machine on which project from which day to which."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlmodel import Field

from chassis.database import TIMESTAMPTZ, Row, one_of, text_enum
from equipment_leasing.bookings.rules import Window
from equipment_leasing.bookings.states import State
from equipment_leasing.listings.models import RentBasis

NO_OVERLAP = "bookings_no_overlap"


class Booking(Row, table=True):
    """A machine for one lessee.

    `first_day`–`last_day` (inclusive) are the days it takes; `agreed_first_day`–`agreed_last_day` those of the
    agreement: a late return lengthens the one and pushes the next booking's first day, the agreement stays.
    """

    __tablename__ = "bookings"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="bookings_state"),
        CheckConstraint(one_of("rent_basis", RentBasis), name="bookings_rent_basis"),
        CheckConstraint("last_day >= first_day", name="bookings_forward"),
        CheckConstraint("returned_at >= handed_over_at", name="bookings_returned_after"),
        CheckConstraint(
            "(state IN ('handed_over', 'returned')) = (handed_over_at IS NOT NULL)", name="bookings_handed_over_whole"
        ),
        CheckConstraint("(state = 'returned') = (returned_at IS NOT NULL)", name="bookings_returned_whole"),
        # The embedded PostgreSQL has no btree_gist: a range of one uuid stands in for the uuid.
        ExcludeConstraint(
            (text("uuidrange(machine_id, machine_id, '[]')"), "="),
            (text("daterange(first_day, last_day, '[]')"), "&&"),
            using="gist",
            where=text("state IN ('held', 'confirmed', 'handed_over', 'returned')"),
            name=NO_OVERLAP,
        ),
        Index("bookings_lessor", "lessor_id", "id"),
        Index("bookings_lessee", "lessee_id", "id"),
        Index("bookings_on_site", "project_id", postgresql_where=text("state = 'handed_over'")),
        Index("bookings_machine", "machine_id", "first_day"),
        Index("bookings_one_standing", "machine_id", unique=True, postgresql_where=text("state = 'handed_over'")),
    )

    lessor_id: UUID
    lessee_id: UUID
    listing_id: UUID = Field(sa_column_args=[ForeignKey("listings.id")])
    machine_id: UUID = Field(sa_column_args=[ForeignKey("machines.id")])
    project_id: UUID
    state: State = Field(sa_type=text_enum(State))
    first_day: date
    last_day: date
    agreed_first_day: date
    agreed_last_day: date
    rent_basis: RentBasis = Field(sa_type=text_enum(RentBasis))
    rent: Decimal = Field(sa_type=Numeric(18, 2))
    currency: str
    hold_expires_at: datetime = Field(sa_type=TIMESTAMPTZ)
    handed_over_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    operator_worker_id: UUID | None = None
    operator_certificate: str = ""
    returned_at: datetime | None = Field(default=None, sa_type=TIMESTAMPTZ)
    reason: str = ""

    @property
    def window(self) -> Window:
        """The days that it takes."""
        return Window(self.first_day, self.last_day)
