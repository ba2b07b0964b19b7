"""The file of a machine (设备档案): what the lessor has and can prove."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from sqlalchemy import CheckConstraint, Column, Index, Numeric, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from chassis.database import Row, one_of, text_enum
from equipment_leasing.machines.rules import Verdict


class Machine(Row, table=True):
    """A machine of one lessor.

    Serial number and PIN may be missing and need not be unique: real plates are. `safety_devices`: code → state.
    Amounts of `rated_moment` in kN·m.
    """

    __tablename__ = "machines"
    __table_args__ = (
        UniqueConstraint("lessor_id", "fleet_number", name="machines_fleet_number"),
        UniqueConstraint("lessor_id", "registration_number", name="machines_registration_number"),
        CheckConstraint("rated_moment > 0", name="machines_moment_positive"),
        CheckConstraint("(registration_number IS NULL) = (registered_on IS NULL)", name="machines_registration_whole"),
        CheckConstraint("inspection_valid_to >= inspected_on", name="machines_inspection_forward"),
        CheckConstraint("assessment_valid_to >= assessed_on", name="machines_assessment_forward"),
        CheckConstraint(one_of("inspection_verdict", Verdict), name="machines_inspection_verdict"),
        CheckConstraint(one_of("assessment_verdict", Verdict), name="machines_assessment_verdict"),
        Index("machines_lessor", "lessor_id", "id"),
        Index("machines_serial", "lessor_id", "serial_number"),
        Index("machines_pin", "lessor_id", "pin"),
    )

    lessor_id: UUID
    fleet_number: str
    kind: str
    manufacturer: str
    model: str
    serial_number: str | None = None
    pin: str | None = None
    manufacturing_licence: str | None = None
    product_certificate: str | None = None
    supervision_proof: str | None = None
    factory_date: date | None = None
    rated_moment: Decimal | None = Field(default=None, sa_type=Numeric(18, 6))

    registration_number: str | None = None
    registration_authority: str | None = None
    registered_on: date | None = None

    inspected_on: date | None = None
    inspection_valid_to: date | None = None
    inspection_verdict: Verdict | None = Field(default=None, sa_type=text_enum(Verdict))
    inspection_agency: str | None = None
    inspection_report: str | None = None

    assessed_on: date | None = None
    assessment_valid_to: date | None = None
    assessment_verdict: Verdict | None = Field(default=None, sa_type=text_enum(Verdict))
    assessment_agency: str | None = None

    safety_devices: dict[str, Any] = Field(default_factory=dict, sa_column=Column(JSONB, nullable=False))
    devices_checked_on: date | None = None
