"""REST door of devices: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from labour.clients import ProjectsDep
from labour.devices import service
from labour.devices.models import IncidentKind
from labour.devices.repository import DeviceFilter, IncidentFilter
from labour.devices.schemas import DeviceOut, IncidentOut, RegisterDeviceIn, ReplaceDeviceIn, RotateDeviceKeyIn
from labour.devices.service import RegisterDevice
from labour.workers.schemas import FilterText

router = APIRouter(prefix="/attendance", tags=["attendance"])


class DeviceFilters(Filters):
    """Which devices to list; `silent`: active ones that were not heard of within the limit."""

    project_id: UUID | None = None
    client_id: FilterText | None = None
    silent: bool = False


class IncidentFilters(Filters):
    """Which incidents of a project's devices to list."""

    project_id: UUID
    device_id: UUID | None = None
    kind: IncidentKind | None = None


@router.post(
    "/devices",
    operation_id="registerDevice",
    status_code=201,
    response_model=DeviceOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Unavailable),
)
async def register_device(body: RegisterDeviceIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Register a device of a project and bind it to the API client with which it signs in."""
    command = RegisterDevice(body.project_id, body.name, body.client_id, body.channel)
    return await edge.write(
        lambda work: service.register(work, command, projects), DeviceOut.model_validate, status=201
    )


@router.get("/devices", operation_id="listDevices", response_model=PageOut[DeviceOut], responses=problems())
async def list_devices(filters: Annotated[DeviceFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The devices that the caller may see, newest first."""
    wanted = DeviceFilter(filters.project_id, filters.client_id)
    return await edge.page(
        lambda work: service.page(work, wanted, page, silent=filters.silent), DeviceOut.model_validate
    )


@router.get("/devices/{device_id}", operation_id="getDevice", response_model=DeviceOut, responses=problems(NotFound))
async def get_device(device_id: UUID, edge: EdgeDep) -> Response:
    """One device; `last_sequence` tells it where to go on."""
    return await edge.read(lambda work: service.get(work, device_id), DeviceOut.model_validate)


@router.post(
    "/devices/{device_id}:retire",
    operation_id="retireDevice",
    response_model=DeviceOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def retire_device(device_id: UUID, edge: EdgeDep) -> Response:
    """Take a device out of service."""
    return await edge.write(
        lambda work: service.retire(work, device_id, edge.expected_version), DeviceOut.model_validate
    )


@router.post(
    "/devices/{device_id}:rotate",
    operation_id="rotateDeviceKey",
    response_model=DeviceOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def rotate_device_key(device_id: UUID, body: RotateDeviceKeyIn, edge: EdgeDep) -> Response:
    """Let a device sign in with another API client from now on."""
    return await edge.write(
        lambda work: service.rotate(work, device_id, body.client_id, edge.expected_version), DeviceOut.model_validate
    )


@router.post(
    "/devices/{device_id}:replace",
    operation_id="replaceDevice",
    status_code=201,
    response_model=DeviceOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Aborted),
)
async def replace_device(device_id: UUID, body: ReplaceDeviceIn, edge: EdgeDep) -> Response:
    """Put a new device, whose numbers begin anew, in the place of one that is retired by this."""
    return await edge.write(
        lambda work: service.replace_by(work, device_id, body.name, body.client_id, edge.expected_version),
        DeviceOut.model_validate,
        status=201,
    )


@router.get(
    "/device-incidents",
    operation_id="listDeviceIncidents",
    response_model=PageOut[IncidentOut],
    responses=problems(),
)
async def list_incidents(filters: Annotated[IncidentFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """What was odd about the clocks of a project's devices, latest first."""
    wanted = IncidentFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_incidents(work, wanted, page), IncidentOut.model_validate)
