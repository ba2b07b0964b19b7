"""Use cases of machines."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any
from uuid import UUID

from chassis import audit
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from equipment_leasing import permissions
from equipment_leasing.machines import errors, repository, rules
from equipment_leasing.machines.models import Machine
from equipment_leasing.machines.repository import MachineFilter
from equipment_leasing.machines.rulebook import rulebook
from equipment_leasing.machines.rules import DeviceState, Examination, MachineFile, Reason, Verdict

FILE_FIELDS = (
    "fleet_number",
    "kind",
    "manufacturer",
    "model",
    "serial_number",
    "pin",
    "manufacturing_licence",
    "product_certificate",
    "supervision_proof",
    "factory_date",
    "rated_moment",
)


@dataclass(frozen=True, slots=True)
class FileMachine:
    """A machine and its papers; None where one is not at hand. Moment in kN·m."""

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
    rated_moment: Decimal | None = None


@dataclass(frozen=True, slots=True)
class UpdateMachine:
    """New values for some fields of the file, by name."""

    machine_id: UUID
    expected_version: int | None
    changes: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RegisterMachine:
    """The registration (备案) of a machine."""

    machine_id: UUID
    expected_version: int | None
    number: str
    authority: str
    registered_on: date


@dataclass(frozen=True, slots=True)
class Examine:
    """An inspection (检测) or a safety assessment (安全评估)."""

    machine_id: UUID
    expected_version: int | None
    on: date
    valid_to: date
    verdict: Verdict
    agency: str
    report: str = ""


@dataclass(frozen=True, slots=True)
class CheckDevices:
    """States of safety devices as found on a day."""

    machine_id: UUID
    expected_version: int | None
    on: date
    devices: Mapping[str, DeviceState]


async def file(work: Work, command: FileMachine) -> Machine:
    """Open the file of a machine of the caller's organisation."""
    work.require(permissions.MACHINES_FILE)
    if command.factory_date is not None and command.factory_date > work.today:
        raise errors.in_the_future("factory_date")
    machine = Machine(
        lessor_id=work.principal.organisation_id,
        created_at=work.now,
        updated_at=work.now,
        **{name: getattr(command, name) for name in FILE_FIELDS},
    )
    await repository.save(await work.writing(), machine)
    work.audit("machines.file", "machine", machine.id, None, audit.fields(machine, *FILE_FIELDS))
    return machine


async def get(work: Work, machine_id: UUID) -> Machine:
    """One machine's file."""
    work.require(permissions.MACHINES_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, machine_id)


async def page(work: Work, wanted: MachineFilter, request: PageRequest) -> Page[Machine]:
    """Machines that the caller may see, newest first."""
    work.require(permissions.MACHINES_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


async def clearance(work: Work, machine_id: UUID, on: date | None) -> tuple[UUID, date, tuple[Reason, ...]]:
    """The bans that apply on a day (today when None)."""
    machine = await get(work, machine_id)
    day = on or work.today
    return machine.id, day, bans_of(machine, day)


async def update(work: Work, command: UpdateMachine) -> Machine:
    """Change fields of the file."""
    factory_date = command.changes.get("factory_date")
    if factory_date is not None and factory_date > work.today:
        raise errors.in_the_future("factory_date")
    return await _write(work, command.machine_id, command.expected_version, "machines.update", command.changes)


async def register(work: Work, command: RegisterMachine) -> Machine:
    """Note the registration; FailedPrecondition ALREADY_REGISTERED."""
    if command.registered_on > work.today:
        raise errors.in_the_future("registered_on")
    values = {
        "registration_number": command.number,
        "registration_authority": command.authority,
        "registered_on": command.registered_on,
    }
    return await _write(work, command.machine_id, command.expected_version, "machines.register", values)


async def inspect(work: Work, command: Examine) -> Machine:
    """Note an inspection; FailedPrecondition OLDER_THAN_KNOWN."""
    if command.on > work.today:
        raise errors.in_the_future("inspected_on")
    values = {
        "inspected_on": command.on,
        "inspection_valid_to": command.valid_to,
        "inspection_verdict": command.verdict,
        "inspection_agency": command.agency,
        "inspection_report": command.report,
    }
    return await _write(work, command.machine_id, command.expected_version, "machines.inspect", values)


async def assess(work: Work, command: Examine) -> Machine:
    """Note a safety assessment; FailedPrecondition OLDER_THAN_KNOWN."""
    if command.on > work.today:
        raise errors.in_the_future("assessed_on")
    values = {
        "assessed_on": command.on,
        "assessment_valid_to": command.valid_to,
        "assessment_verdict": command.verdict,
        "assessment_agency": command.agency,
    }
    return await _write(work, command.machine_id, command.expected_version, "machines.assess", values)


async def check_devices(work: Work, command: CheckDevices) -> Machine:
    """Note the states of safety devices."""
    if command.on > work.today:
        raise errors.in_the_future("checked_on")
    found = {code: state.value for code, state in command.devices.items()}
    values = {"safety_devices": found, "devices_checked_on": command.on}
    return await _write(work, command.machine_id, command.expected_version, "machines.check-devices", values)


def bans_of(machine: Machine, on: date) -> tuple[Reason, ...]:
    """The pure rule over a row."""
    return rules.bans(as_file(machine), on, rulebook())


def refuse_banned(machine: Machine, on: date) -> None:
    """FailedPrecondition MACHINE_BANNED with every ban that applies on that day, when there are any."""
    reasons = bans_of(machine, on)
    if reasons:
        raise errors.machine_banned(reasons)


def as_file(machine: Machine) -> MachineFile:
    """What the rule needs to know of a row."""
    return MachineFile(
        kind=machine.kind,
        model=machine.model,
        papers=frozenset(code for code in rulebook().papers if getattr(machine, code) is not None),
        factory_date=machine.factory_date,
        rated_moment=machine.rated_moment,
        registered_on=machine.registered_on,
        inspection=_examination(machine.inspected_on, machine.inspection_valid_to, machine.inspection_verdict),
        assessment=_examination(machine.assessed_on, machine.assessment_valid_to, machine.assessment_verdict),
        devices={code: DeviceState(state) for code, state in machine.safety_devices.items()},
    )


def _examination(on: date | None, valid_to: date | None, verdict: Verdict | None) -> Examination | None:
    if on is None or valid_to is None or verdict is None:
        return None
    return Examination(on, valid_to, verdict)


async def _write(
    work: Work, machine_id: UUID, expected_version: int | None, verb: str, values: Mapping[str, Any]
) -> Machine:
    work.require(permissions.MACHINES_FILE)
    session = await work.writing()
    machine = await repository.own_for_update(session, work.principal, machine_id)
    check_version(machine, expected_version)
    _refuse_stale(machine, values)
    before = audit.fields(machine, *values)
    for name, value in values.items():
        # A JSON column notices a new value only, and devices that are not named keep their state.
        setattr(machine, name, {**machine.safety_devices, **value} if name == "safety_devices" else value)
    touch(machine, work)
    await repository.save(session, machine)
    work.audit(verb, "machine", machine.id, before, audit.fields(machine, *values))
    return machine


def _refuse_stale(machine: Machine, values: Mapping[str, Any]) -> None:
    if "registration_number" in values and machine.registration_number is not None:
        raise errors.already_registered(machine.registration_number)
    for name, what, zh in (("inspected_on", "inspection", "检测"), ("assessed_on", "assessment", "安全评估")):
        known = getattr(machine, name)
        if name in values and known is not None and values[name] < known:
            raise errors.older_than_known(what, zh, known)
