"""Offers of machines for rent (出租信息)."""

from __future__ import annotations

from decimal import Decimal
from enum import StrEnum
from uuid import UUID

from sqlalchemy import CheckConstraint, ForeignKey, Index, Numeric, text
from sqlmodel import Field, Relationship

from chassis.database import Row, one_of, text_enum
from equipment_leasing.listings.states import State
from equipment_leasing.machines.models import Machine


class RentBasis(StrEnum):
    """What a rent is paid for; a 台班 is 8 hours."""

    MONTH = "month"
    DAY = "day"
    SHIFT = "shift"


class Listing(Row, table=True):
    """One machine offered in one district. At least one of the three rents is named; amounts in `currency`."""

    __tablename__ = "listings"
    __table_args__ = (
        CheckConstraint(one_of("state", State), name="listings_state"),
        CheckConstraint(
            "monthly_rent IS NOT NULL OR daily_rent IS NOT NULL OR shift_rent IS NOT NULL", name="listings_rent"
        ),
        CheckConstraint(
            "coalesce(monthly_rent, 0) >= 0 AND coalesce(daily_rent, 0) >= 0 AND coalesce(shift_rent, 0) >= 0"
            " AND coalesce(mobilisation_fee, 0) >= 0",
            name="listings_not_negative",
        ),
        Index(
            "listings_one_open",
            "machine_id",
            unique=True,
            postgresql_where=text("state IN ('draft', 'listed')"),
        ),
        Index("listings_search", "kind", "district", "id", postgresql_where=text("state = 'listed'")),
        Index("listings_lessor", "lessor_id", "id"),
    )

    lessor_id: UUID
    machine_id: UUID = Field(sa_column_args=[ForeignKey("machines.id")])
    kind: str
    district: str
    state: State = Field(sa_type=text_enum(State))
    currency: str
    monthly_rent: Decimal | None = Field(default=None, sa_type=Numeric(18, 2))
    daily_rent: Decimal | None = Field(default=None, sa_type=Numeric(18, 2))
    shift_rent: Decimal | None = Field(default=None, sa_type=Numeric(18, 2))
    mobilisation_fee: Decimal | None = Field(default=None, sa_type=Numeric(18, 2))
    remark: str = ""

    machine: Machine = Relationship(sa_relationship_kwargs={"lazy": "joined", "innerjoin": True})

    def rent(self, basis: RentBasis) -> Decimal | None:
        """The rent on a basis, None when it is not offered."""
        offers = {
            RentBasis.MONTH: self.monthly_rent,
            RentBasis.DAY: self.daily_rent,
            RentBasis.SHIFT: self.shift_rent,
        }
        return offers[basis]
