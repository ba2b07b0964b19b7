"""REST door of attendance: only translates."""

from __future__ import annotations

from datetime import date
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, AlreadyExists, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.values import Instant
from labour.attendance import schemas, service
from labour.attendance.schemas import (
    DeviceOut,
    PresenceOut,
    RegisterDeviceIn,
    SwipeBatchIn,
    SwipeBatchOut,
    SwipeIn,
    SwipeOut,
    SwipeResult,
    WorkerDayOut,
)
from labour.attendance.service import (
    AttendanceFilter,
    DeviceFilter,
    DeviceView,
    Recorded,
    RecordSwipes,
    RegisterDevice,
    SwipeRow,
)
from labour.clients import ProjectsDep
from labour.workers.schemas import FilterText

router = APIRouter(prefix="/attendance", tags=["attendance"])


class DeviceFilters(Filters):
    """Which devices to list."""

    project_id: UUID | None = None
    client_id: FilterText | None = None


class SwipeFilters(Filters):
    """Which swipes of a project to list; `since` included, `until` not."""

    project_id: UUID
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    device_id: UUID | None = None
    since: Instant | None = None
    until: Instant | None = None


class WorkerDayFilters(Filters):
    """Which worker days of a project to list; both days included."""

    project_id: UUID
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    first_day: date | None = None
    last_day: date | None = None


def _device(view: DeviceView) -> DeviceOut:
    return DeviceOut.model_validate({**view.device.model_dump(), "last_sequence": view.last_sequence})


def _row(place: int, row: SwipeIn) -> SwipeRow:
    return SwipeRow(place, row["sequence"], row["worker_id"], row["at"], row["direction"], row["attend_type"])


def _result(place: int, recorded: Recorded) -> SwipeResult:
    result: SwipeResult = {"row": place, "status": "accepted"}
    if place in recorded.sequences:
        result["sequence"] = recorded.sequences[place]
    if place in recorded.refused:
        result["status"] = "refused"
        result["errors"] = [schemas.fault_row(one) for one in recorded.refused[place]]
    elif place in recorded.duplicates:
        result["status"] = "duplicate"
    elif place in recorded.warnings:
        result["warnings"] = recorded.warnings[place]
    return result


def _batch(recorded: Recorded) -> SwipeBatchOut:
    return SwipeBatchOut.model_construct(
        batch_id=recorded.batch_id,
        accepted=recorded.accepted,
        duplicates=len(recorded.duplicates),
        refused=len(recorded.refused),
        results=[_result(place, recorded) for place in range(recorded.size)],
    )


@router.post(
    "/devices",
    operation_id="registerDevice",
    status_code=201,
    response_model=DeviceOut,
    responses=problems(NotFound, AlreadyExists, FailedPrecondition, Unavailable),
)
async def register_device(body: RegisterDeviceIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Register a gate device of a project and bind it to the API client with which it signs in."""
    command = RegisterDevice(body.project_id, body.name, body.client_id)
    return await edge.write(lambda work: service.register_device(work, command, projects), _device, status=201)


@router.get("/devices", operation_id="listDevices", response_model=PageOut[DeviceOut], responses=problems())
async def list_devices(filters: Annotated[DeviceFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The gate devices that the caller may see, newest first."""
    wanted = DeviceFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_devices(work, wanted, page), _device)


@router.get("/devices/{device_id}", operation_id="getDevice", response_model=DeviceOut, responses=problems(NotFound))
async def get_device(device_id: UUID, edge: EdgeDep) -> Response:
    """One gate device; `last_sequence` tells it where to go on."""
    return await edge.read(lambda work: service.device(work, device_id), _device)


@router.post(
    "/devices/{device_id}:retire",
    operation_id="retireDevice",
    response_model=DeviceOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def retire_device(device_id: UUID, edge: EdgeDep) -> Response:
    """Take a gate device out of service."""
    return await edge.write(lambda work: service.retire_device(work, device_id, edge.expected_version), _device)


@router.post(
    "/swipes:batch",
    operation_id="recordSwipes",
    response_model=SwipeBatchOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def record_swipes(body: SwipeBatchIn, edge: EdgeDep) -> Response:
    """Take in up to 1,000 swipes of a device; the answer says row by row what became of them."""
    rows, faults = schemas.read_rows(body.swipes)
    command = RecordSwipes(body.device_id, len(body.swipes), [_row(place, row) for place, row in rows], faults)
    return await edge.write_hot(lambda work: service.record(work, command), _batch)


@router.get("/swipes", operation_id="listSwipes", response_model=PageOut[SwipeOut], responses=problems())
async def list_swipes(filters: Annotated[SwipeFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The swipes of a project that the caller may see, newest first."""
    wanted = AttendanceFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_swipes(work, wanted, page), SwipeOut.model_validate)


@router.get("/worker-days", operation_id="listWorkerDays", response_model=PageOut[WorkerDayOut], responses=problems())
async def list_worker_days(filters: Annotated[WorkerDayFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The worker days (工日) of a project that the caller may see, newest first."""
    wanted = AttendanceFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_worker_days(work, wanted, page), WorkerDayOut.model_validate)


@router.get("/presence", operation_id="getPresence", response_model=PresenceOut, responses=problems())
async def presence(project_id: Annotated[UUID, Query()], edge: EdgeDep) -> Response:
    """Who is on site now, per employer."""
    return await edge.read(lambda work: service.presence(work, project_id), PresenceOut.model_validate)
