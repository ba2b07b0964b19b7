"""What comes in and goes out about listings."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Amount, Currency, Instant, Quantity
from equipment_leasing.listings.models import Listing
from equipment_leasing.listings.states import State
from equipment_leasing.values import District, PlainText

RENTS = ("monthly_rent", "daily_rent", "shift_rent")
Remark = Annotated[PlainText, Field(max_length=2000)]


class DraftListingIn(In):
    """An offer of one machine; at least one of the three rents."""

    machine_id: UUID
    district: District
    currency: Currency = "CNY"
    monthly_rent: Amount | None = None
    daily_rent: Amount | None = None
    shift_rent: Amount | None = Field(default=None, description="Per 台班 of 8 hours.")
    mobilisation_fee: Amount | None = Field(default=None, description="进退场费")
    remark: Remark = ""

    @model_validator(mode="after")
    def _priced(self) -> DraftListingIn:
        if all(getattr(self, name) is None for name in RENTS):
            raise fault("RENT_MISSING", zh="月租、日租、台班租金至少填一项", en="at least one rent is needed")
        return self


class ReviseListingIn(In):
    """New terms of an offer; absent rents are no longer offered."""

    district: District
    monthly_rent: Amount | None = None
    daily_rent: Amount | None = None
    shift_rent: Amount | None = None
    mobilisation_fee: Amount | None = None
    remark: Remark = ""

    @model_validator(mode="after")
    def _priced(self) -> ReviseListingIn:
        if all(getattr(self, name) is None for name in RENTS):
            raise fault("RENT_MISSING", zh="月租、日租、台班租金至少填一项", en="at least one rent is needed")
        return self


class OfferedMachine(Out):
    """What everybody may know of an offered machine."""

    id: UUID
    manufacturer: str
    model: str
    factory_date: date | None
    rated_moment: Quantity | None
    registration_number: str | None
    inspection_valid_to: date | None


class ListingOut(Out):
    """An offer with its machine."""

    id: UUID
    version: int
    lessor_id: UUID
    machine_id: UUID
    kind: str
    district: str
    state: State
    currency: str
    monthly_rent: Amount | None
    daily_rent: Amount | None
    shift_rent: Amount | None
    mobilisation_fee: Amount | None
    remark: str
    machine: OfferedMachine
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, listing: Listing) -> ListingOut:
        """From the row."""
        return cls.model_validate(listing)
