"""Use cases of attendance. Taking in swipes stands in commands/record.py."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.attendance import errors, repository, rules, states
from labour.attendance.commands.record import Recorded, RecordSwipes, SwipeRow, record
from labour.attendance.models import Device, Swipe, WorkerDay
from labour.attendance.repository import AttendanceFilter, DeviceFilter
from labour.attendance.states import Action
from labour.clients.projects import ProjectDirectory
from labour.codes import repository as codes
from labour.codes.rules import EVERYWHERE, nearest

__all__ = [
    "AttendanceFilter",
    "DeviceFilter",
    "DeviceView",
    "Presence",
    "RecordSwipes",
    "Recorded",
    "RegisterDevice",
    "SwipeRow",
    "device",
    "page_of_devices",
    "page_of_swipes",
    "page_of_worker_days",
    "presence",
    "record",
    "register_device",
    "retire_device",
]

OPERATES_GATES = "general_contractor"


@dataclass(frozen=True, slots=True)
class RegisterDevice:
    """A gate device of a project, and the API client with which it signs in."""

    project_id: UUID
    name: str
    client_id: str


@dataclass(frozen=True, slots=True)
class DeviceView:
    """A device and the largest sequence number taken from it (-1: none)."""

    device: Device
    last_sequence: int

    @property
    def version(self) -> int:
        """Of the device, for the entity tag."""
        return self.device.version


@dataclass(frozen=True, slots=True)
class EmployerPresence:
    """How many of one employer's people are on site, and how many belong to the project."""

    organisation_id: UUID
    on_site: int
    assigned: int


@dataclass(frozen=True, slots=True)
class Presence:
    """Who is on site at an instant, per employer, in the order of their ids."""

    project_id: UUID
    as_of: datetime
    employers: tuple[EmployerPresence, ...]

    @property
    def on_site(self) -> int:
        """Of all employers."""
        return sum(one.on_site for one in self.employers)

    @property
    def assigned(self) -> int:
        """Of all employers."""
        return sum(one.assigned for one in self.employers)


async def register_device(work: Work, command: RegisterDevice, projects: ProjectDirectory) -> DeviceView:
    """Register a gate device; only the general contractor of the project does that, which project-mgmt is asked."""
    work.require(permissions.DEVICES_MANAGE)
    party = await projects.party(command.project_id, work.principal.organisation_id, work.today)
    if not party.roles:
        raise errors.project_not_found(command.project_id)
    if OPERATES_GATES not in party.roles:
        raise errors.not_the_general_contractor(command.project_id, party.roles)
    session = await work.writing()
    await repository.one_device_at_a_time(session, command.project_id)
    if await repository.name_is_taken(session, command.project_id, command.name):
        raise errors.name_taken(command.name)
    device = Device(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        project_id=command.project_id,
        organisation_id=work.principal.organisation_id,
        name=command.name,
        client_id=command.client_id,
        state=states.DEVICE.initial,
    )
    session.add(device)
    after = audit.fields(device, "project_id", "name", "client_id", "state")
    work.audit("devices.register", "device", device.id, None, after)
    return DeviceView(device, -1)


async def retire_device(work: Work, device_id: UUID, expected_version: int | None) -> DeviceView:
    """Take a device out of service: what it sends from now on is refused."""
    work.require(permissions.DEVICES_MANAGE)
    session = await work.writing()
    device = await repository.device(session, work.principal, work.today, device_id, lock=True)
    if device.organisation_id != work.principal.organisation_id:
        raise errors.device_not_found(device_id)
    check_version(device, expected_version)
    before = audit.fields(device, "state")
    device.state = states.DEVICE.apply(device.state, Action.RETIRE)
    touch(device, work)
    work.audit("devices.retire", "device", device.id, before, audit.fields(device, "state"))
    largest = await repository.last_sequences(session, [device.id])
    return DeviceView(device, largest.get(device.id, -1))


async def device(work: Work, device_id: UUID) -> DeviceView:
    """One visible device."""
    work.require(permissions.DEVICES_READ)
    async with work.reading() as session:
        found = await repository.device(session, work.principal, work.today, device_id)
        largest = await repository.last_sequences(session, [found.id])
    return DeviceView(found, largest.get(found.id, -1))


async def page_of_devices(work: Work, wanted: DeviceFilter, request: PageRequest) -> Page[DeviceView]:
    """The visible devices, newest first."""
    work.require(permissions.DEVICES_READ)
    async with work.reading() as session:
        found = await repository.page_of_devices(session, work.principal, work.today, wanted, request)
        largest = await repository.last_sequences(session, [one.id for one in found.items])
    return found.map(lambda one: DeviceView(one, largest.get(one.id, -1)))


async def page_of_swipes(work: Work, wanted: AttendanceFilter, request: PageRequest) -> Page[Swipe]:
    """The visible swipes of a project, newest first."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        return await repository.page_of_swipes(session, work.principal, work.today, wanted, request)


async def page_of_worker_days(work: Work, wanted: AttendanceFilter, request: PageRequest) -> Page[WorkerDay]:
    """The visible worker days of a project, newest first."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        return await repository.page_of_worker_days(session, work.principal, work.today, wanted, request)


async def presence(work: Work, project_id: UUID) -> Presence:
    """Who is on site now. A service sees every employer, a caller those that he may see."""
    work.require(permissions.PRESENCE_READ)
    async with work.reading() as session:
        city = await repository.project_city(session, project_id)
        [rule] = nearest(codes.worker_day_rules(), city or EVERYWHERE, work.today)
        since = rules.work_day(work.now - rule.longest_shift, rule)
        marks = await repository.last_marks(session, work.principal, work.today, project_id, since)
        assigned = await repository.assigned_by_employer(session, work.principal, work.today, project_id)
    inside = Counter(
        employer_id for employer_id, last_in, last_out in marks if rules.is_inside(last_in, last_out, work.now, rule)
    )
    employers = tuple(
        EmployerPresence(employer_id, inside[employer_id], assigned.get(employer_id, 0))
        for employer_id in sorted({*inside, *assigned})
    )
    return Presence(project_id, work.now, employers)
