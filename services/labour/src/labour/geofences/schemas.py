"""What comes in and goes out about geofences."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from chassis.http.schemas import In, Out
from chassis.values import Instant, Text

Longitude = Annotated[float, Field(ge=-180, le=180, examples=[114.0579])]
Latitude = Annotated[float, Field(ge=-90, le=90, examples=[22.5431])]


class DrawGeofenceIn(In):
    """A circle (`radius_m` and one point) or a polygon (three points or more); points are [longitude, latitude]."""

    project_id: UUID
    name: Text = Field(examples=["主体施工区"])
    points: list[tuple[Longitude, Latitude]] = Field(min_length=1, max_length=200)
    radius_m: float | None = Field(default=None, gt=0, le=20_000)

    @model_validator(mode="after")
    def _one_shape(self) -> DrawGeofenceIn:
        if self.radius_m is not None and len(self.points) != 1:
            raise PydanticCustomError("CIRCLE_POINTS", "a circle has one point, its centre")
        if self.radius_m is None and len(self.points) < 3:
            raise PydanticCustomError("POLYGON_POINTS", "a polygon has at least three points")
        return self


class GeofenceOut(Out):
    """An area of a project; without `ended_at` it is in force."""

    id: UUID
    version: int
    project_id: UUID
    organisation_id: UUID
    name: str
    points: list[tuple[float, float]]
    radius_m: float | None
    ended_at: Instant | None
    created_at: Instant
    updated_at: Instant


class SwipeLocationOut(Out):
    """Where a phone swipe was made, and what tells that its location may be forged: OUTSIDE_GEOFENCE, LOCATION_MOCKED,
    ACCURACY_POOR, ACCURACY_TOO_ROUND, IMPOSSIBLE_SPEED.
    """

    device_id: UUID
    sequence: int
    project_id: UUID
    worker_id: UUID
    employer_id: UUID
    at: Instant
    lng: float
    lat: float
    accuracy_m: float
    signals: list[str]
