"""REST door of machines: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from equipment_leasing.machines import service
from equipment_leasing.machines.repository import MachineFilter
from equipment_leasing.machines.schemas import (
    AssessMachineIn,
    CheckDevicesIn,
    ClearanceOut,
    FileMachineIn,
    InspectMachineIn,
    Kind,
    MachineOut,
    RegisterMachineIn,
    UpdateMachineIn,
)
from equipment_leasing.machines.service import CheckDevices, Examine, FileMachine, RegisterMachine, UpdateMachine
from equipment_leasing.values import Day

router = APIRouter(prefix="/machines", tags=["machines"])

VERB_ERRORS = problems(NotFound, FailedPrecondition, Aborted)
FilterText = Annotated[str, Query(min_length=1, max_length=200, pattern=r"^[^\x00]+$")]


class MachineFilters(Filters):
    """Which machines to list."""

    kind: Kind | None = None
    lessor_id: UUID | None = None
    fleet_number: FilterText | None = None
    serial_number: FilterText | None = None
    registration_number: FilterText | None = None


class ClearanceDay(Filters):
    """The day to ask for; today without it."""

    on: Day | None = None


@router.post(
    "", operation_id="fileMachine", status_code=201, response_model=MachineOut, responses=problems(AlreadyExists)
)
async def file(body: FileMachineIn, edge: EdgeDep) -> Response:
    """Open the file of a machine. An incomplete file is taken; its clearance says what is missing."""
    command = FileMachine(**body.model_dump())
    return await edge.write(lambda work: service.file(work, command), MachineOut.of, status=201)


@router.get("", operation_id="listMachines", response_model=PageOut[MachineOut], responses=problems())
async def list_machines(filters: Annotated[MachineFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Machines that the caller may see, newest first."""
    wanted = MachineFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page(work, wanted, page), MachineOut.of)


@router.get("/{machine_id}", operation_id="getMachine", response_model=MachineOut, responses=problems(NotFound))
async def get(machine_id: UUID, edge: EdgeDep) -> Response:
    """One machine's file."""
    return await edge.read(lambda work: service.get(work, machine_id), MachineOut.of)


@router.get(
    "/{machine_id}/clearance",
    operation_id="getMachineClearance",
    response_model=ClearanceOut,
    responses=problems(NotFound),
)
async def clearance(machine_id: UUID, day: Annotated[ClearanceDay, Query()], edge: EdgeDep) -> Response:
    """May the machine be leased and used on that day? All bans of decree 166 that apply, with their source."""
    return await edge.read(lambda work: service.clearance(work, machine_id, day.on), ClearanceOut.of)


@router.patch(
    "/{machine_id}",
    operation_id="updateMachine",
    response_model=MachineOut,
    responses=problems(NotFound, AlreadyExists, Aborted),
)
async def update(machine_id: UUID, body: UpdateMachineIn, edge: EdgeDep) -> Response:
    """Change fields of the file; If-Match is required."""
    command = UpdateMachine(machine_id, edge.required_version, body.model_dump(exclude_unset=True))
    return await edge.change(lambda work: service.update(work, command), MachineOut.of)


@router.post(
    "/{machine_id}:register",
    operation_id="registerMachine",
    response_model=MachineOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Aborted),
)
async def register(machine_id: UUID, body: RegisterMachineIn, edge: EdgeDep) -> Response:
    """Note the registration with the authority (备案)."""
    command = RegisterMachine(machine_id, edge.expected_version, body.number, body.authority, body.registered_on)
    return await edge.write(lambda work: service.register(work, command), MachineOut.of)


@router.post("/{machine_id}:inspect", operation_id="inspectMachine", response_model=MachineOut, responses=VERB_ERRORS)
async def inspect(machine_id: UUID, body: InspectMachineIn, edge: EdgeDep) -> Response:
    """Note an inspection (检测) and until when it counts."""
    command = Examine(
        machine_id,
        edge.expected_version,
        body.inspected_on,
        body.valid_to,
        body.verdict,
        body.agency,
        body.report,
    )
    return await edge.write(lambda work: service.inspect(work, command), MachineOut.of)


@router.post("/{machine_id}:assess", operation_id="assessMachine", response_model=MachineOut, responses=VERB_ERRORS)
async def assess(machine_id: UUID, body: AssessMachineIn, edge: EdgeDep) -> Response:
    """Note a safety assessment (安全评估), which a machine past its service life needs."""
    command = Examine(machine_id, edge.expected_version, body.assessed_on, body.valid_to, body.verdict, body.agency)
    return await edge.write(lambda work: service.assess(work, command), MachineOut.of)


@router.post(
    "/{machine_id}:check-devices",
    operation_id="checkMachineDevices",
    response_model=MachineOut,
    responses=VERB_ERRORS,
)
async def check_devices(machine_id: UUID, body: CheckDevicesIn, edge: EdgeDep) -> Response:
    """Note the states of safety devices; those that are not named keep theirs."""
    command = CheckDevices(machine_id, edge.expected_version, body.checked_on, body.devices)
    return await edge.write(lambda work: service.check_devices(work, command), MachineOut.of)
