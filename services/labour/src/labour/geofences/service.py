"""Use cases of geofences."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from uuid import UUID

from chassis import audit
from chassis.ids import new_id
from chassis.pages import Page, PageRequest
from chassis.work import Work, check_version, touch
from labour import permissions
from labour.clients.projects import ProjectDirectory
from labour.devices.service import runs_attendance
from labour.geofences import errors, repository
from labour.geofences.models import Geofence, SwipeLocation
from labour.geofences.repository import LocationFilter

CORNERS = 3
"""A polygon has at least so many."""
AUDITED = ("project_id", "name", "points", "radius_m")


@dataclass(frozen=True, slots=True)
class DrawGeofence:
    """A circle of `radius_m` around one point, or a polygon; points are (longitude, latitude)."""

    project_id: UUID
    name: str
    points: tuple[tuple[Decimal, Decimal], ...]
    radius_m: Decimal | None


async def draw(work: Work, command: DrawGeofence, projects: ProjectDirectory) -> Geofence:
    """Draw a geofence of a project; only its general contractor does that. Swipes of before are not judged again.

    InvalidArgument CIRCLE_POINTS, POLYGON_POINTS.
    """
    work.require(permissions.DEVICES_MANAGE)
    if command.radius_m is not None and len(command.points) != 1:
        raise errors.no_circle()
    if command.radius_m is None and len(command.points) < CORNERS:
        raise errors.no_polygon()
    await runs_attendance(work, command.project_id, projects)
    geofence = Geofence(
        id=new_id(),
        version=1,
        created_at=work.now,
        updated_at=work.now,
        project_id=command.project_id,
        organisation_id=work.principal.organisation_id,
        name=command.name,
        points=[list(point) for point in command.points],
        radius_m=command.radius_m,
    )
    (await work.writing()).add(geofence)
    work.audit("geofences.draw", "geofence", geofence.id, None, audit.fields(geofence, *AUDITED))
    return geofence


async def end(work: Work, geofence_id: UUID, expected_version: int | None) -> Geofence:
    """A geofence holds no more from now on."""
    work.require(permissions.DEVICES_MANAGE)
    geofence = await repository.get(await work.writing(), work.principal, work.today, geofence_id)
    check_version(geofence, expected_version)
    if geofence.ended_at is not None:
        raise errors.ended(geofence_id)
    geofence.ended_at = work.now
    touch(geofence, work)
    work.audit("geofences.end", "geofence", geofence.id, {"ended_at": None}, audit.fields(geofence, "ended_at"))
    return geofence


async def page(work: Work, project_id: UUID, request: PageRequest) -> Page[Geofence]:
    """The geofences of a project in which the caller takes part, newest first."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        return await repository.page(session, work.principal, work.today, project_id, request)


async def page_of_locations(work: Work, wanted: LocationFilter, request: PageRequest) -> Page[SwipeLocation]:
    """Where the visible phone swipes of a project were made, latest first."""
    work.require(permissions.ATTENDANCE_READ)
    async with work.reading() as session:
        return await repository.page_of_locations(session, work.principal, work.today, wanted, request)
