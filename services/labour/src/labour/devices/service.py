"""Use cases of devices. Taking in swipes stands in attendance/commands/record.py."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.attendance import rulebook
from labour.clients.projects import ProjectDirectory
from labour.devices import errors, repository, states
from labour.devices.models import Channel, Device, Incident
from labour.devices.repository import DeviceFilter, IncidentFilter
from labour.devices.states import Action

OPERATES_GATES = "general_contractor"


@dataclass(frozen=True, slots=True)
class RegisterDevice:
    """A device of a project, and the API client with which it signs in."""

    project_id: UUID
    name: str
    client_id: str
    channel: Channel = Channel.GATE


async def runs_attendance(work: Work, project_id: UUID, projects: ProjectDirectory) -> None:
    """Ask project-mgmt whether the caller is the project's general contractor.

    NotFound PROJECT_NOT_FOUND when it takes no part, FailedPrecondition NOT_GENERAL_CONTRACTOR in another role.
    """
    party = await projects.party(project_id, work.principal.organisation_id, work.today)
    if not party.roles:
        raise errors.project_not_found(project_id)
    if OPERATES_GATES not in party.roles:
        raise errors.not_the_general_contractor(project_id, party.roles)


async def register(work: Work, command: RegisterDevice, projects: ProjectDirectory) -> Device:
    """Register a device; only the general contractor of the project does that."""
    work.require(permissions.DEVICES_MANAGE)
    await runs_attendance(work, command.project_id, projects)
    return await _add(work, command, None)


async def _add(work: Work, command: RegisterDevice, predecessor_id: UUID | None) -> Device:
    session = await work.writing()
    await repository.one_at_a_time(session, command.project_id)
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
        channel=command.channel,
        state=states.DEVICE.initial,
        predecessor_id=predecessor_id,
    )
    session.add(device)
    after = audit.fields(device, "project_id", "name", "client_id", "channel", "state", "predecessor_id")
    work.audit("devices.register", "device", device.id, None, after)
    return device


async def retire(work: Work, device_id: UUID, expected_version: int | None) -> Device:
    """Take a device out of service: what it sends from now on is refused."""
    work.require(permissions.DEVICES_MANAGE)
    device = await _own(work, device_id, expected_version)
    _apply(work, device, Action.RETIRE, "state")
    return device


async def rotate(work: Work, device_id: UUID, client_id: str, expected_version: int | None) -> Device:
    """Let a device sign in with another API client; the one before sends for it no more."""
    work.require(permissions.DEVICES_MANAGE)
    device = await _own(work, device_id, expected_version)
    before = audit.fields(device, "client_id")
    device.state = states.DEVICE.apply(device.state, Action.ROTATE)
    device.client_id = client_id
    touch(device, work)
    work.audit("devices.rotate", "device", device.id, before, audit.fields(device, "client_id"))
    return device


async def replace_by(work: Work, device_id: UUID, name: str, client_id: str, expected_version: int | None) -> Device:
    """Retire a device and register the one that stands in its place; answers the new one, whose numbers begin anew."""
    work.require(permissions.DEVICES_MANAGE)
    device = await _own(work, device_id, expected_version)
    _apply(work, device, Action.REPLACE, "state")
    return await _add(work, RegisterDevice(device.project_id, name, client_id, device.channel), device.id)


async def _own(work: Work, device_id: UUID, expected_version: int | None) -> Device:
    device = await repository.get(await work.writing(), work.principal, work.today, device_id, lock=True)
    if device.organisation_id != work.principal.organisation_id:
        raise errors.device_not_found(device_id)
    check_version(device, expected_version)
    return device


def _apply(work: Work, device: Device, action: Action, *fields: str) -> None:
    before = audit.fields(device, *fields)
    device.state = states.DEVICE.apply(device.state, action)
    touch(device, work)
    work.audit(f"devices.{action}", "device", device.id, before, audit.fields(device, *fields))


async def get(work: Work, device_id: UUID) -> Device:
    """One visible device."""
    work.require(permissions.DEVICES_READ)
    async with work.reading() as session:
        return await repository.get(session, work.principal, work.today, device_id)


async def page(work: Work, wanted: DeviceFilter, request: PageRequest, *, silent: bool = False) -> Page[Device]:
    """The visible devices, newest first; `silent`: active ones that were not heard of within the limit."""
    work.require(permissions.DEVICES_READ)
    if silent:
        wanted = replace(wanted, silent_since=work.now - rulebook.clock().silent_after)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, wanted, request)


async def page_of_incidents(work: Work, wanted: IncidentFilter, request: PageRequest) -> Page[Incident]:
    """What was odd about the clocks of a project's devices, latest first."""
    work.require(permissions.DEVICES_READ)
    async with work.reading() as session:
        return await repository.page_of_incidents(session, work.principal, work.today, wanted, request)
