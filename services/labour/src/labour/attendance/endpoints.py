"""REST door of attendance: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import FailedPrecondition, NotFound
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.values import Instant
from labour.attendance import schemas, service
from labour.attendance.rules import Location
from labour.attendance.schemas import LocationIn, SwipeBatchIn, SwipeBatchOut, SwipeIn, SwipeOut, SwipeResult
from labour.attendance.service import AttendanceFilter, Recorded, RecordSwipes, SwipeRow

router = APIRouter(prefix="/attendance", tags=["attendance"])


class SwipeFilters(Filters):
    """Which swipes of a project to list; `since` included, `until` not. `counted` false: late for their month."""

    project_id: UUID
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    device_id: UUID | None = None
    counted: bool | None = None
    since: Instant | None = None
    until: Instant | None = None


def _row(place: int, row: SwipeIn) -> SwipeRow:
    location = _location(row["location"]) if "location" in row else None
    return SwipeRow(place, row["sequence"], row["worker_id"], row["at"], row["direction"], row["attend_type"], location)


def _location(sent: LocationIn) -> Location:
    return Location(sent["lng"], sent["lat"], sent["accuracy_m"], sent.get("mocked", False))


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
    if place in recorded.geofence:
        result["geofence"] = recorded.geofence[place].value
    return result


def _batch(recorded: Recorded) -> SwipeBatchOut:
    return SwipeBatchOut.model_construct(
        batch_id=recorded.batch_id,
        accepted=recorded.accepted,
        duplicates=len(recorded.duplicates),
        refused=len(recorded.refused),
        results=[_result(place, recorded) for place in range(recorded.size)],
        legend=schemas.legend(recorded.warnings.values()),
    )


@router.post(
    "/swipes:batch",
    operation_id="recordSwipes",
    response_model=SwipeBatchOut,
    responses=problems(NotFound, FailedPrecondition),
)
async def record_swipes(body: SwipeBatchIn, edge: EdgeDep) -> Response:
    """Take in up to 1,000 swipes of a device; the answer says row by row what became of them."""
    rows, faults = schemas.read_rows(body.swipes)
    swipes = [_row(place, row) for place, row in rows]
    command = RecordSwipes(body.device_id, len(body.swipes), swipes, faults, body.sent_at)
    return await edge.write_hot(lambda work: service.record(work, command), _batch)


@router.get("/swipes", operation_id="listSwipes", response_model=PageOut[SwipeOut], responses=problems())
async def list_swipes(filters: Annotated[SwipeFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The swipes of a project that the caller may see, newest first."""
    wanted = AttendanceFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_swipes(work, wanted, page), SwipeOut.model_validate)
