"""REST door of geofences: only translates."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from chassis.errors import Aborted, FailedPrecondition, NotFound, Unavailable
from chassis.http.edge import EdgeDep, PageDep
from chassis.http.problems import problems
from chassis.http.schemas import Filters, PageOut
from chassis.values import Instant
from labour.clients import ProjectsDep
from labour.geofences import service
from labour.geofences.models import Geofence, SwipeLocation
from labour.geofences.repository import LocationFilter
from labour.geofences.schemas import DrawGeofenceIn, GeofenceOut, SwipeLocationOut
from labour.geofences.service import DrawGeofence

router = APIRouter(prefix="/attendance", tags=["attendance"])


class GeofenceFilters(Filters):
    """Of which project."""

    project_id: UUID


class LocationFilters(Filters):
    """Which located swipes of a project to list; `since` included, `until` not."""

    project_id: UUID
    employer_id: UUID | None = None
    worker_id: UUID | None = None
    since: Instant | None = None
    until: Instant | None = None
    flagged: bool | None = None


def _geofence(one: Geofence) -> GeofenceOut:
    points = [{"lng": lng, "lat": lat} for lng, lat in one.points]
    return GeofenceOut.model_validate(one.model_dump() | {"points": points})


def _location(one: SwipeLocation) -> SwipeLocationOut:
    signals = [*one.signals, *(["IMPOSSIBLE_SPEED"] if one.too_fast else [])]
    return SwipeLocationOut.model_validate(one.model_dump() | {"signals": signals})


@router.post(
    "/geofences",
    operation_id="drawGeofence",
    status_code=201,
    response_model=GeofenceOut,
    responses=problems(NotFound, FailedPrecondition, Unavailable),
)
async def draw_geofence(body: DrawGeofenceIn, edge: EdgeDep, projects: ProjectsDep) -> Response:
    """Draw an area of a project inside which its phone swipes are expected."""
    command = DrawGeofence(body.project_id, body.name, tuple((one.lng, one.lat) for one in body.points), body.radius_m)
    return await edge.write(lambda work: service.draw(work, command, projects), _geofence, status=201)


@router.post(
    "/geofences/{geofence_id}:end",
    operation_id="endGeofence",
    response_model=GeofenceOut,
    responses=problems(NotFound, FailedPrecondition, Aborted),
)
async def end_geofence(geofence_id: UUID, edge: EdgeDep) -> Response:
    """A geofence holds no more from now on."""
    return await edge.write(lambda work: service.end(work, geofence_id, edge.expected_version), _geofence)


@router.get("/geofences", operation_id="listGeofences", response_model=PageOut[GeofenceOut], responses=problems())
async def list_geofences(filters: Annotated[GeofenceFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """The geofences of a project, newest first."""
    return await edge.page(lambda work: service.page(work, filters.project_id, page), _geofence)


@router.get(
    "/swipe-locations",
    operation_id="listSwipeLocations",
    response_model=PageOut[SwipeLocationOut],
    responses=problems(),
)
async def list_locations(filters: Annotated[LocationFilters, Query()], page: PageDep, edge: EdgeDep) -> Response:
    """Where the phone swipes of a project were made, latest first, with signals of forgery."""
    wanted = LocationFilter(**filters.model_dump())
    return await edge.page(lambda work: service.page_of_locations(work, wanted, page), _location)
