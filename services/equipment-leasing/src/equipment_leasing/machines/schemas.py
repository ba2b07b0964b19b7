"""What comes in and goes out about machines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated
from uuid import UUID

from pydantic import AfterValidator, Field, WithJsonSchema, model_validator

from chassis.http.faults import fault
from chassis.http.schemas import In, Out
from chassis.values import Code, Instant, Quantity, Text
from equipment_leasing.machines.models import Machine
from equipment_leasing.machines.rulebook import rulebook
from equipment_leasing.machines.rules import Ban, DeviceState, Reason, Verdict
from equipment_leasing.values import Day


def _known_kind(value: str) -> str:
    kinds = rulebook().kinds
    if value not in kinds:
        known = ", ".join(kinds)
        raise fault("UNKNOWN_CODE", zh=f"未知的机械类别,已知:{known}", en=f"unknown kind; known are: {known}")
    return value


def _known_devices(value: Mapping[str, DeviceState]) -> Mapping[str, DeviceState]:
    unknown = [code for code in value if code not in rulebook().devices]
    if unknown:
        known = ", ".join(rulebook().devices)
        raise fault("UNKNOWN_CODE", zh=f"未知的安全装置,已知:{known}", en=f"unknown device; known are: {known}")
    return value


Kind = Annotated[str, AfterValidator(_known_kind), WithJsonSchema({"type": "string", "enum": list(rulebook().kinds)})]
"""A kind of machine (机械类别) of the rulebook."""

Devices = Annotated[
    dict[str, DeviceState],
    AfterValidator(_known_devices),
    Field(min_length=1, max_length=50, examples=[{"moment_limiter": "working", "load_limiter": "broken"}]),
]
"""Safety device → its state."""

Moment = Annotated[Quantity, Field(description="Rated moment 额定起重力矩, kN·m", examples=["1250.000000"])]


class FileMachineIn(In):
    """The technical file of a machine. Papers that are not at hand stay away and are named by the clearance."""

    fleet_number: Code = Field(description="The lessor's own number.", examples=["TC-07"])
    kind: Kind
    manufacturer: Text
    model: Text = Field(examples=["QTZ125"])
    serial_number: Text | None = None
    pin: Text | None = None
    manufacturing_licence: Text | None = None
    product_certificate: Text | None = None
    supervision_proof: Text | None = None
    factory_date: Day | None = None
    rated_moment: Moment | None = None


class UpdateMachineIn(In):
    """New values for some fields of the file; null takes a paper out. The kind never changes."""

    manufacturer: Text = Field(default="", examples=["中联重科"])
    model: Text = Field(default="", examples=["QTZ125"])
    serial_number: Text | None = None
    pin: Text | None = None
    manufacturing_licence: Text | None = None
    product_certificate: Text | None = None
    supervision_proof: Text | None = None
    factory_date: Day | None = None
    rated_moment: Moment | None = None

    @model_validator(mode="after")
    def _something(self) -> UpdateMachineIn:
        if not self.model_fields_set:
            raise fault("NOTHING_TO_CHANGE", zh="没有要修改的字段", en="there is no field to change")
        return self


class RegisterMachineIn(In):
    """Registration with the authority (备案), due before the first lease."""

    number: Text = Field(examples=["粤BA-T00123"])
    authority: Text = Field(examples=["深圳市住房和建设局"])
    registered_on: Day


class InspectMachineIn(In):
    """An inspection (检测) by an agency."""

    inspected_on: Day
    valid_to: Day
    verdict: Verdict
    agency: Text
    report: Text = Field(description="Number of the report.")

    @model_validator(mode="after")
    def _forward(self) -> InspectMachineIn:
        _forwards(self.inspected_on, self.valid_to)
        return self


class AssessMachineIn(In):
    """A safety assessment (安全评估) that lengthens the service life."""

    assessed_on: Day
    valid_to: Day
    verdict: Verdict
    agency: Text

    @model_validator(mode="after")
    def _forward(self) -> AssessMachineIn:
        _forwards(self.assessed_on, self.valid_to)
        return self


class CheckDevicesIn(In):
    """States of safety devices as found; devices that are not named keep theirs."""

    checked_on: Day
    devices: Devices


class MachineOut(Out):
    """The file of a machine."""

    id: UUID
    version: int
    lessor_id: UUID
    fleet_number: str
    kind: str
    manufacturer: str
    model: str
    serial_number: str | None
    pin: str | None
    manufacturing_licence: str | None
    product_certificate: str | None
    supervision_proof: str | None
    factory_date: date | None
    rated_moment: Quantity | None
    registration_number: str | None
    registration_authority: str | None
    registered_on: date | None
    inspected_on: date | None
    inspection_valid_to: date | None
    inspection_verdict: Verdict | None
    inspection_agency: str | None
    inspection_report: str | None
    assessed_on: date | None
    assessment_valid_to: date | None
    assessment_verdict: Verdict | None
    assessment_agency: str | None
    safety_devices: dict[str, DeviceState]
    devices_checked_on: date | None
    created_at: Instant
    updated_at: Instant

    @classmethod
    def of(cls, machine: Machine) -> MachineOut:
        """From the row."""
        return cls.model_validate(machine)


class BanOut(Out):
    """One ban that applies, with the rule it comes from; `items` are the papers, devices or days it is about."""

    code: Ban
    zh: str
    en: str
    source: str
    items: list[str]


class ClearanceOut(Out):
    """Whether the machine may be leased and used on a day (decree 166)."""

    machine_id: UUID
    on: date
    clear: bool
    bans: list[BanOut]

    @classmethod
    def of(cls, answer: tuple[UUID, date, tuple[Reason, ...]]) -> ClearanceOut:
        """From the machine's id, the day and the reasons."""
        machine_id, on, reasons = answer
        return cls(
            machine_id=machine_id,
            on=on,
            clear=not reasons,
            bans=[
                BanOut(code=one.code, zh=one.zh, en=one.en, source=one.source, items=list(one.items)) for one in reasons
            ],
        )


def _forwards(first: date, last: date) -> None:
    if last < first:
        raise fault("DATES_BACKWARDS", zh="有效期截止日早于检查日期", en="it ends before it begins")
